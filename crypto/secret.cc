#include "crypto/secret.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <sodium.h>

#include "base/check.h"

namespace parley::crypto {

void wipe(MutableByteView bytes) noexcept {
  sodium_memzero(bytes.data(), bytes.size());
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  constexpr std::size_t kBlock = crypto_verify_16_BYTES;
  if (a.size() != b.size()) {
    return false;
  }
  if (a.size() < kBlock) {
    return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
  }
  // In blocks, the last of which may overlap: sodium_memcmp goes octet by octet.
  int difference = 0;
  for (std::size_t at = 0; at + kBlock <= a.size(); at += kBlock) {
    difference |= crypto_verify_16(a.data() + at, b.data() + at);
  }
  const std::size_t last = a.size() - kBlock;
  return (difference | crypto_verify_16(a.data() + last, b.data() + last)) == 0;
}

SecretBytes::SecretBytes(std::size_t size)
    : data_(size == 0 ? nullptr : new Byte[size]()), size_(size) {}

SecretBytes SecretBytes::copy_of(ByteView bytes) {
  SecretBytes secret(bytes.size());
  std::copy(bytes.begin(), bytes.end(), secret.data_);
  return secret;
}

SecretBytes SecretBytes::take(Bytes&& bytes) {
  SecretBytes secret = copy_of(bytes);
  wipe(bytes);
  bytes.clear();
  return secret;
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) {
    wipe(writable());
    delete[] data_;
  }
}

void SecretBytes::shrink(std::size_t size) {
  PARLEY_CHECK(size <= size_);
  wipe(writable().subspan(size));
  size_ = size;
}

}  // namespace parley::crypto
