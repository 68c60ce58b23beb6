#include "bindings/soap/security/assertion_check.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

using Method = SamlAssertion::Method;

constexpr Duration kAgeMax = std::chrono::minutes(30);  // K22, without NotOnOrAfter

Error refused(const char* place) {
  return Error(ErrorCode::authentication_failed, place);
}

/// The certificate of a KeyInfo. A bare key value names nobody.
Result<crypto::Certificate> certificate_of(const xml::Element& key_info) {
  const xml::Element data = key_info ? key_info.child(uri::kDs, "X509Data") : xml::Element();
  const xml::Element certificate = data ? data.child(uri::kDs, "X509Certificate") : xml::Element();
  if (!certificate) {
    return Error(ErrorCode::token_unsupported, "key of an assertion");
  }
  const Error invalid(ErrorCode::token_invalid, "SAML assertion");
  const auto der = xml::decode_base64(certificate.text());
  auto read = der ? crypto::Certificate::from_der(*der) : Result<crypto::Certificate>(invalid);
  return read ? std::move(read) : invalid;
}

/// M93: one Reference, to this assertion's own id, enveloped and exclusive.
bool covers_itself(const SignatureClaim& claim, const SamlAssertion& assertion) {
  if (claim.references.size() != 1) {
    return false;
  }
  const ReferenceClaim& reference = claim.references.front();
  return reference.id() == assertion.id && reference.transforms == 2 &&
         reference.leaves_out_signature && !reference.is_contradictory &&
         reference.canonical_form && reference.canonical_form->method == xml::C14nMethod::exclusive;
}

/// The judgement of one assertion.
class Check {
 public:
  Check(const xml::Element& element,
        const SamlAssertion& assertion,
        const KeyMaterial& material,
        const OpenSettings& settings)
      : element_(element),
        assertion_(assertion),
        material_(material),
        rules_(*material.assertions),
        settings_(settings) {}

  Result<void> check_signature() const;
  Result<void> check_conditions() const;
  Result<void> confirm(CheckedAssertion& checked) const;

 private:
  Result<SignatureClaim> read_claim() const;
  bool may_speak(const crypto::Certificate& issuer) const;
  bool is_for_us(const std::vector<std::string>& audience) const;
  bool is_over(WallTime time) const { return settings_.now >= time + skew(); }
  bool is_to_come(WallTime time) const { return time > settings_.now + skew(); }
  Duration skew() const { return settings_.timestamps.clock_skew; }

  const xml::Element& element_;
  const SamlAssertion& assertion_;
  const KeyMaterial& material_;
  const AssertionRules& rules_;
  const OpenSettings& settings_;
};

bool Check::may_speak(const crypto::Certificate& issuer) const {
  if (rules_.accept_any) {
    using Verdict = crypto::TrustStore::Verdict;
    return material_.accept_any_signer ||
           (material_.trust != nullptr &&
            material_.trust->judge(issuer, {}, settings_.now) == Verdict::trusted);
  }
  const bool is_valid = issuer.not_before() <= settings_.now && settings_.now <= issuer.not_after();
  return is_valid && std::any_of(rules_.issuers.begin(), rules_.issuers.end(),
                                 [&](const AssertionIssuer& one) {
                                   return one.certificate.equals(issuer) &&
                                          (one.name.empty() || one.name == assertion_.issuer);
                                 });
}

/// Its issuer signs as it sees fit, for a suite is a matter of the two that talk: with what is not weak, or
/// at least with what the suite has (many sign with RSA-SHA1).
Result<SignatureClaim> Check::read_claim() const {
  auto claim = read_signature(assertion_.signature,
                              SignatureRules{settings_.limits, AlgorithmPolicy::usable()});
  return claim ? std::move(claim)
               : read_signature(assertion_.signature,
                                SignatureRules{settings_.limits, settings_.algorithms});
}

/// Without a signature its sender alone can stand for it (K17).
Result<void> Check::check_signature() const {
  if (!assertion_.signature) {
    return {};
  }
  PARLEY_ASSIGN_OR_RETURN(const SignatureClaim claim, read_claim());
  PARLEY_ASSIGN_OR_RETURN(const crypto::Certificate issuer, certificate_of(claim.key_info));
  // Before anything is digested: anybody can sign by a key of his own, and have it looked at often.
  if (!may_speak(issuer)) {
    return refused("issuer of an assertion");
  }
  Bytes scratch;
  // The id leads to this element only when nothing else has it.
  if (!covers_itself(claim, assertion_) ||
      element_.document().by_id(assertion_.id) != element_ ||
      !verify_value(claim, issuer.public_key(), scratch)) {
    return Error(ErrorCode::security_failed, "signature of an assertion");
  }
  return verify_digest(claim, claim.references.front(), element_, scratch);
}

