#include "bindings/soap/policy/security_emission.h"

#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/policy/assertion_builder.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/xpath_reader.h"
#include "bindings/soap/rm_names.h"

namespace parley::policy {
namespace {

using engine::Bootstrap;
using engine::BootstrapBinding;
using engine::Profile;
using engine::Protection;

AssertionPtr encrypted_body(std::string_view sp) {
  XmlValue encrypted = make_value(sp, "EncryptedParts");
  encrypted.children.push_back(make_value(sp, "Body"));
  return make_assertion(std::move(encrypted));
}

AssertionPtr encrypted_headers(const std::vector<engine::PartName>& headers, std::string_view sp) {
  XmlValue encrypted = make_value(sp, "EncryptedParts");
  for (const engine::PartName& header : headers) {
    XmlValue& part = encrypted.children.emplace_back(make_value(sp, "Header"));
    if (!header.name.empty()) {
      part.attributes.push_back({{"", "Name"}, header.name});
    }
    part.attributes.push_back({{"", "Namespace"}, header.ns});
  }
  return make_assertion(std::move(encrypted));
}

AssertionPtr selection(std::string_view name,
                       const std::vector<engine::BodyPath>& paths,
                       engine::SoapVersion soap,
                       std::string_view sp) {
  XmlValue selected = make_value(sp, name);
  for (const engine::BodyPath& path : paths) {
    selected.children.push_back(write_xpath(path, soap, sp));
  }
  return make_assertion(std::move(selected));
}

class Emission {
 public:
  explicit Emission(const Profile& profile)
      : profile_(profile),
        is_1_1_(profile.sc == contexts::TrustFamily::feb_2005),
        sp_(is_1_1_ ? uri::kSp11 : uri::kSp12) {}

  Result<void> add(Alternative& out) const {
    if (profile_.protect == Protection::none) {
      return Error(ErrorCode::invalid_argument, "a context that protects nothing");
    }
    Alternative bootstrap;
    PARLEY_TRY(add_bootstrap(bootstrap));
    Alternative in_token;
    if (profile_.derived_keys && profile_.protect != Protection::transport) {
      // 1.1 has no name for it.
      const bool is_implied =
          profile_.derivation == engine::KeyDerivation::implied && !is_1_1_;
      in_token.push_back(
          make_assertion(sp_, is_implied ? "RequireImpliedDerivedKeys" : "RequireDerivedKeys"));
    }
    if (!profile_.context_token) {
      in_token.push_back(make_assertion(sp_, "RequireExternalUriReference"));
    }
    in_token.push_back(make_nested(sp_, "BootstrapPolicy", std::move(bootstrap)));
    AssertionPtr context = context_token(std::move(in_token));
    if (profile_.protect == Protection::transport) {
      add_transport_binding(out);
      out.push_back(supporting("EndorsingSupportingTokens", std::move(context)));
    } else {
      out.push_back(message_binding("SymmetricBinding", {holder("ProtectionToken", context)}));
      add_parts(profile_.protect == Protection::sign_encrypt && !encrypts_messages_only(profile_),
                out);
    }
    PARLEY_TRY(add_hidden(out));
    PARLEY_TRY(add_tokens(out));
    add_options(out, profile_.confirm_messages && profile_.protect != Protection::transport);
    return {};
  }

 private:
  Result<void> add_hidden(Alternative& out) const {
    const engine::EncryptedParts& parts = profile_.encrypted_parts;
    if (!parts.headers.empty()) {
      out.push_back(encrypted_headers(parts.headers, sp_));
    }
    if (!parts.elements.empty()) {
      out.push_back(selection("EncryptedElements", parts.elements, profile_.soap, sp_));
    }
    if (parts.contents.empty()) {
      return {};
    }
    if (is_1_1_) {
      return Error(ErrorCode::invalid_argument, "encrypted content in this version of the policy");
    }
    out.push_back(selection("ContentEncryptedElements", parts.contents, profile_.soap, sp_));
    return {};
  }

  /// WS-SecurityPolicy, section 8.
  Result<void> add_tokens(Alternative& out) const {
    using engine::SupportingUse;
    const engine::SupportingUses& asked = profile_.supporting;
    PARLEY_TRY(add_token(asked.x509, client_certificate(), out));
    PARLEY_TRY(add_token(asked.username, username(), out));
    PARLEY_TRY(add_token(asked.saml_1_1, assertion("WssSamlV11Token11"), out));
    return add_token(asked.saml_2_0, assertion("WssSamlV20Token11"), out);
  }

