#include "bindings/soap/security/proof.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/secrecy.h"
#include "bindings/soap/security/token_judgement.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

Error missing(const char* place) {
  return Error(ErrorCode::security_missing, place);
}

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

Error nobody(const char* place) {
  return Error(ErrorCode::authentication_failed, place);
}

engine::TokenProof token_of(const Signer& signer) {
  return {signer.principal, signer.subject};
}

/// The judgement of one message.
class Judgement {
 public:
  Judgement(const Envelope& envelope, const OpenedSecurity& opened, const ProofRules& rules)
      : envelope_(envelope),
        opened_(opened),
        rules_(rules),
        secrecy_(envelope, opened, rules.profile) {}

  Result<Proven> judge() const;

 private:
  Result<Proven> judge_signature(const VerifiedSignature& signature) const;
  bool is_by_transport(const Signer& signer) const;
  Result<void> check_signed(const Coverage& coverage, bool by_transport) const;
  Result<void> check_confirmations(const Signer& signer, bool by_transport) const;
  Result<Proven> identify(const VerifiedSignature& signature, const Coverage& coverage) const;
  Result<Proven> identify_certificate(const VerifiedSignature& signature) const;
  Result<Proven> identify_carried(const VerifiedSignature& signature,
                                  const Coverage& coverage) const;
  const VerifiedSignature* endorser_of(const VerifiedSignature& signature) const;
  bool names_destination(const VerifiedSignature& signature) const;
  const ShownUser* user_of(const VerifiedSignature& signature, const Coverage& coverage) const;
  Result<Proven> identify_user(const ShownUser& user, const VerifiedSignature* signature) const;
  bool is_own_exchange_over_tls() const;
  Result<Proven> judge_by_transport() const;

  const Envelope& envelope_;
  const OpenedSecurity& opened_;
  const ProofRules& rules_;
  Secrecy secrecy_;
};

/// Whether TLS protects what this signer signs.
bool Judgement::is_by_transport(const Signer& signer) const {
  return signer.kind == Signer::Kind::context
             ? rules_.profile.protect == engine::Protection::transport
             : rules_.profile.binding == engine::BootstrapBinding::transport;
}

bool Judgement::is_own_exchange_over_tls() const {
  return rules_.exchange != nullptr &&
         rules_.exchange->binding == engine::BootstrapBinding::transport;
}

Result<Proven> Judgement::judge() const {
  if (opened_.timestamp_element == xml::Element()) {
    return missing("Timestamp");
  }
  Error why = missing("signature");
  for (const VerifiedSignature& signature : opened_.signatures) {
    auto judged = judge_signature(signature);
    if (judged) {
      return judged;
    }
    // Another signature may be the one that matters; who covers all and says nothing is told first.
    if (why.code() == ErrorCode::security_missing) {
      why = judged.error();
    }
  }
  const bool is_user_on_tls =
      rules_.exchange == nullptr && rules_.profile.bootstrap == engine::Bootstrap::username_https;
  if (opened_.signatures.empty() && (is_user_on_tls || is_own_exchange_over_tls())) {
    return judge_by_transport();
  }
  return why;
}

Result<Proven> Judgement::judge_signature(const VerifiedSignature& signature) const {
  const Coverage coverage(opened_, signature.signer);
  const bool by_transport = is_by_transport(signature.signer);
  if (by_transport && !rules_.channel.is_confidential) {
    return missing("confidential transport");
  }
  PARLEY_TRY(check_signed(coverage, by_transport));
  if (!by_transport) {
    PARLEY_TRY(secrecy_.check(signature, coverage));
  }
  PARLEY_TRY(check_confirmations(signature.signer, by_transport));
  PARLEY_ASSIGN_OR_RETURN(Proven proven, identify(signature, coverage));
  if (signature.signer.kind == Signer::Kind::context) {
    const TokenJudgement tokens(opened_, secrecy_, rules_.profile, rules_.users, signature,
                                coverage, by_transport);
    PARLEY_ASSIGN_OR_RETURN(BoundTokens bound, tokens.judge());
    proven.tokens = std::move(bound.tokens);
    proven.one_time = std::move(bound.one_time);
  }
  const xml::Element child = envelope_.body.first_child();
  const bool is_signed_beside_tls =
      by_transport && child && is_mere_cancellation(child) && coverage.covers(envelope_.body);
  proven.can_be_passed_on =
      by_transport &&
      std::any_of(opened_.signatures.begin(), opened_.signatures.end(),
                  [this](const VerifiedSignature& one) { return !names_destination(one); });
  proven.is_in_clear = signature.signer.kind == Signer::Kind::context && child &&
                       (is_signed_beside_tls || secrecy_.is_in_clear(signature.signer));
  return proven;
}

