#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// One key computation: a derived key, a computed key, the key or the digest of a UsernameToken.
/// Told apart by what the vector holds.
Verdict run_key_derivation(const Json& vector);

}  // namespace parley::vectors
