#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace parley::crypto {

/// The block ciphers of XML Encryption.
enum class CipherAlgorithm : std::uint8_t {
  aes128_cbc,
  aes192_cbc,
  aes256_cbc,
  aes128_gcm,
  aes192_gcm,
  aes256_gcm,
  tripledes_cbc,
};

/// In octets.
std::size_t key_size(CipherAlgorithm algorithm);

/// How long the CipherValue of `plain_size` octets is: IV, padding and tag included.
std::size_t sealed_size(CipherAlgorithm algorithm, std::size_t plain_size);

/// Encrypts and decrypts in the layouts of XML Encryption (message-security.md, section 8): CBC is
/// IV, ciphertext, with padding whose last octet counts and whose filler is random; GCM is a 12-octet
/// IV, ciphertext, a 16-octet tag, and no associated data. One object per thread; reusing it saves
/// fetching the algorithm and allocating a context for every message.
class Cipher {
 public:
  Cipher();
  Cipher(Cipher&&) noexcept;
  Cipher& operator=(Cipher&&) noexcept;
  ~Cipher();

  /// Appends to `out`. Errors: invalid_argument for a key of another size.
  Result<void> encrypt(CipherAlgorithm algorithm, ByteView key, ByteView plain, Entropy& entropy, Bytes& out);

  /// Appends to `out`; on an error leaves nothing there. Every failure of the octets is the one error
  /// security_failed (M58): too short, no multiple of the block, bad padding count, wrong tag.
  /// Checks the padding count only, never the filler (M56).
  Result<void> decrypt(CipherAlgorithm algorithm, ByteView key, ByteView sealed, Bytes& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// AES key wrap (RFC 3394) and triple-DES key wrap (RFC 3217).
enum class KeyWrapAlgorithm : std::uint8_t { aes128, aes192, aes256, tripledes };

std::size_t key_size(KeyWrapAlgorithm algorithm);

/// Errors: invalid_argument for sizes that the algorithm cannot wrap.
Result<Bytes> wrap_key(KeyWrapAlgorithm algorithm, ByteView wrapping_key, const SecretBytes& key, Entropy& entropy);

/// Errors: security_failed.
Result<SecretBytes> unwrap_key(KeyWrapAlgorithm algorithm, ByteView wrapping_key, ByteView wrapped);

}  // namespace parley::crypto
