// Runs every suite of independent vectors below the folders that are named: a line for each suite,
// the reasons of what was left out, and the closing line.

#include <cstdio>

#include "tests/vectors/arguments.h"
#include "tests/vectors/c14n.h"
#include "tests/vectors/report.h"
#include "tests/vectors/suites.h"

int main(int argc, char* argv[]) {
  using namespace parley::vectors;
  const auto arguments = Arguments::parse(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "usage: vectors DIR...\n");
    return 2;
  }
  if (arguments->is_left_out) {
    std::printf("left out: the full suites of vectors, which are not here\n");
    return kLeftOut;
  }
  Report report;
  try {
    for (const std::filesystem::path& root : arguments->roots) {
      for (const std::filesystem::path& suite : find_suites(root)) {
        report.add(run_suite(suite));
      }
      for (const std::filesystem::path& file : find_case_files(root)) {
        report.add(run_c14n_cases(file));
      }
    }
  } catch (const BadVector& problem) {
    std::fprintf(stderr, "vectors: %s\n", problem.what());
    return 2;
  }
  return report.close(arguments->with_tally);
}
