#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Key computations: P_SHA1 derived keys, computed keys, keys and digests of UsernameTokens. Told
/// apart by what each vector holds.
SuiteResult run_key_derivation(const std::filesystem::path& suite_dir);

}  // namespace parley::vectors
