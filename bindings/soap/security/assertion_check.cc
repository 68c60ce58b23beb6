#include "bindings/soap/security/assertion_check.h"

#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

using Confirmation = CheckedAssertion::Confirmation;

constexpr Duration kAgeMax = std::chrono::minutes(30);  // K22, without NotOnOrAfter

Error invalid() {
  return Error(ErrorCode::token_invalid, "SAML assertion");
}

/// What is the same in both versions, from wherever each keeps it.
struct Assertion {
  std::string id;
  std::string issuer;
  std::string subject;
  std::string method;       ///< of its confirmation
  xml::Element key_info;    ///< of the confirmation; null = none
  xml::Element signature;   ///< null = none
  xml::Element conditions;  ///< null = none
  std::string issued;
};

std::string attribute(const xml::Element& element, std::string_view name) {
  return std::string(element.attribute("", name).value_or(""));
}

std::string text_of(const xml::Element& element) {
  return element ? std::string(trim(element.text())) : std::string();
}

/// K6: every statement names the same subject; the first is taken and the others have to agree.
Result<void> read_saml1_subject(const xml::Element& element, Assertion& assertion) {
  bool has_subject = false;
  for (const xml::Element& statement : element.children()) {
    const xml::Element subject = statement.child(uri::kSaml1, "Subject");
    if (statement.namespace_uri() != uri::kSaml1 || !subject) {
      continue;
    }
    const std::string name = text_of(subject.child(uri::kSaml1, "NameIdentifier"));
    const xml::Element confirmation = subject.child(uri::kSaml1, "SubjectConfirmation");
    const std::string method = confirmation
                                   ? text_of(confirmation.child(uri::kSaml1, "ConfirmationMethod"))
                                   : std::string();
    if (std::exchange(has_subject, true)) {
      if (name != assertion.subject || method != assertion.method) {
        return invalid();
      }
      continue;
    }
    assertion.subject = name;
    assertion.method = method;
    if (confirmation) {
      assertion.key_info = confirmation.child(uri::kDs, "KeyInfo");
    }
  }
  return has_subject ? Result<void>() : invalid();
}

Result<Assertion> read_saml1(const xml::Element& element) {
  Assertion assertion;
  assertion.id = attribute(element, "AssertionID");
  assertion.issuer = attribute(element, "Issuer");
  assertion.issued = attribute(element, "IssueInstant");
  if (attribute(element, "MajorVersion") != "1" || attribute(element, "MinorVersion") != "1") {
    return invalid();  // K5
  }
  assertion.conditions = element.child(uri::kSaml1, "Conditions");
  PARLEY_TRY(read_saml1_subject(element, assertion));
  return assertion;
}

Result<Assertion> read_saml2(const xml::Element& element) {
  Assertion assertion;
  assertion.id = attribute(element, "ID");
  assertion.issuer = text_of(element.child(uri::kSaml2, "Issuer"));
  assertion.issued = attribute(element, "IssueInstant");
  const xml::Element subject = element.child(uri::kSaml2, "Subject");
  if (attribute(element, "Version") != "2.0" || !subject) {
    return invalid();  // K9
  }
  assertion.conditions = element.child(uri::kSaml2, "Conditions");
  assertion.subject = text_of(subject.child(uri::kSaml2, "NameID"));
  const xml::Element confirmation = subject.child(uri::kSaml2, "SubjectConfirmation");
  if (confirmation) {
    assertion.method = attribute(confirmation, "Method");
    if (const xml::Element data = confirmation.child(uri::kSaml2, "SubjectConfirmationData")) {
      assertion.key_info = data.child(uri::kDs, "KeyInfo");
    }
  }
  return assertion;
}

Result<Confirmation> confirmation_of(const Assertion& assertion) {
  const std::string_view method = assertion.method;
  const bool is_known = method.starts_with("urn:oasis:names:tc:SAML:1.0:cm:") ||
                        method.starts_with("urn:oasis:names:tc:SAML:2.0:cm:");
  const std::string_view name = method.substr(method.rfind(':') + 1);
  if (is_known && name == "holder-of-key") {
    return Confirmation::holder_of_key;
  }
  if (is_known && name == "bearer") {
    return Confirmation::bearer;
  }
  if (is_known && name == "sender-vouches") {
    return Confirmation::sender_vouches;
  }
  return Error(ErrorCode::token_unsupported, "confirmation of an assertion");  // K17
}

/// The certificate of a KeyInfo. A bare key value names nobody.
Result<crypto::Certificate> certificate_of(const xml::Element& key_info) {
  const xml::Element data = key_info ? key_info.child(uri::kDs, "X509Data") : xml::Element();
  const xml::Element certificate = data ? data.child(uri::kDs, "X509Certificate") : xml::Element();
  if (!certificate) {
    return Error(ErrorCode::token_unsupported, "key of an assertion");
  }
  const auto der = xml::decode_base64(certificate.text());
  auto read = der ? crypto::Certificate::from_der(*der) : Result<crypto::Certificate>(invalid());
  return read ? std::move(read) : invalid();
}

