#include "bindings/soap/security/secrecy.h"

#include <algorithm>

#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

Error missing(const char* place) {
  return Error(ErrorCode::security_missing, place);
}

bool is_trust(const xml::Element& element, std::string_view local_name) {
  return element.is(uri::trust(contexts::TrustFamily::oasis_200512).ns, local_name) ||
         element.is(uri::trust(contexts::TrustFamily::feb_2005).ns, local_name);
}

bool is_cancel_request(const xml::Element& request) {
  bool names_target = false;
  for (const xml::Element& child : request.children()) {
    const bool is_target = is_trust(child, "CancelTarget");
    if (!is_target && !is_trust(child, "RequestType") && !is_trust(child, "TokenType")) {
      return false;
    }
    names_target = names_target || is_target;
  }
  return names_target;
}

bool is_all_decrypted(const xml::Children& children) {
  for (const xml::Element& child : children) {
    if (!is_decrypted(child)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_mere_cancellation(xml::Element body_child) {
  if (is_trust(body_child, "RequestSecurityToken")) {
    return is_cancel_request(body_child);
  }
  if (is_trust(body_child, "RequestSecurityTokenResponseCollection")) {
    body_child = body_child.first_child();
  }
  if (!is_trust(body_child, "RequestSecurityTokenResponse") || body_child.next_sibling()) {
    return false;
  }
  const xml::Element said = body_child.first_child();
  return is_trust(said, "RequestedTokenCancelled") && !said.next_sibling();
}

Result<void> Secrecy::check(const VerifiedSignature& signature, const Coverage& coverage) const {
  PARLEY_TRY(check_encrypted(signature.signer));
  PARLEY_TRY(check_parts(signature.signer));
  PARLEY_TRY(check_context_key(signature));
  return check_decrypted(coverage);
}

/// Whether what this signer signs is encrypted under the profile, if it is an application's.
bool Secrecy::encrypts(const Signer& signer) const {
  return signer.kind != Signer::Kind::context ||
         profile_.protect == engine::Protection::sign_encrypt;
}

/// The bodies of reliable messaging and faults may go in clear: some stacks sign them only
/// (IB-003).
bool Secrecy::may_go_in_clear(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return !child || find_rm(child.namespace_uri()) || child.namespace_uri() == kMc ||
         child.is(names_of(envelope_.soap).ns, "Fault") ||
         (signer.kind == Signer::Kind::context && is_mere_cancellation(child));
}

bool Secrecy::must_be_encrypted(const Signer& signer) const {
  return encrypts(signer) && !may_go_in_clear(signer);
}

/// What the profile names besides the Body, in messages under a context.
Result<void> Secrecy::check_parts(const Signer& signer) const {
  const engine::EncryptedParts& parts = profile_.encrypted_parts;
  if (parts.empty() || signer.kind != Signer::Kind::context || may_go_in_clear(signer)) {
    return {};
  }
  for (const xml::Element& block : envelope_.blocks) {
    if (names_header(parts.headers, block.namespace_uri(), block.local_name()) &&
        !is_hidden(block, signer)) {
      return missing("a header block is not encrypted");
    }
  }
  for (const SelectedPart& part : select_parts(envelope_.body.first_child(), parts)) {
    if (!is_concealed(part, signer)) {
      return missing("an element of the Body is not encrypted");
    }
  }
  return {};
}

/// Whether it, or something around it, was encrypted under a key of this signer.
bool Secrecy::is_concealed(const SelectedPart& selected, const Signer& signer) const {
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(), [&](const DecryptedPart& part) {
        if (!(part.key == signer) || (has_to_be_derived(signer) && !part.is_derived)) {
          return false;
        }
        if (selected.is_content && part.parent == selected.element && !part.element) {
          return is_all_decrypted(selected.element.children());
        }
        for (xml::Element at = selected.element; at; at = at.parent()) {
          if (part.element ? part.element == at : part.parent == at.parent() && is_decrypted(at)) {
            return true;
          }
        }
        return false;
      });
}

bool Secrecy::is_encrypted_under(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(), [&](const DecryptedPart& part) {
        // Content beside a child that stands in clear is not what has to be encrypted.
        const bool is_body = part.parent == envelope_.body &&
                             (part.element ? part.element == child : is_decrypted(child));
        // Who signs by certificate encrypts under a key that the message carries.
        return is_body && (part.is_derived || !has_to_be_derived(signer)) &&
               (part.key == signer || (signer.kind == Signer::Kind::certificate &&
                                       part.key.kind == Signer::Kind::carried));
      });
}

Result<void> Secrecy::check_encrypted(const Signer& signer) const {
  return must_be_encrypted(signer) && !is_encrypted_under(signer)
             ? Result<void>(missing("the Body is not encrypted"))
             : Result<void>();
}

/// RequireDerivedKeys. It is a matter of the messages under a context: what establishes one has its
/// own policy at some peers, and so has what ends it (CXF answers under the key itself).
bool Secrecy::has_to_be_derived(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return signer.kind == Signer::Kind::context && profile_.derived_keys &&
         !(child && is_mere_cancellation(child));
}

/// RequireDerivedKeys and EncryptSignature, both where a context protects. The Signature is hidden
/// for what it tells of an encrypted Body, so one over a Body in clear need not be.
Result<void> Secrecy::check_context_key(const VerifiedSignature& signature) const {
  if (has_to_be_derived(signature.signer) && !signature.is_derived) {
    return missing("the key of the signature is not derived");
  }
  const bool has_to_be_hidden = signature.signer.kind == Signer::Kind::context &&
                                profile_.encrypt_signature &&
                                profile_.order == engine::ProtectionOrder::sign_before_encrypt &&
                                must_be_encrypted(signature.signer);
  return has_to_be_hidden && !is_hidden(signature.element, signature.signer)
             ? Result<void>(missing("the Signature is not encrypted"))
             : Result<void>();
}

bool Secrecy::is_hidden(const xml::Element& element, const Signer& signer) const {
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(),
      [&](const DecryptedPart& part) { return part.element == element && part.key == signer; });
}

bool Secrecy::is_signature(const xml::Element& element) const {
  return std::any_of(opened_.signatures.begin(), opened_.signatures.end(),
                     [&](const VerifiedSignature& one) { return one.element == element; });
}

/// Somebody on the way may list ciphertext of his own making, such as a piece of the Body's. Were
/// it passed over, each answer would tell him whether it decrypts to something, and so in the end
/// what the Body says. Only what the signer vouches for may be decrypted, and Signatures, which
/// vouch for themselves.
Result<void> Secrecy::check_decrypted(const Coverage& coverage) const {
  for (const DecryptedPart& part : opened_.decrypted) {
    bool is_known = part.element && (is_signature(part.element) || coverage.covers(part.element));
    for (xml::Element up = part.parent; up && !is_known; up = up.parent()) {
      is_known = coverage.covers(up);
    }
    if (!is_known) {
      return Error(ErrorCode::security_failed, "a decrypted part is not signed");
    }
  }
  return {};
}

}  // namespace parley::soap
