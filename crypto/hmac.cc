#include "crypto/hmac.h"

#include <algorithm>
#include <array>

namespace parley::crypto {
namespace {

std::size_t block_size(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::sha384 || algorithm == DigestAlgorithm::sha512 ? 128 : 64;
}

}  // namespace

HmacKey::HmacKey(DigestAlgorithm algorithm, ByteView key) : inner_(algorithm), outer_(algorithm) {
  std::array<Byte, 128> pad{};
  const MutableByteView block(pad.data(), block_size(algorithm));
  if (key.size() > block.size()) {
    DigestValue hashed = digest(algorithm, key);
    std::copy_n(hashed.bytes.begin(), hashed.size, block.begin());
    wipe(hashed.bytes);
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (Byte& byte : block) {
    byte ^= 0x36U;
  }
  inner_.update(block);
  for (Byte& byte : block) {
    byte ^= 0x36U ^ 0x5cU;
  }
  outer_.update(block);
  wipe(pad);
}

DigestValue HmacKey::mac(ByteView first, ByteView second) const {
  Digest running = inner_;
  running.update(first);
  running.update(second);
  return finish(running);
}

DigestValue HmacKey::finish(Digest& running) const {
  const DigestValue inner = running.finish();
  running = outer_;  // rather than one more to be wiped
  running.update(inner.view());
  return running.finish();
}

bool HmacKey::verify(ByteView message, ByteView expected) const {
  return equal_in_constant_time(mac(message).view(), expected);
}

bool HmacKey::verify_leading(ByteView message, ByteView expected) const {
  if (expected.size() < kLeadingMin || expected.size() > digest_size(algorithm())) {
    return false;
  }
  const DigestValue whole = mac(message);
  return equal_in_constant_time(whole.view().first(expected.size()), expected);
}

}  // namespace parley::crypto
