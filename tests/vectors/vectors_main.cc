// Runs every suite of independent vectors below the folders that are named: a line for each suite, the
// reasons of what was left out, and the closing line.

#include <algorithm>
#include <cstdio>

#include "tests/vectors/c14n.h"
#include "tests/vectors/index.h"
#include "tests/vectors/key_derivation.h"
#include "tests/vectors/rm_messages.h"
#include "tests/vectors/soap_messages.h"
#include "tests/vectors/wycheproof.h"
#include "tests/vectors/xmldsig.h"

namespace parley::vectors {
namespace {

SuiteResult not_run(const std::filesystem::path& dir, const Json& index, const char* reason) {
  SuiteResult result;
  result.suite = dir.filename().string();
  result.skipped[reason] = static_cast<int>(index["entries"].size());
  return result;
}

// By the kind that the index gives its entries.
SuiteResult run_suite(const std::filesystem::path& dir) {
  const Json index = read_json(dir / "index.json");
  SuiteResult broken;
  broken.suite = dir.filename().string();
  broken.failed = 1;
  if (!index.is_object() || !index.contains("entries") || !index["entries"].is_array() || index["entries"].empty()) {
    broken.failures.emplace_back("index.json has no entries");
    return broken;
  }
  const std::string kind = index["entries"][0].value("kind", "");
  if (kind == "c14n" || kind == "c14n-references") {
    return run_c14n(dir);
  }
  if (kind == "xmldsig") {
    return run_xmldsig(dir);
  }
  if (kind == "xmlenc") {
    return run_xmlenc(dir);
  }
  if (kind == "soap-message") {
    return run_soap_messages(dir);
  }
  if (kind == "rm-message") {
    return run_rm_messages(dir);
  }
  if (kind == "json") {
    const Json first = read_json(dir / index["entries"][0]["file"].get<std::string>());
    return first.contains("testGroups") ? run_wycheproof(dir) : run_key_derivation(dir);
  }
  if (kind == "policy") {
    return not_run(dir, index, "policy documents, which are not read yet");
  }
  broken.failures.push_back("unknown kind '" + kind + "'");
  return broken;
}

int run(int argc, char* argv[]) {
  std::vector<std::filesystem::path> suites;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(argv[i], error), end; !error && at != end; at.increment(error)) {
      if (at->path().filename() == "index.json") {
        suites.push_back(at->path().parent_path());
      }
    }
    if (error) {
      std::fprintf(stderr, "vectors: %s: %s\n", argv[i], error.message().c_str());
      return 2;
    }
  }
  std::sort(suites.begin(), suites.end());
  SuiteResult all;
  int skipped = 0;
  for (const auto& suite : suites) {
    const SuiteResult result = run_suite(suite);
    int left_out = 0;
    for (const auto& [reason, count] : result.skipped) {
      all.skipped[reason] += count;
      left_out += count;
    }
    std::printf("%-32s %5d passed %4d failed %5d skipped\n", result.suite.c_str(), result.passed, result.failed, left_out);
    for (const std::string& failure : result.failures) {
      std::printf("    %s\n", failure.c_str());
    }
    all.passed += result.passed;
    all.failed += result.failed;
    skipped += left_out;
  }
  for (const auto& [reason, count] : all.skipped) {
    std::printf("skipped %5d: %s\n", count, reason.c_str());
  }
  std::printf("%d passed, %d failed, %d skipped\n", all.passed, all.failed, skipped);
  return all.failed == 0 && all.passed != 0 ? 0 : 1;
}

}  // namespace
}  // namespace parley::vectors

int main(int argc, char* argv[]) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: vectors DIR...\n");
    return 2;
  }
  return parley::vectors::run(argc, argv);
}
