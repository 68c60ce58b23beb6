#include "bindings/soap/policy/bootstrap_mapping.h"

#include <string>
#include <vector>

namespace parley::policy {
namespace {

using engine::Bootstrap;
using engine::BootstrapBinding;
using engine::Profile;

/// What authenticates the one that asks for the context, besides the tokens of the binding.
struct Credential {
  const TokenRequirement* token = nullptr;
  bool is_endorsing = false;
};

std::vector<Credential> credentials_of(const SecurityRequirements& bootstrap) {
  std::vector<Credential> credentials;
  for (const SupportingTokens& group : bootstrap.supporting) {
    for (const TokenRequirement& token : group.tokens) {
      credentials.push_back({&token, group.is_endorsing});
    }
  }
  return credentials;
}

bool is_x509(const TokenRequirement* token) {
  return token != nullptr && token->kind == TokenKind::x509;
}

class BootstrapMapper {
 public:
  BootstrapMapper(const SecurityRequirements& bootstrap, Profile& profile, MappingRemarks& remarks)
      : bootstrap_(bootstrap),
        credentials_(credentials_of(bootstrap)),
        profile_(profile),
        remarks_(remarks) {}

  void map(const TokenRequirement& context) {
    switch (bootstrap_.binding) {
      case BindingKind::none:
        remarks_.blocks(context.assertion, "does not say how its request is protected");
        return;
      case BindingKind::transport:
        map_transport();
        break;
      case BindingKind::symmetric:
        map_symmetric();
        break;
      case BindingKind::asymmetric:
        map_asymmetric();
        break;
    }
    profile_.confirm_signatures = bootstrap_.wss && bootstrap_.wss->signature_confirmation;
    if (bootstrap_.trust && bootstrap_.trust->applies_to) {
      remarks_.differs(sibling(bootstrap_.binding_assertion, "RequireAppliesTo"),
                       "is not sent in token requests");
    }
  }

 private:
  void map_transport() {
    profile_.binding = BootstrapBinding::transport;
    const TokenRequirement* https = bootstrap_.token(TokenUse::transport);
    if (https != nullptr && (https->http_basic || https->http_digest)) {
      remarks_.blocks(https->assertion, "wants a password of HTTP's own");
    }
    if (const Credential* credential = only_credential()) {
      if (credential->token->kind == TokenKind::username && !credential->is_endorsing) {
        profile_.bootstrap = Bootstrap::username_https;
        check_password(*credential->token);
      } else if (is_x509(credential->token) && credential->is_endorsing) {
        profile_.bootstrap = Bootstrap::x509_https;
      } else {
        cannot(*credential->token);
      }
    }
  }

  void map_symmetric() {
    profile_.binding = BootstrapBinding::symmetric;
    const TokenRequirement* protection = bootstrap_.token(TokenUse::protection);
    if (!is_x509(protection)) {
      cannot_bind(protection);
      return;
    }
    check_references(*protection);
    if (const Credential* credential = only_credential()) {
      if (is_x509(credential->token) && credential->is_endorsing) {
        profile_.bootstrap = Bootstrap::x509;
      } else if (credential->token->kind == TokenKind::username && !credential->is_endorsing) {
        profile_.bootstrap = Bootstrap::username_cert;
        check_password(*credential->token);
      } else {
        cannot(*credential->token);
      }
    }
  }

  void map_asymmetric() {
    profile_.binding = BootstrapBinding::asymmetric;
    profile_.bootstrap = Bootstrap::x509;
    const TokenRequirement* initiator = bootstrap_.token(TokenUse::initiator);
    const TokenRequirement* recipient = bootstrap_.token(TokenUse::recipient);
    if (!is_x509(initiator) || !is_x509(recipient)) {
      cannot_bind(is_x509(initiator) ? recipient : initiator);
      return;
    }
    check_references(*recipient);
    for (const Credential& credential : credentials_) {
      remarks_.blocks(credential.token->assertion,
                      "is asked for besides the certificates of sp:AsymmetricBinding");
    }
  }

