#include "bindings/soap/security/proof.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/part_selection.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/base64.h"
#include "crypto/digest.h"

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

engine::TokenProof token_of(const ShownUser& user) {
  return {"user:" + user.token.username, user.token.username};
}

/// Issuer, qualifier and subject in one name, none of which may look like another: neither of the first
/// two has a space here, or the first the sign between them.
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

/// One name for several values, none of which holds a NUL but for the last.
Bytes digest_of(std::initializer_list<ByteView> values) {
  crypto::Digest running(crypto::DigestAlgorithm::sha256);
  for (const ByteView& value : values) {
    running.update(&value == values.begin() ? Bytes{} : Bytes{0});
    running.update(value);
  }
  const crypto::DigestValue digest = running.finish();
  return {digest.view().begin(), digest.view().end()};
}

/// Names one assertion of one issuer (K25).
Bytes digest_of_id(const CheckedAssertion& assertion) {
  return digest_of({as_bytes(assertion.issuer), as_bytes(assertion.id)});
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

/// A Cancel, or an answer that says that it is done, and nothing else: no key material is in it,
/// and some stacks sign it only (CXF the answer, Metro both).
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

bool is_all_decrypted(const xml::Children& children) {
  for (const xml::Element& child : children) {
    if (!is_decrypted(child)) {
      return false;
    }
  }
  return true;
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
  Result<void> check_parts(const Signer& signer) const;
  bool may_go_in_clear(const Signer& signer) const;
  Result<void> check_context_key(const VerifiedSignature& signature) const;
  Result<void> check_decrypted(const Coverage& coverage) const;
  bool is_hidden(const xml::Element& element, const Signer& signer) const;
  bool is_concealed(const SelectedPart& selected, const Signer& signer) const;
  bool is_signature(const xml::Element& element) const;
  bool encrypts(const Signer& signer) const;
  bool must_be_encrypted(const Signer& signer) const;
  bool is_encrypted_under(const Signer& signer) const;
  bool has_to_be_derived(const Signer& signer) const;
  Result<void> check_confirmations() const;
  Result<Proven> identify(const VerifiedSignature& signature, const Coverage& coverage) const;
  Result<Proven> identify_certificate(const VerifiedSignature& signature) const;
  Result<Proven> identify_carried(const VerifiedSignature& signature,
                                  const Coverage& coverage) const;
  const VerifiedSignature* endorser_of(const VerifiedSignature& signature) const;
  bool names_destination(const VerifiedSignature& signature) const;
  const ShownUser* user_of(const VerifiedSignature& signature, const Coverage& coverage) const;
  Result<std::optional<engine::ReplayMark>> believe(const ShownUser& user) const;
  Result<Proven> identify_user(const ShownUser& user, const VerifiedSignature* signature) const;
  bool is_own_exchange_over_tls() const;
  Result<Proven> judge_by_transport() const;
  Result<void> add_tokens(const VerifiedSignature& signature,
                          const Coverage& coverage,
                          Proven& proven) const;
  bool is_bound(const xml::Element& token,
                engine::SupportingUse use,
                const VerifiedSignature& signature,
                const Coverage& coverage) const;
  bool is_under(const VerifiedSignature& endorsement, const VerifiedSignature& signature) const;
  bool is_held(const CheckedAssertion& assertion, const VerifiedSignature& signature) const;

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
    PARLEY_TRY(check_encrypted(signature.signer));
    PARLEY_TRY(check_parts(signature.signer));
    PARLEY_TRY(check_context_key(signature));
    PARLEY_TRY(check_decrypted(coverage));
  }
  PARLEY_TRY(check_confirmations());
  PARLEY_ASSIGN_OR_RETURN(Proven proven, identify(signature, coverage));
  if (signature.signer.kind == Signer::Kind::context) {
    PARLEY_TRY(add_tokens(signature, coverage, proven));
  }
  const xml::Element child = envelope_.body.first_child();
  const bool is_signed_beside_tls =
      by_transport && child && is_mere_cancellation(child) && coverage.covers(envelope_.body);
  proven.can_be_passed_on =
      by_transport &&
      std::any_of(opened_.signatures.begin(), opened_.signatures.end(),
                  [this](const VerifiedSignature& one) { return !names_destination(one); });
  proven.is_in_clear = signature.signer.kind == Signer::Kind::context && child &&
                       (is_signed_beside_tls ||
                        (encrypts(signature.signer) && !is_encrypted_under(signature.signer)));
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

/// Whether nobody can show it to another service: only that of its context has the key, or the signature
/// is over wsa:To.
bool Judgement::names_destination(const VerifiedSignature& signature) const {
  if (signature.signer.kind == Signer::Kind::context) {
    return true;
  }
  const Coverage coverage(opened_, signature.signer);
  return std::any_of(envelope_.blocks.begin(), envelope_.blocks.end(),
                     [&](const xml::Element& block) {
                       return block.local_name() == "To" &&
                              find_addressing(block.namespace_uri()) && coverage.covers(block);
                     });
}

/// Whether what this signer signs is encrypted under the profile, if it is an application's.
bool Judgement::encrypts(const Signer& signer) const {
  return signer.kind != Signer::Kind::context ||
         rules_.profile.protect == engine::Protection::sign_encrypt;
}

/// The bodies of reliable messaging and faults may go in clear: some stacks sign them only
/// (IB-003).
bool Judgement::may_go_in_clear(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return !child || find_rm(child.namespace_uri()) || child.namespace_uri() == kMc ||
         child.is(names_of(envelope_.soap).ns, "Fault") ||
         (signer.kind == Signer::Kind::context && is_mere_cancellation(child));
}

bool Judgement::must_be_encrypted(const Signer& signer) const {
  return encrypts(signer) && !may_go_in_clear(signer);
}

/// What the profile names besides the Body, in messages under a context.
Result<void> Judgement::check_parts(const Signer& signer) const {
  const engine::EncryptedParts& parts = rules_.profile.encrypted_parts;
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
bool Judgement::is_concealed(const SelectedPart& selected, const Signer& signer) const {
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(), [&](const DecryptedPart& part) {
        if (!(part.key == signer) || (has_to_be_derived(signer) && !part.is_derived)) {
          return false;
        }
        if (selected.is_content && part.parent == selected.element && !part.element) {
          return is_all_decrypted(selected.element.children());
        }
        for (xml::Element at = selected.element; at; at = at.parent()) {
          if (part.element ? part.element == at
                           : part.parent == at.parent() && is_decrypted(at)) {
            return true;
          }
        }
        return false;
      });
}

bool Judgement::is_encrypted_under(const Signer& signer) const {
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

Result<void> Judgement::check_encrypted(const Signer& signer) const {
  return must_be_encrypted(signer) && !is_encrypted_under(signer)
             ? Result<void>(missing("the Body is not encrypted"))
             : Result<void>();
}

/// RequireDerivedKeys. It is a matter of the messages under a context: what establishes one has its
/// own policy at some peers, and so has what ends it (CXF answers under the key itself).
bool Judgement::has_to_be_derived(const Signer& signer) const {
  const xml::Element child = envelope_.body.first_child();
  return signer.kind == Signer::Kind::context && rules_.profile.derived_keys &&
         !(child && is_mere_cancellation(child));
}

/// RequireDerivedKeys and EncryptSignature, both where a context protects. The Signature is hidden
/// for what it tells of an encrypted Body, so one over a Body in clear need not be.
Result<void> Judgement::check_context_key(const VerifiedSignature& signature) const {
  if (has_to_be_derived(signature.signer) && !signature.is_derived) {
    return missing("the key of the signature is not derived");
  }
  const bool has_to_be_hidden =
      signature.signer.kind == Signer::Kind::context && rules_.profile.encrypt_signature &&
      rules_.profile.order == engine::ProtectionOrder::sign_before_encrypt &&
      must_be_encrypted(signature.signer);
  return has_to_be_hidden && !is_hidden(signature.element, signature.signer) ? Result<void>(missing("the Signature is not encrypted"))
                                        : Result<void>();
}

/// Whether the whole element was encrypted under a key of this signer.
bool Judgement::is_hidden(const xml::Element& element, const Signer& signer) const {
  return std::any_of(opened_.decrypted.begin(), opened_.decrypted.end(),
                     [&](const DecryptedPart& part) {
                       return part.element == element && part.key == signer;
                     });
}

bool Judgement::is_signature(const xml::Element& element) const {
  return std::any_of(opened_.signatures.begin(), opened_.signatures.end(),
                     [&](const VerifiedSignature& one) { return one.element == element; });
}

/// Somebody on the way may list ciphertext of his own making, such as a piece of the Body's. Were
/// it passed over, each answer would tell him whether it decrypts to something, and so in the end
/// what the Body says. Only what the signer vouches for may be decrypted, and Signatures, which
/// vouch for themselves.
Result<void> Judgement::check_decrypted(const Coverage& coverage) const {
  for (const DecryptedPart& part : opened_.decrypted) {
    bool is_known = part.element && (is_signature(part.element) || coverage.covers(part.element));
    for (xml::Element up = part.parent; up && !is_known; up = up.parent()) {
      is_known = coverage.covers(up);
    }
    if (!is_known) {
      return failed("a decrypted part is not signed");
    }
  }
  return {};
}

/// M48: every signature of the request exactly once, and no other. A peer that confirms nothing is
/// asked to only under a profile that says so.
Result<void> Judgement::check_confirmations() const {
  if (rules_.exchange == nullptr) {
    return {};
  }
  if (opened_.confirmations.empty()) {
    return rules_.profile.confirm_signatures ? Result<void>(failed("no signature is confirmed"))
                                             : Result<void>();
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
  return is_asked_for
             ? Result<Proven>(Proven{token_of(signature.signer), &signature, std::nullopt})
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

/// The one user, if his password was signed and encrypted with the key of this signature; null = none.
const ShownUser* Judgement::user_of(const VerifiedSignature& signature,
                                    const Coverage& coverage) const {
  if (opened_.users.size() != 1) {
    return nullptr;
  }
  const ShownUser& user = opened_.users.front();
  return is_hidden(user.element, signature.signer) && coverage.covers(user.element) ? &user : nullptr;
}

/// Whether the password is right; gives what names this use of it, if it has a Nonce (M18).
Result<std::optional<engine::ReplayMark>> Judgement::believe(const ShownUser& user) const {
  const UsernameToken& token = user.token;
  if (rules_.users == nullptr || token.form != rules_.users->form) {
    return nobody("form of the password");
  }
  const UserRules& rules = *rules_.users;
  PARLEY_TRY(authenticate(token, rules.directory, rules.times, rules.now));
  if (token.nonce.empty()) {
    return std::optional<engine::ReplayMark>();
  }
  const auto created = parse_date_time(token.created);
  return std::optional(engine::ReplayMark{
      digest_of({as_bytes(token.username), as_bytes(token.created), token.nonce}),
      (created ? *created : rules.now) + rules.times.age_max});
}

Result<Proven> Judgement::identify_user(const ShownUser& user,
                                        const VerifiedSignature* signature) const {
  Proven proven{token_of(user), signature, std::nullopt};
  PARLEY_ASSIGN_OR_RETURN(proven.password_use, believe(user));
  return proven;
}

/// Whether this signature stands behind that one. Over TLS all of them sign the Timestamp.
bool Judgement::is_under(const VerifiedSignature& endorsement,
                         const VerifiedSignature& signature) const {
  const Coverage coverage(opened_, endorsement.signer);
  return !(endorsement.signer == signature.signer) &&
         (coverage.covers(signature.element) ||
          (is_by_transport(signature.signer) && coverage.covers(opened_.timestamp_element)));
}

/// Whether a token belongs to the message that this signature is over, as the profile wants it.
bool Judgement::is_bound(const xml::Element& token,
                         engine::SupportingUse use,
                         const VerifiedSignature& signature,
                         const Coverage& coverage) const {
  if (is_by_transport(signature.signer)) {
    return true;
  }
  return (!engine::is_signed(use) || coverage.covers(token)) &&
         (!engine::is_encrypted(use) || is_hidden(token, signature.signer));
}

/// Whether the key of the assertion's subject signs what stands behind the message's signature.
bool Judgement::is_held(const CheckedAssertion& assertion,
                        const VerifiedSignature& signature) const {
  return std::any_of(
      opened_.signatures.begin(), opened_.signatures.end(), [&](const VerifiedSignature& other) {
        const bool is_holders =
            (other.signer.kind == Signer::Kind::assertion &&
             other.signer.principal == assertion.id) ||
            (other.certificate && assertion.holder && other.certificate->equals(*assertion.holder));
        return is_holders && is_under(other, signature);
      });
}

Result<void> Judgement::add_tokens(const VerifiedSignature& signature,
                                   const Coverage& coverage,
                                   Proven& proven) const {
  using engine::SupportingUse;
  using engine::TokenKind;
  const engine::SupportingUses& asked = rules_.profile.supporting;
  const auto add = [&](engine::SupportingToken token) {
    const bool is_second =
        std::any_of(proven.tokens.begin(), proven.tokens.end(),
                    [&](const engine::SupportingToken& one) { return one.kind == token.kind; });
    if (is_second) {
      return Result<void>(nobody("two tokens of one kind"));
    }
    proven.tokens.push_back(std::move(token));
    return Result<void>();
  };
  if (asked.x509 != SupportingUse::none) {
    for (const VerifiedSignature& other : opened_.signatures) {
      const bool is_shown = std::any_of(
          opened_.certificates.begin(), opened_.certificates.end(),
          [&](const ShownCertificate& shown) {
            return shown.principal == other.signer.principal &&
                   is_bound(shown.element, asked.x509, signature, coverage);
          });
      const bool needs_token = engine::is_signed(asked.x509) && !is_by_transport(signature.signer);
      if (other.signer.kind == Signer::Kind::certificate && is_under(other, signature) &&
          (is_shown || !needs_token)) {
        PARLEY_TRY(add({TokenKind::x509, other.signer.principal, other.signer.subject, {}, {}}));
      }
    }
  }
  if (asked.username != SupportingUse::none) {
    for (const ShownUser& user : opened_.users) {
      // K67: whatever the profile says, it is signed and hidden.
      if (is_bound(user.element, SupportingUse::signed_encrypted, signature, coverage)) {
        PARLEY_ASSIGN_OR_RETURN(auto use, believe(user));
        engine::TokenProof who = token_of(user);
        PARLEY_TRY(add({TokenKind::username, std::move(who.principal), std::move(who.subject), {}, {}}));
        if (use) {
          proven.one_time.push_back(std::move(*use));  // M18, M84
        }
      }
    }
  }
  for (const CheckedAssertion& assertion : opened_.assertions) {
    const SupportingUse use = engine::use_of(asked, assertion.kind);
    if (use == SupportingUse::none) {
      return nobody("an assertion that is not asked for");  // K2
    }
    // K17, K18: one of its confirmations is enough, but where the profile wants an endorsement, that of
    // the key. Whoever reads what its bearer may show could show it himself: without TLS it is hidden,
    // whatever the profile says (tokens.md, 4).
    const bool has_key = is_held(assertion, signature);
    const bool is_carried =
        !engine::is_endorsing(use) && (assertion.is_bearer || assertion.sender_vouches);
    if ((has_key || is_carried) &&
        is_bound(assertion.element, has_key ? use : SupportingUse::signed_encrypted, signature,
                 coverage)) {
      PARLEY_TRY(add({assertion.kind, principal_of(assertion), assertion.subject,
                      assertion.issuer, assertion.attributes}));
      if (assertion.used_up) {
        proven.one_time.push_back({digest_of_id(assertion), *assertion.used_up});
      }
    }
  }
  return {};
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
