// Gives every malformed and malicious message below the folders that are named to a receiver: a
// line for each class of them, and the closing line.

#include <cstdio>
#include <string_view>

#include "tests/hostile/hostile_suite.h"
#include "tests/vectors/report.h"
#include "tests/vectors/suites.h"

namespace {

using namespace parley::vectors;

int usage() {
  std::fprintf(stderr, "usage: hostile [--tally] [--keys DIR] DIR...\n");
  return 2;
}

int run(const std::vector<std::filesystem::path>& roots,
        const std::filesystem::path& keys,
        bool with_tally) {
  Report report;
  try {
    for (const std::filesystem::path& root : roots) {
      for (const std::filesystem::path& suite : find_suites(root)) {
        for (const SuiteResult& result : run_hostile_suite(suite, keys)) {
          report.add(result);
        }
      }
    }
  } catch (const BadVector& problem) {
    std::fprintf(stderr, "hostile: %s\n", problem.what());
    return 2;
  }
  return report.close(with_tally);
}

}  // namespace

int main(int argc, char* argv[]) {
  std::vector<std::filesystem::path> roots;
  std::filesystem::path keys;
  bool with_tally = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--tally") {
      with_tally = true;
    } else if (argument == "--keys" && i + 1 < argc) {
      keys = argv[++i];
    } else if (argument.starts_with("--")) {
      return usage();
    } else {
      roots.emplace_back(argument);
    }
  }
  return roots.empty() ? usage() : run(roots, keys, with_tally);
}
