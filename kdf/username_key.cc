#include "kdf/username_key.h"

#include "crypto/digest.h"

namespace parley::kdf {

Result<crypto::SecretBytes> username_key(ByteView password, ByteView salt, std::uint64_t iterations,
                                         std::uint64_t iterations_max) {
  if (iterations == 0 || iterations > iterations_max) {
    return Error(ErrorCode::token_invalid, "username key");
  }
  crypto::Digest running(crypto::DigestAlgorithm::sha1);
  running.update(password);
  running.update(salt);
  crypto::DigestValue key = running.finish();
  for (std::uint64_t i = 1; i < iterations; ++i) {
    key = crypto::digest(crypto::DigestAlgorithm::sha1, key.view());
  }
  crypto::SecretBytes secret = crypto::SecretBytes::copy_of(key.view());
  crypto::wipe(key.bytes);
  return secret;
}

}  // namespace parley::kdf
