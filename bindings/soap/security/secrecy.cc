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

bool is_of_trust(const xml::Element& element) {
  return element.namespace_uri() == uri::trust(contexts::TrustFamily::oasis_200512).ns ||
         element.namespace_uri() == uri::trust(contexts::TrustFamily::feb_2005).ns;
}

bool is_trust(const xml::Element& element, std::string_view local_name) {
  return element && element.local_name() == local_name && is_of_trust(element);
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

bool is_space(const char* begin, const char* end) {
  return std::all_of(begin, end,
                     [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
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

/// Whether what this signer signs is encrypted under the profile, if it is an application's. Tokens,
/// and what they are asked for with, hold keys or what keys are made of: those are encrypted beside
/// bodies that are only signed, too (SC12).
bool Secrecy::encrypts(const Signer& signer) const {
  if (signer.kind != Signer::Kind::context) {
    return true;
  }
  const xml::Element child = envelope_.body.first_child();
  switch (profile_.protect) {
    case engine::Protection::none:
    case engine::Protection::transport:
      return false;
    case engine::Protection::sign:
      return child && is_of_trust(child) && !is_mere_cancellation(child);
    case engine::Protection::sign_encrypt:
      return true;
  }
  return true;
}

/// The bodies of reliable messaging and faults may go in clear: some stacks sign them only
/// (IB-003). Those of another version are an application's (read_body).
bool Secrecy::may_go_in_clear(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  const auto is_of_sequences = [&] {
    return (profile_.rm && child.namespace_uri() == names_of(*profile_.rm).ns) ||
           child.is(kMc, "MakeConnection");
  };
  return !child || is_of_sequences() || child.is(names_of(envelope_.soap).ns, "Fault") ||
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

/// What was decrypted to where this element stands; null = it stands in clear. Nothing is encrypted
/// twice (M63), so there is one at most.
const DecryptedPart* Secrecy::part_around(const xml::Element& element) const {
  const xml::Document& document = element.document();
  xml::NodeIndex up = element.index();
  while (up != xml::kNoNode && document.node(up).replaces == xml::kNoNode) {
    up = document.node(up).parent;
  }
  return up == xml::kNoNode ? nullptr : part_that_replaced(document.node(up).replaces);
}

const DecryptedPart* Secrecy::part_that_replaced(xml::NodeIndex node) const {
  const auto found =
      std::find_if(opened_.decrypted.begin(), opened_.decrypted.end(),
                   [node](const DecryptedPart& part) { return part.replaced == node; });
  return found == opened_.decrypted.end() ? nullptr : &*found;
}

/// Whether it was encrypted under a key of this signer, of the kind that is asked for.
bool Secrecy::is_under(const DecryptedPart* part, const Signer& signer) const {
  return part != nullptr && part->key == signer && (part->is_derived || !has_to_be_derived(signer));
}

/// Whether it, or something around it, was encrypted.
bool Secrecy::is_concealed(const SelectedPart& selected, const Signer& signer) const {
  return is_under(part_around(selected.element), signer) ||
         (selected.is_content && is_content_concealed(selected.element, signer));
}

/// Whether nothing of its content was in clear.
bool Secrecy::is_content_concealed(const xml::Element& element, const Signer& signer) const {
  const xml::Document& document = element.document();
  const xml::Node& node = document.node(element.index());
  const char* at = node.content;
  for (xml::NodeIndex child = node.first_child; child != xml::kNoNode;
       child = document.node(child).next) {
    const xml::Node& written = document.node(child);
    if (!is_space(at, written.begin) || written.replaced_by == xml::kNoNode ||
        !is_under(part_that_replaced(child), signer)) {
      return false;
    }
    at = written.end;
  }
  return node.first_child != xml::kNoNode && is_space(at, node.content_end);
}

bool Secrecy::is_encrypted_under(const Signer& signer) const {
  const DecryptedPart* const part = part_around(envelope_.body.first_child());
  // Who signs by certificate encrypts under a key that the message carries.
  return part != nullptr && part->parent == envelope_.body &&
         (is_under(part, signer) ||
          (signer.kind == Signer::Kind::certificate && part->key.kind == Signer::Kind::carried));
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
/// for what it tells of what is encrypted, so one over a message in clear need not be.
Result<void> Secrecy::check_context_key(const VerifiedSignature& signature) const {
  const Signer& signer = signature.signer;
  if (has_to_be_derived(signer) && !signature.is_derived) {
    return missing("the key of the signature is not derived");
  }
  const bool hides_parts =
      !may_go_in_clear(signer) &&
      std::any_of(opened_.decrypted.begin(), opened_.decrypted.end(),
                  [this](const DecryptedPart& part) { return part.parent != envelope_.security; });
  const bool has_to_be_hidden = signer.kind == Signer::Kind::context &&
                                profile_.encrypt_signature &&
                                profile_.order == engine::ProtectionOrder::sign_before_encrypt &&
                                (must_be_encrypted(signer) || hides_parts);
  return has_to_be_hidden && !is_hidden(signature.element, signer)
             ? Result<void>(missing("the Signature is not encrypted"))
             : Result<void>();
}

bool Secrecy::is_hidden(const xml::Element& element, const Signer& signer) const {
  return std::any_of(opened_.decrypted.begin(), opened_.decrypted.end(),
                     [&](const DecryptedPart& part) {
                       return part.element == element && is_under(&part, signer);
                     });
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
