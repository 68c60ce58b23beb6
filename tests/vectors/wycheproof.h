#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Adversarial vectors for the primitives: every file that the suite's index names, by its schema.
SuiteResult run_wycheproof(const std::filesystem::path& suite_dir);

}  // namespace parley::vectors