Result<void> Judgement::check_signed(const Coverage& coverage, bool by_transport) const {
  if (!coverage.covers(opened_.timestamp_element)) {
    return missing("the Timestamp is not signed");  // M14
  }
  if (by_transport) {
    return {};
  }
  if (!coverage.covers(envelope_.body)) {
    return missing("the Body is not signed");
  }
  for (const xml::Element& block : envelope_.blocks) {
    const std::string_view ns = block.namespace_uri();
    const bool is_read = find_addressing(ns) || find_rm(ns) || ns == kMc;
    if (is_read && !coverage.covers(block)) {
      return missing("a header block is not signed");
    }
  }
  for (const xml::Element& confirmation : opened_.confirmations) {
    if (!coverage.covers(confirmation)) {
      return missing("a SignatureConfirmation is not signed");
    }
  }
  return {};
}

/// Whether nobody can show it to another service: only that of its context has the key, or the
/// signature is over wsa:To.
bool Judgement::names_destination(const VerifiedSignature& signature) const {
  if (signature.signer.kind == Signer::Kind::context) {
    return true;
  }
  const Coverage coverage(opened_, signature.signer);
  return std::any_of(
      envelope_.blocks.begin(), envelope_.blocks.end(), [&](const xml::Element& block) {
        return block.local_name() == "To" && find_addressing(block.namespace_uri()) &&
               !is_reference_parameter(block) && coverage.covers(block);
      });
}

/// M48: every signature of the request exactly once, and no other. A peer that confirms nothing is
/// asked to only under a profile that says so.
Result<void> Judgement::check_confirmations(const Signer& signer, bool by_transport) const {
  if (rules_.exchange == nullptr) {
    return {};
  }
  if (opened_.confirmations.empty()) {
    const bool is_wanted =
        signer.kind == Signer::Kind::context
            ? rules_.profile.confirm_messages && !by_transport && !secrecy_.may_go_in_clear(signer)
            : rules_.profile.confirm_signatures;
    return is_wanted ? Result<void>(failed("no signature is confirmed")) : Result<void>();
  }
  std::vector<Bytes> open = rules_.exchange->signature_values;
  for (const xml::Element& confirmation : opened_.confirmations) {
    const auto text = confirmation.attribute("", "Value");
    if (!text) {
      continue;  // M47: the request had no signature
    }
    const auto value = xml::decode_base64(*text);
    const auto found = value ? std::find(open.begin(), open.end(), *value) : open.end();
    if (found == open.end()) {
      return failed("confirmation of another signature");
    }
    open.erase(found);
  }
  return open.empty() ? Result<void>() : Result<void>(failed("signature without confirmation"));
}

Result<Proven> Judgement::identify(const VerifiedSignature& signature,
                                   const Coverage& coverage) const {
  const Signer& signer = signature.signer;
  switch (signer.kind) {
    case Signer::Kind::context: {
      Proven proven{engine::ContextProof{signer.context}, &signature, std::nullopt};
      if (const VerifiedSignature* endorser = endorser_of(signature)) {
        proven.endorsement = token_of(endorser->signer);
      }
      return proven;
    }
    case Signer::Kind::certificate:
      return identify_certificate(signature);
    case Signer::Kind::exchange:
      // Only the holder of the key that we encrypted it for has this secret besides us.
      if (!signer.principal.empty()) {
        return Proven{token_of(signer), &signature, std::nullopt};
      }
      break;
    case Signer::Kind::carried:
      return identify_carried(signature, coverage);
    case Signer::Kind::assertion:
    case Signer::Kind::raw:
      break;
  }
  return nobody("key of nobody");
}

