#pragma once

#include <filesystem>
#include <vector>

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Every folder below `root`, itself included, that holds an index.json; in order of their names.
/// Throws BadVector when `root` cannot be walked.
std::vector<std::filesystem::path> find_suites(const std::filesystem::path& root);

/// Loose files of canonicalization cases beside the suites: JSON with a list "cases".
std::vector<std::filesystem::path> find_case_files(const std::filesystem::path& root);

/// Runs every entry of a suite by the entry's own kind.
SuiteResult run_suite(const std::filesystem::path& dir);

}  // namespace parley::vectors
