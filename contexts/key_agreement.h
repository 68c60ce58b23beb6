#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/result.h"
#include "contexts/context_settings.h"
#include "contexts/trust_messages.h"
#include "crypto/secret.h"

namespace parley::contexts {

/// KeySize in bits is a whole number of octets within the limits (SC21).
bool is_key_size_allowed(std::uint64_t bits, const Limits& limits);

/// Entropy is neither too short (SC22) nor too long.
bool is_entropy_size_allowed(std::size_t bytes, const Limits& limits);

/// The requestor's side of the key table (secure-conversation.md 3, trust.md 3): from its own
/// entropy (null = none was sent), the size it asked for in bits, and the answer. Errors:
/// token_invalid (a row that is refused, reflection, or a smaller key than asked for);
/// limit_exceeded (KeySize or entropy outside the limits).
Result<crypto::SecretBytes> agree_key(const crypto::SecretBytes* own_entropy,
                                      std::uint32_t requested_bits, const TokenResponse& response,
                                      const ContextSettings& settings, const Limits& limits);

}  // namespace parley::contexts