Result<Proven> Judgement::identify_certificate(const VerifiedSignature& signature) const {
  const engine::Profile& profile = rules_.profile;
  const bool is_asked_for =
      rules_.exchange == nullptr
          ? (profile.bootstrap == engine::Bootstrap::x509 &&
             profile.binding == engine::BootstrapBinding::asymmetric) ||
                profile.bootstrap == engine::Bootstrap::x509_https
          // Others that we trust are not the one that we asked.
          : rules_.exchange->binding == engine::BootstrapBinding::asymmetric &&
                signature.signer.principal == rules_.exchange->recipient_principal;
  return is_asked_for ? Result<Proven>(Proven{token_of(signature.signer), &signature, std::nullopt})
                      : nobody("certificate that is not asked for");
}

Result<Proven> Judgement::identify_carried(const VerifiedSignature& signature,
                                           const Coverage& coverage) const {
  if (rules_.profile.binding == engine::BootstrapBinding::symmetric && rules_.exchange == nullptr) {
    if (rules_.profile.bootstrap == engine::Bootstrap::x509) {
      if (const VerifiedSignature* endorser = endorser_of(signature)) {
        return Proven{token_of(endorser->signer), &signature, std::nullopt};
      }
    } else if (rules_.profile.bootstrap == engine::Bootstrap::username_cert) {
      if (const ShownUser* user = user_of(signature, coverage)) {
        return identify_user(*user, &signature);
      }
    }
  }
  return nobody("a carried key that no credential goes with");
}

/// The signature by certificate over this one; null = none.
const VerifiedSignature* Judgement::endorser_of(const VerifiedSignature& signature) const {
  for (const VerifiedSignature& other : opened_.signatures) {
    if (other.signer.kind == Signer::Kind::certificate &&
        Coverage(opened_, other.signer).covers(signature.element)) {
      return &other;
    }
  }
  return nullptr;
}

/// The one user, if his password was signed and encrypted with the key of this signature; null =
/// none.
const ShownUser* Judgement::user_of(const VerifiedSignature& signature,
                                    const Coverage& coverage) const {
  if (opened_.users.size() != 1) {
    return nullptr;
  }
  const ShownUser& user = opened_.users.front();
  return secrecy_.is_hidden(user.element, signature.signer) && coverage.covers(user.element)
             ? &user
             : nullptr;
}

Result<Proven> Judgement::identify_user(const ShownUser& user,
                                        const VerifiedSignature* signature) const {
  Proven proven{token_of(user), signature, std::nullopt};
  PARLEY_ASSIGN_OR_RETURN(proven.password_use, believe(user, rules_.users));
  return proven;
}

/// A password over TLS needs no signature (M98), and what comes back on the exchange of our own
/// request is from whom TLS says.
Result<Proven> Judgement::judge_by_transport() const {
  if (!rules_.channel.is_confidential) {
    return missing("confidential transport");
  }
  if (rules_.exchange == nullptr) {
    if (opened_.users.size() != 1) {
      return missing("UsernameToken");
    }
    return identify_user(opened_.users.front(), nullptr);
  }
  if (rules_.exchange->context) {
    return Proven{engine::ContextProof{*rules_.exchange->context}, nullptr, std::nullopt};
  }
  return Proven{engine::TokenProof{"tls:" + rules_.channel.peer, rules_.channel.peer}, nullptr,
                std::nullopt};
}

}  // namespace

Result<Proven> prove(const Envelope& envelope,
                     const OpenedSecurity& opened,
                     const ProofRules& rules) {
  return Judgement(envelope, opened, rules).judge();
}

}  // namespace parley::soap
