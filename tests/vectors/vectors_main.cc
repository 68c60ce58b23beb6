// Runs every suite of independent vectors below the folders that are named: a line for each suite,
// the reasons of what was left out, and the closing line.

#include <cstdio>
#include <string_view>

#include "tests/vectors/c14n.h"
#include "tests/vectors/report.h"
#include "tests/vectors/suites.h"

namespace {

using namespace parley::vectors;

int run(const std::vector<std::filesystem::path>& roots, bool with_tally) {
  Report report;
  try {
    for (const std::filesystem::path& root : roots) {
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
  return report.close(with_tally);
}

}  // namespace

int main(int argc, char* argv[]) {
  std::vector<std::filesystem::path> roots;
  bool with_tally = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--tally") {
      with_tally = true;
    } else {
      roots.emplace_back(argv[i]);
    }
  }
  if (roots.empty()) {
    std::fprintf(stderr, "usage: vectors [--tally] DIR...\n");
    return 2;
  }
  return run(roots, with_tally);
}
