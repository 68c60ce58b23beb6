#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace parley::crypto {

enum class DigestAlgorithm : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };

/// In octets.
std::size_t digest_size(DigestAlgorithm algorithm);

inline constexpr std::size_t kDigestSizeMax = 64;

/// A digest, up to 64 octets.
struct DigestValue {
  std::array<Byte, kDigestSizeMax> bytes{};
  std::size_t size = 0;

  ByteView view() const { return {bytes.data(), size}; }
};

/// A running digest. A plain value: copying it copies the midstate, which is what HMAC with kept pads
/// rests on. Holds no heap memory; making one costs nothing.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  Digest(const Digest&) = default;
  Digest& operator=(const Digest&) = default;
  /// Wipes the midstate: it may stand for a key.
  ~Digest();

  void update(ByteView bytes);

  /// Ends the digest; `reset` begins another.
  DigestValue finish();
  void reset();

  DigestAlgorithm algorithm() const { return algorithm_; }

 private:
  alignas(8) std::array<Byte, 216> state_;  // the largest of OpenSSL's contexts
  DigestAlgorithm algorithm_;
};

DigestValue digest(DigestAlgorithm algorithm, ByteView bytes);

}  // namespace parley::crypto
