#pragma once

#include <filesystem>
#include <vector>

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Runs a suite of malformed and malicious messages, each isolated. A result for each class of
/// them. `keys` is the folder of anchors and key pairs; empty = the one that lies beside the suite.
std::vector<SuiteResult> run_hostile_suite(const std::filesystem::path& dir,
                                           std::filesystem::path keys);

}  // namespace parley::vectors
