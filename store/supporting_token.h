#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace parley::store {

enum class TokenKind : std::uint8_t { x509, username, saml_1_1, saml_2_0 };

/// One attribute that a SAML assertion states of its subject (tokens.md, sections 2 and 3).
struct TokenAttribute {
  std::string name;       ///< AttributeName, or Name
  std::string qualifier;  ///< AttributeNamespace, or NameFormat; empty = none
  std::vector<std::string> values;

  friend bool operator==(const TokenAttribute&, const TokenAttribute&) = default;
};

/// A credential that a message showed besides what protects it, verified: what its holder may do is the
/// application's to say (K26).
struct SupportingToken {
  TokenKind kind = TokenKind::x509;
  /// A stable name, equal for equal parties: "x509:" and the SHA-256 of the certificate, "user:" and
  /// the name, "saml:", the Issuer, "!" and the subject's qualifiers if it has any (with %20, %21 and
  /// %25 for space, ! and %), a space and the subject's name.
  std::string principal;
  std::string subject;  ///< readable: of the certificate, the user's name, the subject's name
  std::string issuer;   ///< of an assertion
  std::vector<TokenAttribute> attributes;  ///< of an assertion

  friend bool operator==(const SupportingToken&, const SupportingToken&) = default;
};

}  // namespace parley::store
