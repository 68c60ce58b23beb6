#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "contexts/trust_messages.h"
#include "crypto/secret.h"
#include "kdf/p_sha.h"

namespace parley::contexts {

/// The opened key of one Instance, ready to derive from: lives in memory only, in the hot part of a
/// conversation, and is wiped when it goes. Moves, never copies. Made by
/// `SecurityContext::open_key`, or from a secret given from outside.
class LiveKey {
 public:
  /// Takes the secret of `name`; its length is the key size. `token_xml` is the token as the issuer
  /// wrote it, for an initiator to send back verbatim (SC3, T9); empty = write it from `name`.
  /// Errors: invalid_argument for an empty secret.
  static Result<LiveKey> make(ContextName name, TrustFamily family, crypto::SecretBytes secret,
                              WallTime expires, Bytes token_xml = {});

  LiveKey(LiveKey&&) noexcept = default;
  LiveKey& operator=(LiveKey&&) noexcept = default;
  LiveKey(const LiveKey&) = delete;
  LiveKey& operator=(const LiveKey&) = delete;
  ~LiveKey() = default;

  const ContextName& name() const { return name_; }

  TrustFamily family() const { return family_; }

  /// KeySize in bits.
  std::uint32_t key_bits() const { return static_cast<std::uint32_t>(secret_.size() * 8); }

  /// Where derived keys come from: P_SHA1 over the secret, with its HMAC midstate kept (DK3).
  const kdf::PShaSource& source() const { return source_; }

  /// The secret itself, for use without derived keys (DK14).
  const crypto::SecretBytes& secret() const { return secret_; }

  /// When the key may no longer protect or open anything: its lifetime, or the end of its roll-over.
  WallTime expires() const { return expires_; }

  const Bytes& token_xml() const { return token_xml_; }

 private:
  LiveKey(ContextName name, TrustFamily family, crypto::SecretBytes secret, WallTime expires,
          Bytes token_xml);

  ContextName name_;
  TrustFamily family_;
  crypto::SecretBytes secret_;
  kdf::PShaSource source_;
  WallTime expires_;
  Bytes token_xml_;
};

}  // namespace parley::contexts
