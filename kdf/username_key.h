#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace parley::kdf {

/// The key of a UsernameToken (message-security.md, M21 to M23): SHA-1 over password and salt, then
/// SHA-1 over itself until it was done `iterations` times; 20 octets.
/// Errors: token_invalid for 0 iterations or more than `iterations_max`.
Result<crypto::SecretBytes> username_key(ByteView password, ByteView salt, std::uint64_t iterations,
                                         std::uint64_t iterations_max = 1'000'000);

}  // namespace parley::kdf
