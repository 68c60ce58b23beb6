#include "tests/vectors/report.h"

#include <cstdio>

namespace parley::vectors {

void Report::add(const SuiteResult& result) {
  int left_out = 0;
  for (const auto& [reason, count] : result.skipped) {
    all_.skipped[reason] += count;
    left_out += count;
  }
  std::printf("%-32s %5d passed %4d failed %5d skipped\n", result.suite.c_str(), result.passed,
              result.failed, left_out);
  for (const std::string& failure : result.failures) {
    std::printf("    %s\n", failure.c_str());
  }
  std::fflush(stdout);
  all_.passed += result.passed;
  all_.failed += result.failed;
  left_out_ += left_out;
}

int Report::close(bool with_tally) const {
  for (const auto& [reason, count] : all_.skipped) {
    std::printf("skipped %5d: %s\n", count, reason.c_str());
  }
  if (with_tally) {
    std::printf("tally: %d passed, %d failed\n", all_.passed, all_.failed);
  }
  std::printf("%d passed, %d failed, %d skipped\n", all_.passed, all_.failed, left_out_);
  return all_.failed == 0 && all_.passed != 0 ? 0 : 1;
}

}  // namespace parley::vectors
