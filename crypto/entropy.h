#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace parley::crypto {

/// Where all randomness comes from. Two sources apart: what the world may see (nonces, IVs,
/// identifiers) never comes from the generator that makes keys.
class Entropy {
 public:
  virtual ~Entropy() = default;

  virtual void fill_public(MutableByteView out) = 0;
  virtual void fill_secret(MutableByteView out) = 0;
};

/// Fresh key material of `size` octets.
SecretBytes fresh_secret(std::size_t size, Entropy& entropy);

/// "urn:uuid:" and a random UUID (RFC 4122, version 4).
std::string fresh_uuid_urn(Entropy& entropy);

/// The operating system's generator through buffers of some kilobytes, wiped as they are used and
/// thrown away in a forked child. Made by `host` and by programs only.
class SystemEntropy final : public Entropy {
 public:
  SystemEntropy() = default;
  SystemEntropy(const SystemEntropy&) = delete;
  SystemEntropy& operator=(const SystemEntropy&) = delete;
  ~SystemEntropy() override;

  void fill_public(MutableByteView out) override { public_.take(out); }

  void fill_secret(MutableByteView out) override { secret_.take(out); }

 private:
  struct Buffer {
    std::array<Byte, 4096> bytes{};
    std::size_t left = 0;
    int owner = 0;  ///< process that filled it

    void take(MutableByteView out);
  };

  Buffer public_;
  Buffer secret_;
};

}  // namespace parley::crypto
