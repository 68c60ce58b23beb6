#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "bindings/soap/tokens/username_token.h"
#include "crypto/asymmetric.h"
#include "crypto/certificate.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "crypto/trust_store.h"
#include "engine/codec.h"

namespace parley::soap {

/// One of our own key pairs.
struct Credential {
  crypto::Certificate certificate;
  crypto::PrivateKey key;
};

/// The key that a bootstrap request carried, encrypted for its receiver: kept by both sides until
/// the answer, which refers to it by EncryptedKeySHA1 (M32).
struct ExchangeSecret final : engine::ExchangeKeys {
  crypto::SecretBytes secret;
  Bytes encrypted_sha1;  ///< SHA-1 over the octets of CipherValue
  /// SignatureValues of the request: what the answer may confirm (M47, M48).
  std::vector<Bytes> signature_values;
  /// Whom we encrypted it for: only the holder of that key can use it. Empty when it was sent to
  /// us.
  std::string recipient_principal;
  std::string recipient_subject;
};

/// A key given by hand; for tools and tests.
struct RawKey {
  std::string name;  ///< ds:KeyName; empty = fits any name, and where no key is named
  crypto::SecretBytes secret;
};

/// Everything that references in a message may lead to. All members borrow; null or empty = none.
struct KeyMaterial {
  const engine::KeyRing* contexts = nullptr;
  const ExchangeSecret* exchange = nullptr;  ///< of the request that this message answers
  std::span<const Credential> own;
  std::span<const crypto::Certificate> known;  ///< certificates that references may name
  const crypto::TrustStore* trust = nullptr;   ///< whom we trust to sign
  /// Certificates are believed without `trust`: tools only.
  bool accept_any_signer = false;
  /// SAML assertions of issuers that we trust to sign are believed; else none is (K21).
  bool accept_assertions = false;
  std::span<const RawKey> raw_keys;
  /// Passwords of users. Null: UsernameTokens are read and not believed.
  const PasswordSource* passwords = nullptr;
  /// Only RSA PKCS#1 v1.5 needs it, to answer a bad key with a random one (M59). Null: it is
  /// refused.
  crypto::Entropy* entropy = nullptr;
};

}  // namespace parley::soap
