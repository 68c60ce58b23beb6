#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Prints what became of suites: a line each with the failures below it, at the end the reasons of
/// what was left out and the closing line.
class Report {
 public:
  void add(const SuiteResult& result);

  /// With `with_tally` a line for the test runner comes before the closing line. Returns the exit
  /// status: 0 when something passed and nothing failed.
  int close(bool with_tally) const;

 private:
  SuiteResult all_;
  int left_out_ = 0;
};

}  // namespace parley::vectors
