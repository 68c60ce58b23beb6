#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"

namespace parley::kdf {

/// P_SHA-1 or P_SHA-256 over one secret (secure-conversation.md, section 7; RFC 2246, 5):
///
///     A(0) = seed, A(i) = HMAC(secret, A(i-1)), P = HMAC(secret, A(1) + seed) + HMAC(secret, A(2) + seed) + …
///
/// Keeps the HMAC midstates of the secret, so that a derived key costs its blocks alone. Moves, never
/// copies; wiped when it goes.
class PShaSource {
 public:
  enum class Hash : std::uint8_t { sha1, sha256 };

  explicit PShaSource(ByteView secret, Hash hash = Hash::sha1);

  /// Octets [offset, offset + out.size()) of P(secret, label || nonce). Computes only the blocks that
  /// it needs to get there. The caller bounds `offset` and `out` (derived_key.h).
  void expand(ByteView label, ByteView nonce, std::size_t offset, MutableByteView out) const;

 private:
  crypto::HmacKey key_;
};

}  // namespace parley::kdf
