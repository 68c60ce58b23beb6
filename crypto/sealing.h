#pragma once

#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace parley::crypto {

/// Guards what lies on disk: XChaCha20-Poly1305 with a random nonce, and with associated data that
/// binds a sealed value to its place. Derived from the master key, one per purpose.
class SealingKey {
 public:
  static constexpr std::size_t kSize = 32;
  /// By how many octets a sealed value is longer.
  static constexpr std::size_t kOverhead = 24 + 16;

  static SealingKey generate(Entropy& entropy);

  /// Exactly 32 octets, else key_unusable.
  static Result<SealingKey> from_bytes(ByteView bytes);

  SealingKey(SealingKey&&) noexcept = default;
  SealingKey& operator=(SealingKey&&) noexcept = default;
  SealingKey(const SealingKey&) = delete;
  SealingKey& operator=(const SealingKey&) = delete;
  ~SealingKey() = default;

  SealingKey clone() const { return SealingKey(key_.clone()); }

  /// An independent key for one purpose. `purpose` is at most 8 characters.
  SealingKey derive(std::string_view purpose, std::uint64_t number) const;

  /// For writing to a key file.
  const SecretBytes& bytes() const { return key_; }

  Bytes seal(ByteView plain, ByteView associated, Entropy& entropy) const;

  /// Errors: store_corrupt when the value was changed, moved to another place, or sealed by another key.
  Result<SecretBytes> open(ByteView sealed, ByteView associated) const;

  SealedSecret seal_secret(const SecretBytes& secret, ByteView associated, Entropy& entropy) const {
    return {seal(secret.view(), associated, entropy)};
  }

  Result<SecretBytes> open_secret(const SealedSecret& sealed, ByteView associated) const {
    return open(sealed.sealed, associated);
  }

  /// A keyed hash of what a peer chose: spreads evenly, and cannot be steered from outside.
  std::uint64_t hash(ByteView value) const;

 private:
  explicit SealingKey(SecretBytes key) : key_(std::move(key)) {}

  SecretBytes key_;
};

}  // namespace parley::crypto
