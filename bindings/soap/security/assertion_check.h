#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/xml/document.h"
#include "crypto/certificate.h"

namespace parley::soap {

/// A SAML assertion that may be believed as far as its confirmation method reaches (tokens.md, 4).
struct CheckedAssertion {
  enum class Confirmation : std::uint8_t { bearer, holder_of_key, sender_vouches };
  std::string id;
  std::string issuer;
  std::string subject;
  Confirmation confirmation = Confirmation::bearer;
  /// Of holder-of-key: whoever holds this certificate's key is the subject.
  std::optional<crypto::Certificate> holder;
  /// Of holder-of-key with a symmetric key: the EncryptedKey, for us; not yet unwrapped.
  xml::Element encrypted_key;
};

/// Whether `element` is a SAML 1.1 or 2.0 assertion.
bool is_assertion(const xml::Element& element);

/// Reads an assertion and judges it: version, one subject, its issuer's signature over this very
/// element (M93), trust in the issuer, and its times. Errors: authentication_failed for an issuer
/// that is not trusted, times that do not fit, and assertions where none are accepted;
/// token_invalid for a malformed one; token_unsupported for a confirmation method or key that we do
/// not know; security_failed, algorithm_unsupported and security_header_invalid of its signature.
Result<CheckedAssertion> check_assertion(const xml::Element& element,
                                         const KeyMaterial& material,
                                         const OpenSettings& settings);

}  // namespace parley::soap
