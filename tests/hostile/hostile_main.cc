// Gives every malformed and malicious message below the folders that are named to a receiver: a
// line for each class of them, and the closing line.

#include <cstdio>

#include "tests/hostile/hostile_suite.h"
#include "tests/vectors/arguments.h"
#include "tests/vectors/report.h"
#include "tests/vectors/suites.h"

int main(int argc, char* argv[]) {
  using namespace parley::vectors;
  const auto arguments = Arguments::parse(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "usage: hostile [--keys DIR] DIR...\n");
    return 2;
  }
  if (arguments->is_left_out) {
    std::printf("left out: the full suites of hostile messages, which are not here\n");
    return kLeftOut;
  }
  Report report;
  try {
    for (const std::filesystem::path& root : arguments->roots) {
      for (const std::filesystem::path& suite : find_suites(root)) {
        for (const SuiteResult& result : run_hostile_suite(suite, arguments->keys)) {
          report.add(result);
        }
      }
    }
  } catch (const BadVector& problem) {
    std::fprintf(stderr, "hostile: %s\n", problem.what());
    return 2;
  }
  return report.close(arguments->with_tally);
}
