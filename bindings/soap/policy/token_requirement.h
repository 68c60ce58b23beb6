#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/xml_value.h"
#include "contexts/trust_messages.h"

namespace parley::policy {

struct SecurityRequirements;

/// Which text an assertion of security policy comes from. 1.3 adds to 1.2 and changes nothing.
enum class SecurityPolicyVersion : std::uint8_t { sp_1_1, sp_1_2 };

enum class TokenKind : std::uint8_t {
  https,
  issued,
  kerberos,
  key_value,
  rel,
  saml,
  secure_conversation,  ///< a context that is to be established
  security_context,     ///< a context that both have already
  spnego_context,
  ssl_context,
  username,
  x509,
};

/// @IncludeToken. Without it a token is in every message in both directions.
enum class TokenInclusion : std::uint8_t {
  never,
  once,
  always_to_recipient,
  always_to_initiator,
  always,
};

/// Whether the keys that protect a message come from the token by derivation, and how that is
/// written.
enum class DerivedKeys : std::uint8_t {
  none,
  any,        ///< RequireDerivedKeys
  explicit_,  ///< with a DerivedKeyToken
  implied,    ///< with attributes at the reference
};

/// One token that a policy asks for (policy.md, section 5).
struct TokenRequirement {
  TokenKind kind = TokenKind::x509;
  QualifiedName assertion;  ///< for words about it
  SecurityPolicyVersion version = SecurityPolicyVersion::sp_1_2;
  TokenInclusion inclusion = TokenInclusion::always;
  DerivedKeys derived_keys = DerivedKeys::none;

  std::string issuer;  ///< address of a token service; empty = the service itself
  std::string issuer_name;
  bool has_claims = false;
  /// Of an issued token: what to ask the token service for.
  std::optional<XmlValue> request_template;

  // How messages refer to it.
  bool key_identifier_reference = false;
  bool issuer_serial_reference = false;
  bool embedded_reference = false;
  bool thumbprint_reference = false;
  bool external_reference = false;
  bool internal_reference = false;
  bool external_uri_reference = false;  ///< by its Identifier

  /// The forms that are accepted, by their names: WssX509V3Token10, WssUsernameToken11, …
  std::vector<std::string> forms;

  // Of a UsernameToken.
  bool no_password = false;
  bool hash_password = false;
  bool created = false;
  bool nonce = false;

  // Of TLS.
  bool client_certificate = false;
  bool http_basic = false;
  bool http_digest = false;

  // Of a context.
  std::optional<contexts::TrustFamily> context_family;  ///< none = by the version of the policy
  bool must_not_send_cancel = false;
  bool must_not_send_amend = false;
  bool must_not_send_renew = false;
  bool requires_cancel = false;
  /// The policy of the messages that establish it: one or none.
  std::vector<SecurityRequirements> bootstrap;
};

}  // namespace parley::policy
