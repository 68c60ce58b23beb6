#pragma once

#include <memory>
#include <optional>
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

/// What either side keeps of a request that carried its own credentials, or went over TLS, until the
/// answer: by what the answer proves itself.
struct ExchangeSecret final : engine::ExchangeKeys {
  engine::BootstrapBinding binding = engine::BootstrapBinding::symmetric;

  /// Symmetric: the key that the request carried, and the SHA-1 over the octets of its CipherValue,
  /// by which the answer refers to it (M32).
  crypto::SecretBytes secret;
  Bytes encrypted_sha1;

  /// Asymmetric, received: who signed the request; the answer is encrypted for it.
  std::optional<crypto::Certificate> requestor;
  /// Asymmetric, sent: what the answer relates to. Its keys say nothing of that.
  std::string message_id;

  /// Transport, sent: the context that the request was under.
  std::optional<contexts::ContextName> context;

  /// SignatureValues of the request: what the answer may confirm (M47, M48).
  std::vector<Bytes> signature_values;
  /// Whom we encrypted the request for: only the holder of that key can answer. Empty when it was
  /// sent to us, or over TLS.
  std::string recipient_principal;
  std::string recipient_subject;
};

/// A key given by hand; for tools and tests.
struct RawKey {
  std::string name;  ///< ds:KeyName; empty = fits any name, and where no key is named
  crypto::SecretBytes secret;
};

/// Who may sign SAML assertions. Trust in an authority is not enough: whoever has a certificate of it
/// could speak for everybody (K21).
struct AssertionIssuer {
  crypto::Certificate certificate;
  std::string name;  ///< the one Issuer that it speaks for; empty = any
};

/// Which assertions are believed.
struct AssertionRules {
  std::span<const AssertionIssuer> issuers;
  /// Whom an AudienceRestriction or a Recipient has to name (K23).
  std::span<const std::string> audiences;
  /// Senders may vouch for the subject themselves: whoever has a context may name anybody.
  bool allow_sender_vouches = false;
  /// For tools: issuers and audiences are not checked, but for the anchors where there are some.
  bool accept_any = false;
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
  /// Null: SAML assertions are refused.
  const AssertionRules* assertions = nullptr;
  std::span<const RawKey> raw_keys;
  /// Whose passwords are judged as they are met: for tools. A service asks later (`UserRules`).
  const UserDirectory* users = nullptr;
  /// Only RSA PKCS#1 v1.5 needs it, to answer a bad key with a random one (M59). Null: it is
  /// refused.
  crypto::Entropy* entropy = nullptr;
};

}  // namespace parley::soap
