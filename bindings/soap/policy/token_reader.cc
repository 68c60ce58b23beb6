#include "bindings/soap/policy/token_reader.h"

#include <algorithm>
#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/security_reader.h"

namespace parley::policy {
namespace {

struct KindRow {
  std::string_view name;
  TokenKind kind;
};

constexpr std::array kKinds{
    KindRow{"HttpsToken", TokenKind::https},
    KindRow{"IssuedToken", TokenKind::issued},
    KindRow{"KerberosToken", TokenKind::kerberos},
    KindRow{"KeyValueToken", TokenKind::key_value},
    KindRow{"RelToken", TokenKind::rel},
    KindRow{"SamlToken", TokenKind::saml},
    KindRow{"SecureConversationToken", TokenKind::secure_conversation},
    KindRow{"SecurityContextToken", TokenKind::security_context},
    KindRow{"SpnegoContextToken", TokenKind::spnego_context},
    KindRow{"SslContextToken", TokenKind::ssl_context},
    KindRow{"UsernameToken", TokenKind::username},
    KindRow{"X509Token", TokenKind::x509},
};

using Flag = FlagRow<TokenRequirement>;
using Token = TokenRequirement;

constexpr std::array kFlags{
    Flag{"RequireKeyIdentifierReference", &Token::key_identifier_reference},
    Flag{"RequireIssuerSerialReference", &Token::issuer_serial_reference},
    Flag{"RequireEmbeddedTokenReference", &Token::embedded_reference},
    Flag{"RequireThumbprintReference", &Token::thumbprint_reference},
    Flag{"RequireExternalReference", &Token::external_reference},
    Flag{"RequireInternalReference", &Token::internal_reference},
    Flag{"RequireExternalUriReference", &Token::external_uri_reference},
    Flag{"NoPassword", &Token::no_password},
    Flag{"HashPassword", &Token::hash_password},
    Flag{"Created", &Token::created},
    Flag{"Nonce", &Token::nonce},
    Flag{"RequireClientCertificate", &Token::client_certificate},
    Flag{"HttpBasicAuthentication", &Token::http_basic},
    Flag{"HttpDigestAuthentication", &Token::http_digest},
    Flag{"MustNotSendCancel", &Token::must_not_send_cancel},
    Flag{"MustNotSendAmend", &Token::must_not_send_amend},
    Flag{"MustNotSendRenew", &Token::must_not_send_renew},
    Flag{"RequireCancel", &Token::requires_cancel},
};

constexpr std::array<std::string_view, 22> kForms{
    "WssUsernameToken10",        "WssUsernameToken11",
    "WssX509V1Token10",          "WssX509V3Token10",
    "WssX509Pkcs7Token10",       "WssX509PkiPathV1Token10",
    "WssX509V1Token11",          "WssX509V3Token11",
    "WssX509Pkcs7Token11",       "WssX509PkiPathV1Token11",
    "WssKerberosV5ApReqToken11", "WssGssKerberosV5ApReqToken11",
    "WssSamlV10Token10",         "WssSamlV11Token10",
    "WssSamlV10Token11",         "WssSamlV11Token11",
    "WssSamlV20Token11",         "WssRelV10Token10",
    "WssRelV20Token10",          "WssRelV10Token11",
    "WssRelV20Token11",          "RsaKeyValue",
};

struct InclusionRow {
  std::string_view name;
  TokenInclusion inclusion;
};

constexpr std::array kInclusions{
    InclusionRow{"Never", TokenInclusion::never},
    InclusionRow{"Once", TokenInclusion::once},
    InclusionRow{"AlwaysToRecipient", TokenInclusion::always_to_recipient},
    InclusionRow{"AlwaysToInitiator", TokenInclusion::always_to_initiator},
    InclusionRow{"Always", TokenInclusion::always},
};

const KindRow* find_kind(const QualifiedName& name) {
  return is_security_policy(name.ns) ? find_row(kKinds, name.local_name) : nullptr;
}

void read_inclusion(const Assertion& assertion, TokenRequirement& token, ReadingNotes& notes) {
  constexpr std::string_view kMiddle = "/IncludeToken/";
  for (const XmlAttribute& attribute : assertion.element->attributes) {
    if (attribute.name.local_name != "IncludeToken") {
      continue;
    }
    const std::string_view value = soap::trim(attribute.value);
    const std::size_t middle = value.find(kMiddle);
    const InclusionRow* row = middle == std::string_view::npos
                                  ? nullptr
                                  : find_row(kInclusions, value.substr(middle + kMiddle.size()));
    if (row == nullptr || !is_security_policy(value.substr(0, middle))) {
      notes.problem(assertion.name(), "has an IncludeToken of an unknown value");
    } else {
      token.inclusion = row->inclusion;
    }
  }
}

/// The address of an endpoint reference in either version of addressing.
std::string address_in(const XmlValue& reference) {
  for (const soap::AddressingNames& names : soap::kAddressingNames) {
    if (const XmlValue* address = reference.child(names.ns, "Address")) {
      return std::string(soap::trim(address->text));
    }
  }
  return "";
}

void read_parameters(const Assertion& assertion, TokenRequirement& token) {
  for (const XmlValue& child : assertion.element->children) {
    if (child.name.local_name == "Issuer" && is_security_policy(child.name.ns)) {
      token.issuer = address_in(child);
    } else if (child.name.local_name == "IssuerName" && is_security_policy(child.name.ns)) {
      token.issuer_name = soap::trim(child.text);
    } else if (child.name.local_name == "Claims") {
      token.has_claims = true;
    } else if (child.name.local_name == "RequestSecurityTokenTemplate") {
      token.request_template = child;
    }
  }
  // 1.1 has an attribute where 1.2 has a nested assertion.
  const auto certificate = assertion.element->attribute("", "RequireClientCertificate");
  const auto is_required = soap::read_boolean(certificate.value_or("false"));
  token.client_certificate = is_required && *is_required;
}

bool read_derived_keys(std::string_view name, TokenRequirement& token) {
  if (name == "RequireDerivedKeys") {
    token.derived_keys = DerivedKeys::any;
  } else if (name == "RequireExplicitDerivedKeys") {
    token.derived_keys = DerivedKeys::explicit_;
  } else if (name == "RequireImpliedDerivedKeys") {
    token.derived_keys = DerivedKeys::implied;
  } else {
    return false;
  }
  return true;
}

bool read_context_family(std::string_view name, TokenRequirement& token) {
  if (name == "SC10SecurityContextToken") {
    token.context_family = contexts::TrustFamily::feb_2005;
  } else if (name == "SC13SecurityContextToken") {
    token.context_family = contexts::TrustFamily::oasis_200512;
  } else {
    return false;
  }
  return true;
}

void read_bootstrap(const Assertion& assertion, TokenRequirement& token, ReadingNotes& notes) {
  if (!assertion.nested) {
    notes.problem(assertion.name(), "has no policy in it");
    return;
  }
  if (!token.bootstrap.empty()) {
    notes.problem(assertion.name(), "is there twice");
    return;
  }
  token.bootstrap.emplace_back();
  read_bootstrap_policy(*assertion.nested, token.bootstrap.back(), notes);
}

void read_nested(const Assertion& assertion, TokenRequirement& token, ReadingNotes& notes) {
  const std::string& name = assertion.name().local_name;
  if (!is_security_policy(assertion.name().ns)) {
    notes.unknown(assertion);
  } else if (name == "BootstrapPolicy") {
    read_bootstrap(assertion, token, notes);
  } else if (std::find(kForms.begin(), kForms.end(), name) != kForms.end()) {
    token.forms.push_back(name);
  } else if (!set_flag<TokenRequirement>(kFlags, name, token) && !read_derived_keys(name, token) &&
             !read_context_family(name, token)) {
    notes.unknown(assertion);
  }
}

}  // namespace

bool is_token(const Assertion& assertion) {
  return find_kind(assertion.name()) != nullptr;
}

TokenRequirement read_token(const Assertion& assertion, ReadingNotes& notes) {
  TokenRequirement token;
  token.kind = find_kind(assertion.name())->kind;
  token.assertion = assertion.name();
  const bool is_1_1 = assertion.name().ns == uri::kSp11 || assertion.name().ns == uri::kMssp;
  token.version = is_1_1 ? SecurityPolicyVersion::sp_1_1 : SecurityPolicyVersion::sp_1_2;
  read_inclusion(assertion, token, notes);
  read_parameters(assertion, token);
  if (assertion.nested) {
    for (const auto& nested : *assertion.nested) {
      read_nested(*nested, token, notes);
    }
  }
  return token;
}

}  // namespace parley::policy
