#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "bindings/soap/security/text_writer.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/user_credentials.h"
#include "contexts/live_key.h"
#include "crypto/certificate.h"
#include "crypto/entropy.h"
#include "engine/profile.h"

// The tokens of a Security header and the references to them, in canonical form: every element
// declares what it uses, so that each may be signed or encrypted as it stands.

namespace parley::soap {

/// How one element of the header, or of the Body, names the key that it uses.
struct KeyReference {
  enum class Form : std::uint8_t {
    direct,              ///< URI "#target"
    external,            ///< URI target, a context's Identifier; `instance` picks the key (SC7)
    encrypted_key,       ///< URI "#target", with the TokenType of an EncryptedKey (M29)
    encrypted_key_sha1,  ///< KeyIdentifier over `octets` (M32)
    thumbprint,          ///< KeyIdentifier over `octets`, SHA-1 of a certificate
    saml_1_1,            ///< KeyIdentifier, the AssertionID `target` (K28)
    saml_2_0,            ///< the same, the ID `target`
  };
  Form form = Form::direct;
  std::string_view target{};
  std::string_view value_type{};
  std::string_view instance{};
  std::string_view wsc_namespace{};  ///< of `instance` and of an implied derivation
  ByteView octets{};
  /// An implied derived key: not the key that is named, but one derived from it (DK13). Empty = none.
  ByteView implied_nonce{};
  std::size_t implied_length = 0;  ///< 0 = the default, not written
  std::string_view id{};  ///< wsu:Id, for what refers to the reference; empty = none
};

/// What a DerivedKeyToken says.
struct DerivedKeyText {
  std::size_t length = 0;
  ByteView nonce{};
  engine::KeyPosition position = engine::KeyPosition::offset;
  std::string_view label{};  ///< empty = the default, not written
};

/// wsse:SecurityTokenReference.
void write_reference(TextWriter& writer, const KeyReference& reference);

/// ds:KeyInfo with one reference.
void write_key_info(TextWriter& writer, const KeyReference& reference);

/// wsu:Timestamp with Created and Expires.
void write_timestamp(TextWriter& writer, std::string_view id, WallTime created, WallTime expires);

/// The SecurityContextToken of a context: as the issuer wrote it (SC3), else from its name. Gives the
/// reference by which the rest of the header names it: "#id", or the Identifier when the issuer's
/// form has no wsu:Id. The reference borrows from `key`.
KeyReference write_context_token(TextWriter& writer, const contexts::LiveKey& key);

/// The reference to a context whose token is not in the message.
KeyReference external_context_reference(const contexts::LiveKey& key);

/// wsc:DerivedKeyToken: reference, position, Length, Label, Nonce (DK1); by default no Label (DK15).
void write_derived_key(TextWriter& writer, std::string_view id, const uri::SecureConversation& family,
                       const KeyReference& source, const DerivedKeyText& key);

/// xenc:EncryptedKey for the holder of `recipient`, by thumbprint.
void write_encrypted_key(TextWriter& writer, std::string_view id, std::string_view algorithm,
                         const crypto::Certificate& recipient, ByteView cipher_value);

/// What a UsernameToken says.
struct UsernameTokenText {
  const UserCredential& user;
  engine::PasswordForm form;
  WallTime created;
};

/// wsse:UsernameToken, with a fresh Nonce and Created in either form of the password (M15 to M18).
void write_username_token(TextWriter& writer, std::string_view id, const UsernameTokenText& token,
                          crypto::Entropy& entropy);

/// wsse:BinarySecurityToken with one certificate.
void write_binary_token(TextWriter& writer, std::string_view id, const crypto::Certificate& certificate);

/// xenc:EncryptedData. `type` is uri::kTypeElement or uri::kTypeContent.
void write_encrypted_data(TextWriter& writer, std::string_view id, std::string_view type,
                          std::string_view algorithm, const KeyReference& key, ByteView cipher_value);

}  // namespace parley::soap
