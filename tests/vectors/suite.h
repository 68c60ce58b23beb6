#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/vectors/json.h"

namespace parley::vectors {

/// What became of one vector.
struct Verdict {
  enum class Outcome : std::uint8_t { passed, failed, skipped };
  Outcome outcome = Outcome::passed;
  std::string why;  ///< of a failure, or the reason of a skip
};

inline Verdict passed() {
  return {};
}

inline Verdict failed(std::string why) {
  return {Verdict::Outcome::failed, std::move(why)};
}

/// `reason` is one of skips.h.
inline Verdict skipped(std::string_view reason) {
  return {Verdict::Outcome::skipped, std::string(reason)};
}

inline Verdict expect(bool holds, std::string why) {
  return holds ? passed() : failed(std::move(why));
}

/// One entry of a suite's index, with the folder that its files are relative to.
struct Entry {
  const Json& json;
  const std::filesystem::path& dir;

  std::string id() const { return json.text_or("id", json.text_or("file", "(no id)")); }

  /// The file that the member names.
  Bytes read(std::string_view member) const { return read_in(json, member); }

  Bytes read_in(const Json& object, std::string_view member) const {
    return read_file(dir / object.text(member));
  }
};

/// What became of a suite's vectors.
struct SuiteResult {
  std::string suite;
  int passed = 0;
  int failed = 0;
  std::map<std::string, int> skipped;  ///< reason to count
  std::vector<std::string> failures;   ///< one line each: id and what was wrong

  void add(const std::string& id, const Verdict& verdict) {
    switch (verdict.outcome) {
      case Verdict::Outcome::passed:
        ++passed;
        break;
      case Verdict::Outcome::skipped:
        ++skipped[verdict.why];
        break;
      case Verdict::Outcome::failed:
        ++failed;
        failures.push_back(id + ": " + verdict.why);
        break;
    }
  }
};

}  // namespace parley::vectors
