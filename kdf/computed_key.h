#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace parley::kdf {

/// The computed key CK/PSHA1 of WS-Trust: the first `size` octets of P_SHA1 with the requestor's
/// entropy as the secret and the issuer's as the seed, no label (trust.md, T16).
/// Errors: invalid_argument for an empty entropy or a size of 0.
Result<crypto::SecretBytes> computed_key(const crypto::SecretBytes& requestor_entropy,
                                         const crypto::SecretBytes& issuer_entropy, std::size_t size);

}  // namespace parley::kdf
