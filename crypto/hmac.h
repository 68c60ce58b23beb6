#pragma once

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/secret.h"

namespace parley::crypto {

/// An HMAC key with both pads already absorbed (RFC 2104), so that a MAC costs its message and two
/// more blocks. Move or clone; wiped when it goes.
class HmacKey {
 public:
  /// A key of any length; longer than a block, it is hashed first, as HMAC says.
  HmacKey(DigestAlgorithm algorithm, ByteView key);

  HmacKey(HmacKey&&) noexcept = default;
  HmacKey& operator=(HmacKey&&) noexcept = default;
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;
  ~HmacKey() = default;

  DigestValue mac(ByteView message) const { return mac(message, {}); }

  /// Over `first` followed by `second`.
  DigestValue mac(ByteView first, ByteView second) const;

  /// In constant time; a MAC of any other length is wrong (no truncation: M34, M39).
  bool verify(ByteView message, ByteView expected) const;

  /// The shortest MAC that `verify_leading` takes, in octets.
  static constexpr std::size_t kLeadingMin = 10;

  /// As above, for the leading octets of a MAC. Only for tools, which read what XML Signature
  /// allows (HMACOutputLength): no message of ours is truncated. False for less than `kLeadingMin`
  /// octets, for that can be guessed, and for more than the MAC has.
  bool verify_leading(ByteView message, ByteView expected) const;

  /// Begins a MAC in pieces: feed the digest, then `finish`. The digest may be assigned to another
  /// that has been finished.
  const Digest& begin() const { return inner_; }

  DigestValue finish(Digest& running) const;

  DigestAlgorithm algorithm() const { return inner_.algorithm(); }

 private:
  Digest inner_;
  Digest outer_;
};

}  // namespace parley::crypto
