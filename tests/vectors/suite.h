#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace parley::vectors {

/// What became of one suite's vectors.
struct SuiteResult {
  std::string suite;
  int passed = 0;
  int failed = 0;
  std::map<std::string, int> skipped;  ///< reason to count
  std::vector<std::string> failures;   ///< one line each: id and what was wrong
};

}  // namespace parley::vectors
