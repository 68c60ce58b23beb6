#include "bindings/soap/security/token_judgement.h"

#include <algorithm>
#include <string>
#include <utility>

#include "bindings/soap/security/name_digest.h"

namespace parley::soap {
namespace {

Error nobody(const char* place) {
  return Error(ErrorCode::authentication_failed, place);
}

/// Issuer, qualifier and subject in one name, none of which may look like another: neither of the
/// first two has a space here, or the first the sign between them.
std::string principal_of(const CheckedAssertion& assertion) {
  std::string name = "saml:";
  const auto add = [&name](const std::string& text) {
    for (const char c : text) {
      name += c == ' ' ? "%20" : c == '!' ? "%21" : c == '%' ? "%25" : std::string(1, c);
    }
  };
  add(assertion.issuer);
  if (!assertion.subject_qualifier.empty()) {
    name += '!';
    add(assertion.subject_qualifier);
  }
  return name + ' ' + assertion.subject;
}

/// Names one assertion of one issuer (K25).
Bytes digest_of_id(const CheckedAssertion& assertion) {
  return name_digest({as_bytes(assertion.issuer), as_bytes(assertion.id)});
}

}  // namespace

/// Whether this signature stands behind that one. Over TLS all of them sign the Timestamp.
bool TokenJudgement::is_under(const VerifiedSignature& endorsement) const {
  const Coverage coverage(opened_, endorsement.signer);
  return !(endorsement.signer == signature_.signer) &&
         (coverage.covers(signature_.element) ||
          (by_transport_ && coverage.covers(opened_.timestamp_element)));
}

/// Whether a token belongs to the message that this signature is over, as the profile wants it.
bool TokenJudgement::is_bound(const xml::Element& token, engine::SupportingUse use) const {
  if (by_transport_) {
    return true;
  }
  return (!engine::is_signed(use) || coverage_.covers(token)) &&
         (!engine::is_encrypted(use) || secrecy_.is_hidden(token, signature_.signer));
}

/// Whether the key of the assertion's subject signs what stands behind the message's signature.
bool TokenJudgement::is_held(const CheckedAssertion& assertion) const {
  return std::any_of(
      opened_.signatures.begin(), opened_.signatures.end(), [&](const VerifiedSignature& other) {
        const bool is_holders =
            (other.signer.kind == Signer::Kind::assertion &&
             other.signer.principal == assertion.id) ||
            (other.certificate && assertion.holder && other.certificate->equals(*assertion.holder));
        return is_holders && is_under(other);
      });
}

Result<BoundTokens> TokenJudgement::judge() const {
  using engine::SupportingUse;
  using engine::TokenKind;
  const engine::SupportingUses& asked = profile_.supporting;
  BoundTokens bound;
  const auto add = [&](engine::SupportingToken token) {
    const bool is_second =
        std::any_of(bound.tokens.begin(), bound.tokens.end(),
                    [&](const engine::SupportingToken& one) { return one.kind == token.kind; });
    if (is_second) {
      return Result<void>(nobody("two tokens of one kind"));
    }
    bound.tokens.push_back(std::move(token));
    return Result<void>();
  };
  if (asked.x509 != SupportingUse::none) {
    for (const VerifiedSignature& other : opened_.signatures) {
      const bool is_shown = std::any_of(opened_.certificates.begin(), opened_.certificates.end(),
                                        [&](const ShownCertificate& shown) {
                                          return shown.principal == other.signer.principal &&
                                                 is_bound(shown.element, asked.x509);
                                        });
      const bool needs_token = engine::is_signed(asked.x509) && !by_transport_;
      if (other.signer.kind == Signer::Kind::certificate && is_under(other) &&
          (is_shown || !needs_token)) {
        PARLEY_TRY(add({TokenKind::x509, other.signer.principal, other.signer.subject, {}, {}}));
      }
    }
  }
  if (asked.username != SupportingUse::none) {
    for (const ShownUser& user : opened_.users) {
      // K67: whatever the profile says, it is signed and hidden.
      if (is_bound(user.element, SupportingUse::signed_encrypted)) {
        PARLEY_ASSIGN_OR_RETURN(auto use, believe(user, users_));
        engine::TokenProof who = token_of(user);
        PARLEY_TRY(
            add({TokenKind::username, std::move(who.principal), std::move(who.subject), {}, {}}));
        if (use) {
          bound.one_time.push_back(std::move(*use));  // M18, M84
        }
      }
    }
  }
  for (const CheckedAssertion& assertion : opened_.assertions) {
    const SupportingUse use = engine::use_of(asked, assertion.kind);
    if (use == SupportingUse::none) {
      return nobody("an assertion that is not asked for");  // K2
    }
    // K17, K18: one of its confirmations is enough, but where the profile wants an endorsement,
    // that of the key. Whoever reads what its bearer may show could show it himself: without TLS it
    // is hidden, whatever the profile says (tokens.md, 4).
    const bool has_key = is_held(assertion);
    const bool is_carried =
        !engine::is_endorsing(use) && (assertion.is_bearer || assertion.sender_vouches);
    if ((has_key || is_carried) &&
        is_bound(assertion.element, has_key ? use : SupportingUse::signed_encrypted)) {
      PARLEY_TRY(add({assertion.kind, principal_of(assertion), assertion.subject, assertion.issuer,
                      assertion.attributes}));
      if (assertion.used_up) {
        bound.one_time.push_back({digest_of_id(assertion), *assertion.used_up});
      }
    }
  }
  return bound;
}

}  // namespace parley::soap