  /// The one that there has to be; null, and a remark, for none or more.
  const Credential* only_credential() {
    if (credentials_.empty()) {
      remarks_.blocks(bootstrap_.binding_assertion,
                      "asks for no credential of the caller, which contexts are granted for here");
      return nullptr;
    }
    if (credentials_.size() > 1) {
      remarks_.blocks(credentials_[1].token->assertion, "is a second credential of the caller");
      return nullptr;
    }
    return &credentials_.front();
  }

  void cannot(const TokenRequirement& token) {
    remarks_.blocks(token.assertion, "cannot authenticate a request for a context here");
  }

  void cannot_bind(const TokenRequirement* token) {
    remarks_.blocks(token == nullptr ? bootstrap_.binding_assertion : token->assertion,
                    token == nullptr ? "names no tokens that are known in this use"
                                     : "cannot protect a request for a context here");
  }

  void check_password(const TokenRequirement& token) {
    if (token.no_password) {
      remarks_.blocks(token.assertion, "wants no password, which leaves nothing to authenticate");
    }
    profile_.password =
        token.hash_password ? engine::PasswordForm::digest : engine::PasswordForm::text;
  }

  void check_references(const TokenRequirement& token) {
    if (token.key_identifier_reference || token.issuer_serial_reference ||
        token.embedded_reference) {
      remarks_.differs(token.assertion,
                       "wants a form of reference; profiles do not choose among these");
    }
  }

  const SecurityRequirements& bootstrap_;
  std::vector<Credential> credentials_;
  Profile& profile_;
  MappingRemarks& remarks_;
};

/// A profile says this once for the bootstrap and for what follows.
void check_agreement(const SecurityRequirements& bootstrap,
                     const SecurityRequirements& session,
                     MappingRemarks& remarks) {
  const QualifiedName& about = bootstrap.binding_assertion;
  if (!bootstrap.suite.empty() && !session.suite.empty() && bootstrap.suite != session.suite) {
    remarks.blocks(sibling(about, bootstrap.suite),
                   "is the suite of the bootstrap, " + session.suite + " that of the session");
  }
  if (bootstrap.binding == BindingKind::transport || session.binding == BindingKind::transport) {
    return;
  }
  if (bootstrap.encrypt_before_signing != session.encrypt_before_signing) {
    remarks.blocks(sibling(about, "EncryptBeforeSigning"),
                   "differs between the bootstrap and the session");
  }
  if (bootstrap.encrypt_signature != session.encrypt_signature) {
    remarks.differs(sibling(about, "EncryptSignature"),
                    "differs between the bootstrap and the session; that of the session is used");
  }
}

}  // namespace

void map_bootstrap(const TokenRequirement& context,
                   const SecurityRequirements& session,
                   Profile& profile,
                   MappingRemarks& remarks) {
  const bool is_issued = !context.issuer.empty() || !context.issuer_name.empty();
  if (context.bootstrap.empty() && !is_issued) {
    remarks.differs(context.assertion,
                    "has no sp:BootstrapPolicy; the context is established as is usual here");
    return;
  }
  if (!context.bootstrap.empty()) {
    const SecurityRequirements& bootstrap = context.bootstrap.front();
    check_agreement(bootstrap, session, remarks);
    BootstrapMapper(bootstrap, profile, remarks).map(context);
  }
  if (is_issued) {
    // What was mapped is how the token service is asked.
    if (context.issuer.empty()) {
      remarks.blocks(context.assertion, "names a token service without its address");
    }
    if (profile.bootstrap != Bootstrap::issued) {
      profile.issuer_bootstrap = profile.bootstrap;
    }
    profile.bootstrap = Bootstrap::issued;
    profile.issuer = context.issuer;
  }
}

}  // namespace parley::policy
