#include "bindings/soap/security/opener.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/security/assertion_check.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/context_token.h"

namespace parley::soap {
namespace {

using Kind = SecurityFinding::Kind;

Error invalid(const char* place) {
  return Error(ErrorCode::security_header_invalid, place);
}

/// What is wrong with something decrypted depends on what it decrypted to: of that, the peer sees
/// no more than that something is wrong (M58).
Error as_failure(const Error& error) {
  const bool has_own_face = blame_of(error.code()) == Blame::peer_incompatible ||
                            error.code() == ErrorCode::context_unknown ||
                            error.code() == ErrorCode::derivation_unknown ||
                            error.code() == ErrorCode::renew_needed;
  return has_own_face ? Error(ErrorCode::security_failed, error.place().data()) : error;
}

}  // namespace

Opener::Opener(xml::Document& document,
               const Envelope& envelope,
               const KeyMaterial& material,
               const OpenSettings& settings,
               Workspace& workspace)
    : document_(document),
      envelope_(envelope),
      material_(material),
      settings_(settings),
      keys_(document, envelope.security, material, settings),
      decryptor_(document, envelope, keys_, settings, workspace),
      verifier_(envelope, keys_, material, settings, workspace) {}

Result<void> Opener::open() {
  PARLEY_TRY(walk());
  return failed_decryption_ ? Result<void>(*failed_decryption_) : Result<void>();
}

void Opener::inspect(std::vector<SecurityFinding>& findings) {
  findings_ = &findings;
  if (settings_.unlisted == OpenSettings::Unlisted::decrypt_first) {
    decrypt_unlisted();
  }
  const Result<void> result = walk();
  if (!result) {
    note(Kind::token, "Security")->failure = result.error();
  }
  if (settings_.unlisted == OpenSettings::Unlisted::decrypt_last) {
    decrypt_unlisted();
  }
}

Result<void> Opener::walk() {
  if (document_.has_duplicate_ids()) {
    return invalid("two elements with one id");  // M9
  }
  std::uint64_t children = 0;
  for (xml::Element child = envelope_.security.first_child(); child; child = child.next_sibling()) {
    if (++children > settings_.limits.security_tokens_max) {
      return invalid("children are above security_tokens_max");
    }
    const Result<void> done = step(child);
    if (!done) {
      return is_decrypted(child) ? as_failure(done.error()) : done.error();
    }
  }
  PARLEY_TRY(read_late());
  if (!opened_.decrypted.empty() && document_.has_duplicate_ids()) {
    return invalid("two elements with one id after decryption");  // M94
  }
  opened_.carried = keys_.carried();
  return {};
}

Result<void> Opener::step(const xml::Element& child) {
  if (child.is(uri::kDs, "Signature")) {
    return verify(child);
  }
  if (child.is(uri::kXenc, "ReferenceList")) {
    return decrypt_listed(child, nullptr);
  }
  if (child.is(uri::kXenc, "EncryptedKey")) {
    return decrypt_for(child);
  }
  if (child.is(uri::kWsse11, "SignatureConfirmation")) {
    opened_.confirmations.push_back(child);
    return {};
  }
  const Reader read = reader_of(child);
  if (read == nullptr) {
    return {};  // M6: derived keys and references wait until something needs them
  }
  SecurityFinding* const finding = note(Kind::token, child.local_name());
  const Result<void> result = (this->*read)(child, finding);
  if (!result && finding != nullptr) {
    finding->failure = result.error();
    return {};
  }
  return result;
}

/// Null for a child that is not read on its own account.
Opener::Reader Opener::reader_of(const xml::Element& child) {
  if (child.is(uri::kWsu, "Timestamp")) {
    return &Opener::read_timestamp_token;
  }
  if (child.is(uri::kWsse, "UsernameToken")) {
    return &Opener::read_user;
  }
  if (child.is(uri::kWsse, "BinarySecurityToken")) {
    return &Opener::read_certificate;
  }
  if (is_assertion(child)) {
    return &Opener::read_assertion;
  }
  if (is_context_token(child)) {
    return &Opener::read_context;
  }
  if (child.is(uri::kXenc, "EncryptedData")) {
    return &Opener::keep_encrypted;
  }
  if (child.namespace_uri() == uri::kSaml1 || child.namespace_uri() == uri::kSaml2) {
    return &Opener::refuse_wrapper;
  }
  return nullptr;
}

Result<void> Opener::read_timestamp_token(const xml::Element& element, SecurityFinding* finding) {
  if (opened_.timestamp) {
    return invalid("two Timestamps");  // M11
  }
  PARLEY_ASSIGN_OR_RETURN(opened_.timestamp, read_timestamp(element));
  opened_.timestamp_element = element;
  if (finding != nullptr) {
    finding->key = opened_.timestamp->created_element.text();
  }
  return check_timestamp(*opened_.timestamp, settings_.timestamps, settings_.now);
}

Result<void> Opener::read_user(const xml::Element& element, SecurityFinding* finding) {
  PARLEY_ASSIGN_OR_RETURN(UsernameToken token, read_username_token(element, settings_.limits));
  if (finding != nullptr) {
    finding->key = "user " + token.username;
  }
  if (material_.users != nullptr) {
    PARLEY_TRY(authenticate(token, *material_.users, settings_.timestamps, settings_.now));
  }
  opened_.users.push_back({element, std::move(token)});
  return {};
}

Result<void> Opener::read_certificate(const xml::Element& element, SecurityFinding* finding) {
  PARLEY_ASSIGN_OR_RETURN(const ResolvedKey* const key, keys_.key_of_token(element));
  opened_.certificates.push_back({element, key->candidates().front().principal()});
  if (finding != nullptr) {
    finding->key = describe(*key);
  }
  return {};
}

Result<void> Opener::read_assertion(const xml::Element& element, SecurityFinding* finding) {
  PARLEY_ASSIGN_OR_RETURN(CheckedAssertion checked,
                          check_assertion(element, material_, settings_));
  if (finding != nullptr) {
    finding->key = "subject " + checked.subject + ", issuer " + checked.issuer;
  }
  opened_.assertions.push_back(std::move(checked));
  return {};
}

Result<void> Opener::read_context(const xml::Element& element, SecurityFinding* finding) {
  PARLEY_ASSIGN_OR_RETURN(ContextToken token, read_context_token(element));
  if (finding != nullptr) {
    finding->key = token.name.identifier;
  }
  if (!opened_.named_context) {
    opened_.named_context = std::move(token.name);
  }
  return {};
}

/// M63: only what is listed is decrypted, and whoever lists it comes before it (M4), unless the
/// signature does too, which covers it as it stands here (SC42).
Result<void> Opener::keep_encrypted(const xml::Element& element, SecurityFinding*) {
  encrypted_.push_back(element);
  return {};
}

/// What was decrypted after it was passed. One that could not be decrypted has failed already.
Result<void> Opener::read_late() {
  for (const xml::Element& element : encrypted_) {
    const xml::NodeIndex fragment = document_.node(element.index()).replaced_by;
    if (fragment == xml::kNoNode) {
      if (!failed_decryption_) {
        return invalid("EncryptedData that is not listed");
      }
      continue;
    }
    const xml::Element plain = document_.at(document_.node(fragment).first_child);
    // Only now was it to be read: who came before it could not refer to it.
    if (!plain.is(uri::kWsse, "UsernameToken") && !is_assertion(plain)) {
      return invalid("EncryptedData before its list");
    }
    if (const Result<void> done = step(plain); !done) {
      return as_failure(done.error());
    }
  }
  return {};
}

/// Whatever else of SAML stands here may hold an assertion that nobody vouches for (X9).
Result<void> Opener::refuse_wrapper(const xml::Element&, SecurityFinding*) {
  return invalid("SAML element that is no assertion");
}

Result<void> Opener::decrypt_for(const xml::Element& encrypted_key) {
  const xml::Element list = encrypted_key.child(uri::kXenc, "ReferenceList");
  auto key = keys_.key_of_token(encrypted_key);
  if (findings_ != nullptr) {
    SecurityFinding* const finding = note(Kind::token, encrypted_key.local_name());
    if (key) {
      finding->key = describe(**key);
    } else {
      finding->failure = key.error();
    }
  }
  if (!key) {
    // Like every failed decryption: whatever it was, it is told at the end.
    failed_decryption_ = failed_decryption_.value_or(key.error());
    return {};
  }
  return list ? decrypt_listed(list, *key) : Result<void>();
}

Result<void> Opener::decrypt_listed(const xml::Element& list, ResolvedKey* key) {
  const auto ids = read_reference_list(list, settings_.limits);
  if (!ids) {
    SecurityFinding* const finding = note(Kind::encryption, list.local_name());
    if (finding == nullptr) {
      return ids.error();
    }
    finding->failure = ids.error();
    return {};
  }
  for (const std::string_view id : *ids) {
    decrypt_one(document_.by_id(id), key);
  }
  return {};
}

/// A failure is remembered, and told at the end.
void Opener::decrypt_one(const xml::Element& element, ResolvedKey* key) {
  SecurityFinding* const finding = note(Kind::encryption, {});
  auto part = decryptor_.decrypt(element, key, finding);
  if (part) {
    opened_.decrypted.push_back(std::move(*part));
    return;
  }
  failed_decryption_ = failed_decryption_.value_or(part.error());
  if (finding != nullptr) {
    finding->failure = part.error();
  }
}

void Opener::decrypt_unlisted() {
  const auto size = static_cast<xml::NodeIndex>(document_.size());
  for (xml::NodeIndex index = 0; index < size; ++index) {
    const xml::Element element = document_.at(index);
    const bool is_open = element.is(uri::kXenc, "EncryptedData") &&
                         document_.node(index).replaced_by == xml::kNoNode;
    if (is_open) {
      decrypt_one(element, nullptr);
    }
  }
}

Result<void> Opener::verify(const xml::Element& signature) {
  SecurityFinding* const finding = note(Kind::signature, {});
  auto verified = verifier_.verify(signature, finding);
  if (!verified) {
    if (finding == nullptr) {
      return verified.error();
    }
    finding->failure = verified.error();
    return {};
  }
  opened_.signatures.push_back(std::move(*verified));
  return {};
}

/// Null unless findings are wanted.
SecurityFinding* Opener::note(SecurityFinding::Kind kind, std::string_view what) {
  if (findings_ == nullptr) {
    return nullptr;
  }
  SecurityFinding finding;
  finding.kind = kind;
  finding.what = what;
  findings_->push_back(std::move(finding));
  return &findings_->back();
}

}  // namespace parley::soap
