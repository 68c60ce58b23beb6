#include "crypto/entropy.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>

#include "base/check.h"

namespace parley::crypto {

SecretBytes fresh_secret(std::size_t size, Entropy& entropy) {
  SecretBytes secret(size);
  entropy.fill_secret(secret.writable());
  return secret;
}

std::string fresh_uuid_urn(Entropy& entropy) {
  std::array<Byte, 16> random{};
  entropy.fill_public(random);
  random[6] = static_cast<Byte>((random[6] & 0x0fU) | 0x40U);
  random[8] = static_cast<Byte>((random[8] & 0x3fU) | 0x80U);
  const std::string hex = to_hex(random);
  std::string urn = "urn:uuid:";
  urn.append(hex, 0, 8).append("-").append(hex, 8, 4).append("-").append(hex, 12, 4);
  urn.append("-").append(hex, 16, 4).append("-").append(hex, 20, 12);
  return urn;
}

SystemEntropy::~SystemEntropy() {
  wipe(public_.bytes);
  wipe(secret_.bytes);
}

void SystemEntropy::Buffer::take(MutableByteView out) {
  if (out.size() > bytes.size() / 2) {
    randombytes_buf(out.data(), out.size());
    return;
  }
  const int process = getpid();
  if (left < out.size() || owner != process) {
    // sodium_init may be called again and again; the generator must not be used before it.
    PARLEY_CHECK(sodium_init() >= 0);
    randombytes_buf(bytes.data(), bytes.size());
    left = bytes.size();
    owner = process;
  }
  const MutableByteView taken(bytes.data() + bytes.size() - left, out.size());
  std::copy(taken.begin(), taken.end(), out.begin());
  wipe(taken);
  left -= out.size();
}

}  // namespace parley::crypto
