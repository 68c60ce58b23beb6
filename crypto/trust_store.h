#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate.h"

namespace parley::crypto {

/// Authorities that we accept, with their revocation lists. Judges certificate paths without ever
/// touching a network.
class TrustStore {
 public:
  /// Why a certificate was refused. For the local log only: a peer sees one and the same fault.
  enum class Verdict : std::uint8_t { trusted, untrusted, not_yet_valid, expired, revoked, too_long };

  /// PEM texts; `crls_pem` may be empty. Errors: key_unusable.
  static Result<TrustStore> from_pem(ByteView anchors_pem, ByteView crls_pem);

  TrustStore(TrustStore&&) noexcept;
  TrustStore& operator=(TrustStore&&) noexcept;
  ~TrustStore();

  /// Whether a path leads from `certificate` over any of `others` to an anchor, all valid at `now`
  /// and none revoked. An issuer whose revocation list we hold must not list it; an issuer without a
  /// list is accepted.
  Verdict judge(const Certificate& certificate, std::span<const Certificate> others, WallTime now) const;

  const std::vector<Certificate>& anchors() const;

 private:
  struct State;
  explicit TrustStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::crypto
