#include "bindings/soap/security/proof.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

Error missing(const char* place) {
  return Error(ErrorCode::security_missing, place);
}

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

/// An answer to a Cancel that says so and nothing else: no key material is in it, and some services
/// sign it only (CXF).
bool is_mere_cancellation(xml::Element body_child) {
  const auto is_trust = [](const xml::Element& element, std::string_view local_name) {
    return element.is(uri::trust(contexts::TrustFamily::oasis_200512).ns, local_name) ||
           element.is(uri::trust(contexts::TrustFamily::feb_2005).ns, local_name);
  };
  if (is_trust(body_child, "RequestSecurityTokenResponseCollection")) {
    body_child = body_child.first_child();
  }
  if (!is_trust(body_child, "RequestSecurityTokenResponse") || body_child.next_sibling()) {
    return false;
  }
  const xml::Element said = body_child.first_child();
  return is_trust(said, "RequestedTokenCancelled") && !said.next_sibling();
}

/// The judgement of one message.
class Judgement {
 public:
  Judgement(const Envelope& envelope, const OpenedSecurity& opened, const ProofRules& rules)
      : envelope_(envelope), opened_(opened), rules_(rules) {}

  Result<Proven> judge() const;

 private:
  Result<Proven> judge_signature(const VerifiedSignature& signature) const;
  bool is_by_transport(const Signer& signer) const;
  Result<void> check_signed(const Coverage& coverage, bool by_transport) const;
  Result<void> check_encrypted(const Signer& signer) const;
  bool must_be_encrypted(const Signer& signer) const;
  bool is_encrypted_under(const Signer& signer) const;
  Result<void> check_confirmations() const;
  Result<engine::Proof> proof_of(const VerifiedSignature& signature,
                                 const Coverage& coverage) const;
  Result<engine::Proof> proof_of_carried(const VerifiedSignature& signature,
                                         const Coverage& coverage) const;
  Result<Proven> prove_user() const;

  const Envelope& envelope_;
  const OpenedSecurity& opened_;
  const ProofRules& rules_;
};

/// Whether TLS protects what this signer signs.
bool Judgement::is_by_transport(const Signer& signer) const {
  return signer.kind == Signer::Kind::context
             ? rules_.profile.protect == engine::Protection::transport
             : rules_.profile.binding == engine::BootstrapBinding::transport;
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
  const bool is_user_on_tls = opened_.signatures.empty() && !opened_.users.empty() &&
                              rules_.profile.binding == engine::BootstrapBinding::transport;
  if (is_user_on_tls) {
    return prove_user();
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
    PARLEY_TRY(check_encrypted(signature.signer));
  }
  PARLEY_TRY(check_confirmations());
  PARLEY_ASSIGN_OR_RETURN(engine::Proof proof, proof_of(signature, coverage));
  return Proven{std::move(proof), &signature};
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
    const bool is_read = find_addressing(block.namespace_uri()) || find_rm(block.namespace_uri());
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

/// The bodies of reliable messaging and faults may go in clear: some stacks sign them only
/// (IB-003).
bool Judgement::must_be_encrypted(const Signer& signer) const {
  const bool is_wanted = signer.kind != Signer::Kind::context ||
                         rules_.profile.protect == engine::Protection::sign_encrypt;
  const xml::Element child = envelope_.body.first_child();
  return is_wanted && child && !find_rm(child.namespace_uri()) &&
         !child.is(names_of(envelope_.soap).ns, "Fault") &&
         !(signer.kind == Signer::Kind::context && is_mere_cancellation(child));
}

bool Judgement::is_encrypted_under(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(), [&](const DecryptedPart& part) {
        const bool is_body =
            part.parent == envelope_.body && (!part.element || part.element == child);
        // Who signs by certificate encrypts under a key that the message carries.
        return is_body && (part.key == signer || (signer.kind == Signer::Kind::certificate &&
                                                  part.key.kind == Signer::Kind::carried));
      });
}

Result<void> Judgement::check_encrypted(const Signer& signer) const {
  return must_be_encrypted(signer) && !is_encrypted_under(signer)
             ? Result<void>(missing("the Body is not encrypted"))
             : Result<void>();
}

/// M48: every signature of the request exactly once, and no other. A peer that confirms nothing is
/// not asked to.
Result<void> Judgement::check_confirmations() const {
  if (opened_.confirmations.empty() || rules_.exchange == nullptr) {
    return {};
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

Result<engine::Proof> Judgement::proof_of(const VerifiedSignature& signature,
                                          const Coverage& coverage) const {
  const Signer& signer = signature.signer;
  switch (signer.kind) {
    case Signer::Kind::context:
      return engine::Proof(engine::ContextProof{signer.context});
    case Signer::Kind::certificate:
      return engine::Proof(engine::TokenProof{signer.principal, signer.subject});
    case Signer::Kind::exchange:
      // Only the holder of the key that we encrypted it for has this secret besides us.
      if (!signer.principal.empty()) {
        return engine::Proof(engine::TokenProof{signer.principal, signer.subject});
      }
      break;
    case Signer::Kind::carried:
      return proof_of_carried(signature, coverage);
    case Signer::Kind::assertion:
    case Signer::Kind::raw:
      break;
  }
  return Error(ErrorCode::authentication_failed, "key of nobody");
}

Result<engine::Proof> Judgement::proof_of_carried(const VerifiedSignature& signature,
                                                  const Coverage& coverage) const {
  for (const VerifiedSignature& other : opened_.signatures) {
    const bool endorses = other.signer.kind == Signer::Kind::certificate &&
                          Coverage(opened_, other.signer).covers(signature.element);
    if (endorses) {
      return engine::Proof(engine::TokenProof{other.signer.principal, other.signer.subject});
    }
  }
  for (const AuthenticatedUser& user : opened_.users) {
    if (coverage.covers(user.element)) {
      return engine::Proof(engine::TokenProof{"user:" + user.name, user.name});
    }
  }
  return Error(ErrorCode::authentication_failed, "a carried key that nobody endorses");
}

/// A password over TLS needs no signature (M98).
Result<Proven> Judgement::prove_user() const {
  if (!rules_.channel.is_confidential || opened_.users.size() != 1) {
    return missing("confidential transport");
  }
  const std::string& name = opened_.users.front().name;
  return Proven{engine::TokenProof{"user:" + name, name}, nullptr};
}

}  // namespace

Result<Proven> prove(const Envelope& envelope,
                     const OpenedSecurity& opened,
                     const ProofRules& rules) {
  return Judgement(envelope, opened, rules).judge();
}

}  // namespace parley::soap