/// M93: one Reference, to this assertion's own id, enveloped and exclusive.
bool covers_itself(const SignatureClaim& claim, const Assertion& assertion) {
  if (claim.references.size() != 1) {
    return false;
  }
  const ReferenceClaim& reference = claim.references.front();
  return reference.id() == assertion.id && reference.transforms == 2 &&
         reference.leaves_out_signature && !reference.is_contradictory &&
         reference.canonical_form && reference.canonical_form->method == xml::C14nMethod::exclusive;
}

Result<void> check_signature(const xml::Element& element,
                             const Assertion& assertion,
                             const KeyMaterial& material,
                             const OpenSettings& settings) {
  const SignatureRules rules{settings.limits, settings.algorithms};
  PARLEY_ASSIGN_OR_RETURN(const SignatureClaim claim, read_signature(assertion.signature, rules));
  PARLEY_ASSIGN_OR_RETURN(const crypto::Certificate issuer, certificate_of(claim.key_info));
  Bytes scratch;
  // The id leads to this element only when nothing else has it.
  if (!covers_itself(claim, assertion) || element.document().by_id(assertion.id) != element ||
      !verify_value(claim, issuer.public_key(), scratch)) {
    return Error(ErrorCode::security_failed, "signature of an assertion");
  }
  PARLEY_TRY(verify_digest(claim, claim.references.front(), element, scratch));
  const bool is_trusted =
      material.accept_any_signer ||
      (material.trust != nullptr &&
       material.trust->judge(issuer, {}, settings.now) == crypto::TrustStore::Verdict::trusted);
  return is_trusted ? Result<void>()
                    : Error(ErrorCode::authentication_failed, "issuer of an assertion");
}

/// K22.
Result<void> check_times(const Assertion& assertion, const OpenSettings& settings) {
  const Error refused(ErrorCode::authentication_failed, "times of an assertion");
  const auto issued = parse_date_time(assertion.issued);
  if (!issued) {
    return invalid();
  }
  const std::string not_before =
      assertion.conditions ? attribute(assertion.conditions, "NotBefore") : std::string();
  const std::string not_after =
      assertion.conditions ? attribute(assertion.conditions, "NotOnOrAfter") : std::string();
  const Result<WallTime> first = not_before.empty() ? *issued : parse_date_time(not_before);
  const Result<WallTime> last = not_after.empty() ? *issued + kAgeMax : parse_date_time(not_after);
  if (!first || !last) {
    return invalid();
  }
  if (!settings.timestamps.is_checked) {
    return {};
  }
  const Duration skew = settings.timestamps.clock_skew;
  const bool fits = *first <= settings.now + skew && settings.now < *last + skew &&
                    *issued <= settings.now + skew;
  return fits ? Result<void>() : refused;
}

}  // namespace

bool is_assertion(const xml::Element& element) {
  return element.is(uri::kSaml1, "Assertion") || element.is(uri::kSaml2, "Assertion");
}

Result<CheckedAssertion> check_assertion(const xml::Element& element,
                                         const KeyMaterial& material,
                                         const OpenSettings& settings) {
  if (!material.accept_assertions) {
    return Error(ErrorCode::authentication_failed, "SAML assertion");
  }
  PARLEY_ASSIGN_OR_RETURN(Assertion assertion, element.namespace_uri() == uri::kSaml1
                                                   ? read_saml1(element)
                                                   : read_saml2(element));
  if (assertion.id.empty() || assertion.issuer.empty() || assertion.subject.empty()) {
    return invalid();
  }
  CheckedAssertion checked;
  PARLEY_ASSIGN_OR_RETURN(checked.confirmation, confirmation_of(assertion));
  assertion.signature = element.child(uri::kDs, "Signature");
  if (assertion.signature) {
    PARLEY_TRY(check_signature(element, assertion, material, settings));
  } else if (checked.confirmation != Confirmation::sender_vouches) {
    return Error(ErrorCode::authentication_failed, "assertion without a signature");  // K17
  }
  PARLEY_TRY(check_times(assertion, settings));
  if (checked.confirmation == Confirmation::holder_of_key) {
    if (assertion.key_info) {
      checked.encrypted_key = assertion.key_info.child(uri::kXenc, "EncryptedKey");
    }
    if (!checked.encrypted_key) {
      PARLEY_ASSIGN_OR_RETURN(checked.holder, certificate_of(assertion.key_info));
    }
  }
  checked.id = std::move(assertion.id);
  checked.issuer = std::move(assertion.issuer);
  checked.subject = std::move(assertion.subject);
  return checked;
}

}  // namespace parley::soap
