#include "kdf/computed_key.h"

#include "kdf/p_sha.h"

namespace parley::kdf {

Result<crypto::SecretBytes> computed_key(const crypto::SecretBytes& requestor_entropy,
                                         const crypto::SecretBytes& issuer_entropy, std::size_t size) {
  if (requestor_entropy.empty() || issuer_entropy.empty() || size == 0) {
    return Error(ErrorCode::invalid_argument, "computed key");
  }
  crypto::SecretBytes key(size);
  PShaSource(requestor_entropy.view()).expand({}, issuer_entropy.view(), 0, key.writable());
  return key;
}

}  // namespace parley::kdf
