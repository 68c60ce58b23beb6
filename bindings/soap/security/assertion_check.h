#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/tokens/saml_assertion.h"
#include "bindings/soap/xml/document.h"
#include "crypto/certificate.h"

namespace parley::soap {

/// A SAML assertion that may be believed as far as its confirmations reach (tokens.md, 4): at least
/// one of them is there.
struct CheckedAssertion {
  xml::Element element;
  engine::TokenKind kind = engine::TokenKind::saml_2_0;
  std::string id;
  std::string issuer;
  std::string subject;
  std::string subject_qualifier;
  std::vector<engine::TokenAttribute> attributes;
  bool is_bearer = false;       ///< whoever sends it
  bool sender_vouches = false;  ///< whom we believe says so
  /// Of holder-of-key: whoever holds this certificate's key is the subject.
  std::optional<crypto::Certificate> holder;
  /// Of holder-of-key with a symmetric key: the EncryptedKey, for us; not yet unwrapped.
  xml::Element encrypted_key;
  /// It may be taken once, and until then could be taken again (K25).
  std::optional<WallTime> used_up;
};

/// Reads an assertion and judges it: its issuer's signature over this very element (M93), trust in the
/// issuer, its times and whom it is for (tokens.md, 4). Errors: authentication_failed for an issuer that
/// is not trusted, times or audiences that do not fit, and assertions where none are accepted;
/// token_unsupported for a key that we do not know; those of read_saml_assertion; security_failed,
/// algorithm_unsupported and security_header_invalid of its signature.
Result<CheckedAssertion> check_assertion(const xml::Element& element,
                                         const KeyMaterial& material,
                                         const OpenSettings& settings);

}  // namespace parley::soap