bool Check::is_for_us(const std::vector<std::string>& audience) const {
  return rules_.accept_any ||
         std::any_of(audience.begin(), audience.end(), [&](const std::string& one) {
           return std::find(rules_.audiences.begin(), rules_.audiences.end(), one) !=
                  rules_.audiences.end();
         });
}

/// K22 to K24.
Result<void> Check::check_conditions() const {
  if (!std::all_of(assertion_.audiences.begin(), assertion_.audiences.end(),
                   [this](const auto& audience) { return is_for_us(audience); })) {
    return refused("audience of an assertion");
  }
  if (!settings_.timestamps.is_checked) {
    return {};
  }
  const bool fits =
      !is_to_come(assertion_.not_before.value_or(assertion_.issued)) &&
      !is_to_come(assertion_.issued) &&
      !is_over(assertion_.not_on_or_after.value_or(assertion_.issued + kAgeMax)) &&
      std::none_of(assertion_.authenticated.begin(), assertion_.authenticated.end(),
                   [this](WallTime time) { return is_to_come(time); }) &&
      !(assertion_.session_not_on_or_after && is_over(*assertion_.session_not_on_or_after));
  return fits ? Result<void>() : refused("times of an assertion");
}

/// K17, K18: which of its confirmations may be satisfied. Of several keys the first counts.
Result<void> Check::confirm(CheckedAssertion& checked) const {
  const bool is_signed = bool(assertion_.signature);
  Error why = refused("confirmation of an assertion");
  for (const SamlAssertion::Confirmation& one : assertion_.confirmations) {
    const bool is_in_time =
        !settings_.timestamps.is_checked || (!(one.not_before && is_to_come(*one.not_before)) &&
                                             !(one.not_on_or_after && is_over(*one.not_on_or_after)));
    if (!is_in_time || (!one.recipient.empty() && !is_for_us({one.recipient}))) {
      continue;
    }
    switch (one.method) {
      case Method::bearer:
        checked.is_bearer = is_signed;
        break;
      case Method::sender_vouches:
        checked.sender_vouches = rules_.allow_sender_vouches;
        break;
      case Method::holder_of_key: {
        if (!is_signed || checked.holder || checked.encrypted_key) {
          break;
        }
        checked.encrypted_key =
            one.key_info ? one.key_info.child(uri::kXenc, "EncryptedKey") : xml::Element();
        if (checked.encrypted_key) {
          break;
        }
        if (auto holder = certificate_of(one.key_info)) {
          checked.holder = std::move(*holder);
        } else {
          why = holder.error();
        }
        break;
      }
    }
  }
  const bool is_confirmed =
      checked.is_bearer || checked.sender_vouches || checked.holder || checked.encrypted_key;
  return is_confirmed ? Result<void>() : why;
}

}  // namespace

Result<CheckedAssertion> check_assertion(const xml::Element& element,
                                         const KeyMaterial& material,
                                         const OpenSettings& settings) {
  if (material.assertions == nullptr) {
    return refused("SAML assertion");
  }
  PARLEY_ASSIGN_OR_RETURN(SamlAssertion assertion, read_saml_assertion(element, settings.limits));
  const Check check(element, assertion, material, settings);
  PARLEY_TRY(check.check_signature());
  PARLEY_TRY(check.check_conditions());
  CheckedAssertion checked;
  PARLEY_TRY(check.confirm(checked));
  // Without its issuer's signature anybody could use up another's, or have ids remembered for ever.
  if (assertion.one_time_use && assertion.signature) {
    checked.used_up = assertion.not_on_or_after.value_or(assertion.issued + kAgeMax) +
                      settings.timestamps.clock_skew;
  }
  checked.element = element;
  checked.kind = assertion.kind;
  checked.id = std::move(assertion.id);
  checked.issuer = std::move(assertion.issuer);
  checked.subject = std::move(assertion.subject);
  checked.subject_qualifier = std::move(assertion.subject_qualifier);
  checked.attributes = std::move(assertion.attributes);
  return checked;
}

}  // namespace parley::soap
