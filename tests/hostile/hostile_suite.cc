#include "tests/hostile/hostile_suite.h"

#include <algorithm>

#include "tests/hostile/codec_receiver.h"
#include "tests/hostile/expectation.h"
#include "tests/hostile/hand_receiver.h"
#include "tests/hostile/isolated.h"
#include "tests/hostile/rm_receiver.h"

namespace parley::vectors {
namespace {

/// Where suites are laid out as ours are, keys lie in the suite or in that of the vectors beside
/// it.
std::filesystem::path find_keys(const std::filesystem::path& dir) {
  for (const std::filesystem::path& place :
       {dir / "keys", dir / "../vectors/keys", dir / "../keys", dir / "../../vectors/keys"}) {
    if (std::filesystem::exists(place / "ca.cert.pem")) {
      return place;
    }
  }
  throw BadVector("no folder of keys; name one with --keys");
}

/// What belongs to a sequence is judged by an engine that is in the middle of one; all else is refused,
/// or not, on the way to it.
Observed receive(const Entry& entry,
                 const Bytes& message,
                 const Posture& posture,
                 const Expectation& expectation,
                 const soap::Credentials& credentials) {
  return posture.profile.rm && !posture.profile.sc
             ? receive_by_engine(entry, message, posture, expectation, credentials)
             : receive_by_codec(entry, message, posture, credentials);
}

/// What the receiver makes of a message. Of two that it may have been made for, the one that takes
/// it counts, else the one that is expected.
Verdict judge_reception(const Entry& entry,
                        const Bytes& message,
                        const Posture& posture,
                        const Expectation& expectation,
                        const soap::Credentials& credentials) {
  const Observed first = receive(entry, message, posture, expectation, credentials);
  const Verdict verdict = expectation.judge(first);
  if (posture.other_suite.empty() || first.outcome == Observed::Outcome::accepted) {
    return verdict;
  }
  Posture other = posture;
  other.profile.suite = posture.other_suite;
  const Observed second = receive(entry, message, other, expectation, credentials);
  return second.outcome == Observed::Outcome::accepted ||
                 verdict.outcome != Verdict::Outcome::passed
             ? expectation.judge(second)
             : verdict;
}

Verdict judge(const Entry& entry, const Bytes& message, const soap::Credentials& credentials) {
  const Expectation expectation(entry.json["expected"]);
  const Posture posture = Posture::of(entry, message);
  const Verdict verdict = judge_reception(entry, message, posture, expectation, credentials);
  if (verdict.outcome != Verdict::Outcome::passed || expectation.may_accept() ||
      !has_bare_credentials(entry, message)) {
    return verdict;
  }
  return expect(!look_by_hand(message, posture, credentials).empty(),
                "nothing is wrong with its credentials");
}

SuiteResult& result_for(std::vector<SuiteResult>& results, const std::string& name) {
  const auto at = std::find_if(results.begin(), results.end(),
                               [&](const SuiteResult& one) { return one.suite == name; });
  if (at != results.end()) {
    return *at;
  }
  results.push_back({});
  results.back().suite = name;
  return results.back();
}

}  // namespace

std::vector<SuiteResult> run_hostile_suite(const std::filesystem::path& dir,
                                           std::filesystem::path keys) {
  std::vector<SuiteResult> results;
  const std::string name = std::filesystem::absolute(dir).lexically_normal().filename().string();
  try {
    const Json index = read_json(dir / "index.json");
    if (index["entries"].items().empty()) {
      throw BadVector("no entries");
    }
    const soap::Credentials credentials = read_credentials(keys.empty() ? find_keys(dir) : keys);
    for (const Json& json : index["entries"].items()) {
      const Entry entry{json, dir};
      SuiteResult& result = result_for(results, name + " " + json.text_or("class", "(no class)"));
      try {
        const Bytes message = entry.read("file");
        result.add(entry.id(),
                   run_isolated([&] { return judge(entry, message, credentials); }, Bounds{}));
      } catch (const std::exception& problem) {
        result.add(entry.id(), failed(problem.what()));
      }
    }
  } catch (const std::exception& problem) {
    result_for(results, name).add("index.json", failed(problem.what()));
  }
  return results;
}

}  // namespace parley::vectors
