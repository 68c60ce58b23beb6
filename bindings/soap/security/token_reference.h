#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "kdf/derived_key.h"

namespace parley::soap {

/// What one wsse:SecurityTokenReference, or one child of a ds:KeyInfo, says (message-security.md,
/// section 6). Points into the document.
struct TokenReference {
  enum class Form : std::uint8_t {
    local,               ///< `text` is the id of an element of this message
    external,            ///< `text` is a URI: the Identifier of a context
    subject_key,         ///< `octets`: SubjectKeyIdentifier of a certificate
    thumbprint,          ///< `octets`: SHA-1 of a certificate
    encrypted_key_sha1,  ///< `octets`: SHA-1 of the CipherValue of an EncryptedKey
    issuer_serial,       ///< `text` is the issuer's name, `serial` its number
    saml,                ///< `text` is an assertion's id
    embedded,            ///< `token` stands inside the reference
  };
  Form form = Form::local;
  std::string text;
  std::string serial;
  Bytes octets;
  std::string_view value_type;
  std::string_view instance;  ///< wsc:Instance of an external reference (SC7)
  xml::Element token;
  /// wsc:Nonce and wsc:Length on the reference: it means a key derived from the token's (DK13).
  std::optional<kdf::DerivedKeySpec> implied;
};

/// Reads a SecurityTokenReference: exactly one reference inside, of a form that M31 lists.
/// Errors: security_header_invalid for none, several, or a nested one; token_unsupported for a form
/// that we do not know (M28 to M31); token_invalid for values that are malformed.
Result<TokenReference> read_token_reference(const xml::Element& element, const Limits& limits);

}  // namespace parley::soap
