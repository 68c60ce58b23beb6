#include "bindings/soap/security/signature_verifier.h"

#include <utility>

#include "bindings/soap/security/str_transform.h"
#include "bindings/soap/security/uris.h"

namespace parley::soap {
namespace {

constexpr std::size_t kAroundDecrypted = 1024;  // tags around what was decrypted, roughly

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

/// Whether an element belongs into a Security header; a header block that was moved there does not,
/// where nobody would miss it (M91).
bool is_of_security(const xml::Element& element) {
  const std::string_view ns = element.namespace_uri();
  return ns == uri::kWsse || ns == uri::kWsse11 || ns == uri::kWsu || ns == uri::kDs ||
         ns == uri::kXenc || ns == uri::kSaml1 || ns == uri::kSaml2 ||
         uri::find_secure_conversation(ns) != nullptr;
}

bool is_below(const xml::Element& element, const xml::Element& ancestor) {
  for (xml::Element up = element.parent(); up; up = up.parent()) {
    if (up == ancestor) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<VerifiedSignature> SignatureVerifier::verify(const xml::Element& element,
                                                    SecurityFinding* finding) {
  if (finding != nullptr) {
    finding->kind = SecurityFinding::Kind::signature;
  }
  const SignatureRules rules{settings_.limits, settings_.algorithms, settings_.generic_signatures};
  PARLEY_ASSIGN_OR_RETURN(SignatureClaim claim, read_signature(element, rules));
  if (finding != nullptr) {
    finding->what = claim.algorithm->uri;
  }
  if (!claim.key_info && material_.raw_keys.empty()) {
    return Error(ErrorCode::token_unavailable, "Signature without KeyInfo");
  }
  PARLEY_ASSIGN_OR_RETURN(const std::vector<ResolvedKey*> candidates,
                          keys_.candidates(claim.key_info));
  VerifiedSignature verified;
  Result<Signer> signer = failed("no key fits");
  for (ResolvedKey* const key : candidates) {
    if (finding != nullptr) {
      finding->key = describe(*key);
    }
    signer = verify_with(claim, *key, verified.certificate);
    if (signer) {
      verified.is_derived = key->is_derived();
      break;
    }
  }
  if (!signer) {
    return signer.error();
  }
  verified.element = element;
  verified.signer = std::move(*signer);
  verified.algorithm = claim.algorithm->uri;
  verified.covered.reserve(claim.references.size());
  for (const ReferenceClaim& reference : claim.references) {
    PARLEY_ASSIGN_OR_RETURN(const xml::Element covered, verify_reference(claim, reference));
    if (covered) {
      verified.covered.push_back(covered);
      if (finding != nullptr) {
        finding->parts.emplace_back(covered.local_name());
      }
    }
  }
  verified.value = std::move(claim.value);
  return verified;
}

Result<Signer> SignatureVerifier::verify_with(const SignatureClaim& claim,
                                              ResolvedKey& key,
                                              std::optional<crypto::Certificate>& by) {
  if (key.is_symmetric()) {
    if (!key.bind_to_signature() || !verify_value(claim, key.secret(), workspace_.fragment)) {
      return failed("SignatureValue");
    }
    return key.signer();
  }
  Result<Signer> signer = failed("SignatureValue");
  for (const crypto::Certificate& certificate : key.candidates()) {
    signer = signer_by(claim, key, certificate);
    if (signer) {
      by = certificate;
      break;
    }
  }
  return signer;
}

Result<Signer> SignatureVerifier::signer_by(const SignatureClaim& claim,
                                            ResolvedKey& key,
                                            const crypto::Certificate& certificate) {
  if (!verify_value(claim, certificate.public_key(), workspace_.fragment)) {
    return failed("SignatureValue");
  }
  if (key.is_vouched()) {
    return key.signer();
  }
  if (!material_.accept_any_signer) {
    using Verdict = crypto::TrustStore::Verdict;
    const Verdict verdict = material_.trust == nullptr
                                ? Verdict::untrusted
                                : material_.trust->judge(certificate, key.path(), settings_.now);
    if (verdict != Verdict::trusted) {
      return Error(ErrorCode::authentication_failed, verdict == Verdict::expired
                                                         ? "certificate has expired"
                                                         : "certificate is not trusted");
    }
  }
  Signer signer;
  signer.kind = Signer::Kind::certificate;
  signer.principal = certificate.principal();
  signer.subject = certificate.subject();
  return signer;
}

Result<xml::Element> SignatureVerifier::verify_reference(const SignatureClaim& claim,
                                                         const ReferenceClaim& reference) {
  const auto id = reference.id();
  if (!id) {
    return failed("Reference that is not to an id");  // M10: nothing else is ever fetched
  }
  const xml::Element target = claim.element.document().by_id(*id);
  if (!target) {
    return failed("Reference to nothing");
  }
  PARLEY_TRY(charge(reference.is_token_reference ? envelope_.security : target));
  if (reference.is_token_reference) {
    if (!is_below(target, envelope_.security)) {
      return failed("STR-Transform outside the Security header");
    }
    return verify_token_digest(reference, target, keys_, settings_.limits, workspace_.fragment);
  }
  // The canonical form of something decrypted is not left behind by a buffer that grew.
  workspace_.fragment.reserve(target.document().decrypted_octets() + kAroundDecrypted);
  PARLEY_TRY(verify_digest(claim, reference, target, workspace_.fragment));
  if (may_be_covered(target)) {
    return target;
  }
  // M91: right digest, wrong place.
  return settings_.strict_targets
             ? Result<xml::Element>(failed("Reference to a place that proves nothing"))
             : xml::Element();
}

/// Anybody can sign with a key that he puts into the message: were the number of References all
/// that is bounded, one message could have its Body digested a thousand times.
Result<void> SignatureVerifier::charge(const xml::Element& element) {
  constexpr std::uint64_t kSmall = 65536;  // of a message where the headers outweigh the Body
  const xml::Node& node = element.document().node(element.index());
  digested_ += static_cast<std::uint64_t>(node.end - node.begin);
  return digested_ > settings_.limits.signature_passes_max * element.document().octets() + kSmall
             ? Result<void>(Error(ErrorCode::security_header_invalid,
                                  "more is signed than signature_passes_max allows"))
             : Result<void>();
}

bool SignatureVerifier::may_be_covered(const xml::Element& element) const {
  if (element == envelope_.body) {
    return true;
  }
  const xml::Element parent = element.parent();
  if (parent && parent == envelope_.header) {
    return !is_of_security(element) || element.is(uri::kXenc, "EncryptedData") ||
           element.is(uri::kWsse11, "EncryptedHeader");
  }
  return parent && parent == envelope_.security && is_of_security(element);
}

}  // namespace parley::soap
