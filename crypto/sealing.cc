#include "crypto/sealing.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace parley::crypto {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(SealingKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(SealingKey::kOverhead == kNonceSize + kTagSize);

}  // namespace

SealingKey SealingKey::generate(Entropy& entropy) { return SealingKey(fresh_secret(kSize, entropy)); }

Result<SealingKey> SealingKey::from_bytes(ByteView bytes) {
  if (bytes.size() != kSize) {
    return Error(ErrorCode::key_unusable, "master key");
  }
  return SealingKey(SecretBytes::copy_of(bytes));
}

SealingKey SealingKey::derive(std::string_view purpose, std::uint64_t number) const {
  PARLEY_CHECK(purpose.size() <= crypto_kdf_CONTEXTBYTES);
  std::array<char, crypto_kdf_CONTEXTBYTES> context{};
  std::copy(purpose.begin(), purpose.end(), context.begin());
  SecretBytes derived(kSize);
  crypto_kdf_derive_from_key(derived.writable().data(), kSize, number, context.data(), key_.view().data());
  return SealingKey(std::move(derived));
}

Bytes SealingKey::seal(ByteView plain, ByteView associated, Entropy& entropy) const {
  Bytes sealed(kNonceSize + plain.size() + kTagSize);
  entropy.fill_public(MutableByteView(sealed.data(), kNonceSize));
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceSize, nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr,
                                             sealed.data(), key_.view().data());
  return sealed;
}

Result<SecretBytes> SealingKey::open(ByteView sealed, ByteView associated) const {
  if (sealed.size() < kOverhead) {
    return Error(ErrorCode::store_corrupt, "sealed value");
  }
  SecretBytes plain(sealed.size() - kOverhead);
  const ByteView body = sealed.subspan(kNonceSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.writable().data(), nullptr, nullptr, body.data(),
                                                 body.size(), associated.data(), associated.size(),
                                                 sealed.data(), key_.view().data()) != 0) {
    return Error(ErrorCode::store_corrupt, "sealed value");
  }
  return plain;
}

std::uint64_t SealingKey::hash(ByteView value) const {
  std::array<Byte, crypto_shorthash_BYTES> out{};
  static_assert(crypto_shorthash_KEYBYTES <= kSize);
  crypto_shorthash(out.data(), value.data(), value.size(), key_.view().data());
  std::uint64_t number = 0;
  std::memcpy(&number, out.data(), sizeof number);
  return number;
}

}  // namespace parley::crypto