  Result<void> add_token(engine::SupportingUse use, AssertionPtr token, Alternative& out) const {
    if (use == engine::SupportingUse::none) {
      return {};
    }
    const bool is_password = token->name().local_name == "UsernameToken";
    std::string name = engine::is_signed(use) ? "Signed" : "";
    name += engine::is_endorsing(use) ? "Endorsing" : "";
    // 1.1 has no name for a token that is encrypted; a password that is signed is encrypted too.
    if (engine::is_encrypted(use) && is_1_1_ && !is_password) {
      return Error(ErrorCode::invalid_argument, "an encrypted token in this version of the policy");
    }
    name += engine::is_encrypted(use) && !is_1_1_ ? "Encrypted" : "";
    out.push_back(supporting(name + "SupportingTokens", std::move(token)));
    return {};
  }

  Result<void> add_bootstrap(Alternative& out) const {
    if (profile_.bootstrap == Bootstrap::issued && profile_.issuer.empty()) {
      return Error(ErrorCode::invalid_argument, "a token service that the profile does not name");
    }
    switch (engine::caller_bootstrap(profile_)) {
      case Bootstrap::none:
      case Bootstrap::issued:
        return Error(ErrorCode::invalid_argument, "a context that nothing establishes");
      case Bootstrap::username_https:
        add_transport_binding(out);
        out.push_back(supporting("SignedSupportingTokens", username()));
        break;
      case Bootstrap::x509_https:
        add_transport_binding(out);
        out.push_back(supporting("EndorsingSupportingTokens", client_certificate()));
        break;
      case Bootstrap::x509:
        if (profile_.binding == BootstrapBinding::asymmetric) {
          out.push_back(message_binding("AsymmetricBinding",
                                        {holder("InitiatorToken", client_certificate()),
                                         holder("RecipientToken", service_certificate(false))}));
        } else {
          add_symmetric(supporting("EndorsingSupportingTokens", client_certificate()), out);
        }
        add_parts(true, out);
        break;
      case Bootstrap::username_cert:
        // 1.1 has no name for a token that is encrypted; one that is signed is encrypted too.
        add_symmetric(
            supporting(is_1_1_ ? "SignedSupportingTokens" : "SignedEncryptedSupportingTokens",
                       username()),
            out);
        add_parts(true, out);
        break;
    }
    add_options(out, profile_.confirm_signatures);
    return {};
  }

  void add_symmetric(AssertionPtr credential, Alternative& out) const {
    out.push_back(message_binding("SymmetricBinding",
                                  {holder("ProtectionToken", service_certificate(true))}));
    out.push_back(std::move(credential));
  }

  AssertionPtr message_binding(std::string_view name, Alternative tokens) const {
    Alternative nested = std::move(tokens);
    nested.push_back(suite());
    nested.push_back(layout());
    nested.push_back(make_assertion(sp_, "IncludeTimestamp"));
    if (profile_.order == engine::ProtectionOrder::encrypt_before_sign) {
      nested.push_back(make_assertion(sp_, "EncryptBeforeSigning"));
    }
    if (profile_.encrypt_signature) {
      nested.push_back(make_assertion(sp_, "EncryptSignature"));
    }
    nested.push_back(make_assertion(sp_, "OnlySignEntireHeadersAndBody"));
    return make_nested(sp_, name, std::move(nested));
  }

  void add_transport_binding(Alternative& out) const {
    // 1.1 says with an attribute what 1.2 says with a nested policy.
    AssertionPtr https =
        is_1_1_
            ? make_assertion(make_value(sp_, "HttpsToken", {{"RequireClientCertificate", "false"}}))
            : make_nested(sp_, "HttpsToken", {});
    out.push_back(make_nested(sp_, "TransportBinding",
                              {holder("TransportToken", std::move(https)), suite(), layout(),
                               make_assertion(sp_, "IncludeTimestamp")}));
  }

  AssertionPtr suite() const {
    const bool is_gcm = profile_.suite.ends_with("GCM");
    return make_nested(sp_, "AlgorithmSuite",
                       {make_assertion(is_gcm ? uri::kCxfSuites : sp_, profile_.suite)});
  }

  AssertionPtr layout() const {
    std::string_view name = "Lax";
    switch (profile_.layout) {
      case engine::HeaderLayout::lax:
        break;
      case engine::HeaderLayout::strict:
        name = "Strict";
        break;
      case engine::HeaderLayout::lax_timestamp_first:
        name = "LaxTsFirst";
        break;
      case engine::HeaderLayout::lax_timestamp_last:
        name = "LaxTsLast";
        break;
    }
    return make_nested(sp_, "Layout", {make_assertion(sp_, name)});
  }

  AssertionPtr assertion(std::string_view form) const {
    return token("SamlToken", "AlwaysToRecipient", {make_assertion(sp_, form)});
  }

  AssertionPtr holder(std::string_view name, AssertionPtr token) const {
    return make_nested(sp_, name, {std::move(token)});
  }

  AssertionPtr supporting(std::string_view name, AssertionPtr token) const {
    return make_nested(sp_, name, {std::move(token)});
  }

  AssertionPtr token(std::string_view name, std::string_view inclusion, Alternative nested) const {
    return token(make_value(sp_, name), inclusion, std::move(nested));
  }

  AssertionPtr context_token(Alternative nested) const {
    XmlValue value = make_value(sp_, "SecureConversationToken");
    if (profile_.bootstrap == Bootstrap::issued) {
      // As the schemas have it, whatever the messages speak.
      const auto version = is_1_1_ ? engine::AddressingVersion::addressing_2004_08
                                   : engine::AddressingVersion::addressing_1_0;
      XmlValue issuer = make_value(sp_, "Issuer");
      issuer.children.push_back(make_value(soap::names_of(version).ns, "Address"));
      issuer.children.back().text = profile_.issuer;
      value.children.push_back(std::move(issuer));
    }
    return token(std::move(value), profile_.context_token ? "AlwaysToRecipient" : "Never",
                 std::move(nested));
  }

  AssertionPtr token(XmlValue value, std::string_view inclusion, Alternative nested) const {
    value.attributes.push_back({{std::string(sp_), "IncludeToken"},
                                std::string(sp_) + "/IncludeToken/" + std::string(inclusion)});
    return make_nested(std::move(value), std::move(nested));
  }

  AssertionPtr client_certificate() const {
    return token("X509Token", "AlwaysToRecipient", {make_assertion(sp_, "WssX509V3Token11")});
  }

  AssertionPtr service_certificate(bool derives_keys) const {
    Alternative nested;
    if (derives_keys) {
      nested.push_back(make_assertion(sp_, "RequireDerivedKeys"));
    }
    nested.push_back(make_assertion(sp_, "RequireThumbprintReference"));
    nested.push_back(make_assertion(sp_, "WssX509V3Token11"));
    return token("X509Token", "Never", std::move(nested));
  }

  AssertionPtr username() const {
    Alternative nested;
    // 1.1 has no name for it.
    if (profile_.password == engine::PasswordForm::digest && !is_1_1_) {
      nested.push_back(make_assertion(sp_, "HashPassword"));
    }
    nested.push_back(make_assertion(sp_, "WssUsernameToken10"));
    return token("UsernameToken", "AlwaysToRecipient", std::move(nested));
  }

  /// WP-091: the headers of both protocols are signed with the Body.
  void add_parts(bool is_encrypted, Alternative& out) const {
    XmlValue parts = make_value(sp_, "SignedParts");
    parts.children.push_back(make_value(sp_, "Body"));
    parts.children.push_back(
        make_value(sp_, "Header", {{"Namespace", soap::names_of(profile_.addressing).ns}}));
    if (profile_.rm) {
      parts.children.push_back(
          make_value(sp_, "Header", {{"Namespace", soap::names_of(*profile_.rm).ns}}));
    }
    out.push_back(make_assertion(std::move(parts)));
    if (is_encrypted) {
      out.push_back(encrypted_body(sp_));
    }
  }

  void add_options(Alternative& out, bool confirms) const {
    Alternative references;
    for (const std::string_view name : {"MustSupportRefKeyIdentifier", "MustSupportRefIssuerSerial",
                                        "MustSupportRefThumbprint", "MustSupportRefEncryptedKey"}) {
      references.push_back(make_assertion(sp_, name));
    }
    if (confirms) {
      references.push_back(make_assertion(sp_, "RequireSignatureConfirmation"));
    }
    out.push_back(make_nested(sp_, "Wss11", std::move(references)));
    out.push_back(make_nested(sp_, is_1_1_ ? "Trust10" : "Trust13",
                              {make_assertion(sp_, "RequireClientEntropy"),
                               make_assertion(sp_, "RequireServerEntropy")}));
  }

  const Profile& profile_;
  bool is_1_1_;
  std::string_view sp_;
};

}  // namespace

Result<void> add_security(const Profile& profile, Alternative& alternative) {
  return profile.sc ? Emission(profile).add(alternative) : Result<void>();
}

bool encrypts_messages_only(const Profile& profile) {
  return profile.sc && profile.protect == Protection::sign_encrypt && !profile.encrypt_rm;
}

Alternative message_security(const Profile& profile) {
  if (!encrypts_messages_only(profile)) {
    return {};
  }
  return {encrypted_body(profile.sc == contexts::TrustFamily::feb_2005 ? uri::kSp11 : uri::kSp12)};
}

}  // namespace parley::policy
