#include "bindings/soap/security/key_resolver.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/assertion_check.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/binary_token.h"
#include "bindings/soap/tokens/context_token.h"
#include "bindings/soap/tokens/derived_key_token.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

using Form = TokenReference::Form;

constexpr int kEncryptedKeyDepthMax = 1;  // an EncryptedKey under the key of another one

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

bool is_certificate_reference(Form form) {
  return form == Form::subject_key || form == Form::thumbprint || form == Form::issuer_serial;
}

bool fits(const crypto::Certificate& certificate, const TokenReference& reference) {
  switch (reference.form) {
    case Form::subject_key: {
      const Bytes identifier = certificate.subject_key_identifier();
      return reference.octets ==
             (identifier.empty() ? certificate.computed_key_identifier() : identifier);
    }
    case Form::thumbprint: {
      const crypto::DigestValue thumbprint = certificate.thumbprint();
      return std::ranges::equal(thumbprint.view(), reference.octets);
    }
    case Form::issuer_serial:
      return certificate.has_issuer_serial(reference.text, reference.serial);
    case Form::local:
    case Form::external:
    case Form::encrypted_key_sha1:
    case Form::saml:
    case Form::embedded:
      break;
  }
  return false;
}

/// SC8, M29: a ValueType that is there has to say what the token is.
bool agrees(std::string_view value_type, const xml::Element& token) {
  if (value_type.empty()) {
    return true;
  }
  if (is_context_token(token)) {
    return uri::is_security_context_token_type(value_type);
  }
  if (is_derived_key_token(token)) {
    return uri::is_derived_key_token_type(value_type);
  }
  if (token.is(uri::kWsse, "BinarySecurityToken")) {
    return token.attribute("", "ValueType") == value_type;
  }
  return true;
}

}  // namespace

const kdf::PShaSource& ResolvedKey::source() {
  if (source_ == nullptr) {
    source_ = &owned_source_.emplace(secret_);
  }
  return *source_;
}

bool ResolvedKey::bind_to(const CipherRow& cipher) {
  if ((cipher_ != nullptr && cipher_ != &cipher) || (is_derived() && signs_)) {
    return false;
  }
  cipher_ = &cipher;
  return true;
}

bool ResolvedKey::bind_to_signature() {
  if (is_derived() && cipher_ != nullptr) {
    return false;
  }
  signs_ = true;
  return true;
}

Result<std::vector<ResolvedKey*>> KeyResolver::candidates(const xml::Element& key_info) {
  if (!key_info) {
    return given_keys({});
  }
  const xml::Element inner = key_info.first_child();
  if (!inner || inner.next_sibling()) {
    return Error(ErrorCode::security_header_invalid, "KeyInfo");
  }
  if (inner.is(uri::kDs, "KeyName")) {
    const std::string name = inner.text();
    return given_keys(trim(name));
  }
  PARLEY_ASSIGN_OR_RETURN(ResolvedKey* const key, resolve(inner, 0));
  return std::vector<ResolvedKey*>{key};
}

Result<std::vector<ResolvedKey*>> KeyResolver::given_keys(std::string_view name) {
  if (given_.empty()) {
    for (const RawKey& raw : material_.raw_keys) {
      Signer signer;
      signer.principal = raw.name;
      given_.push_back(
          keep({}, std::make_unique<ResolvedKey>(std::move(signer), raw.secret.view(), nullptr)));
    }
  }
  std::vector<ResolvedKey*> fitting;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    const std::string& its_name = material_.raw_keys[i].name;
    if (its_name.empty() || its_name == name) {
      fitting.push_back(given_[i]);
    }
  }
  if (fitting.empty()) {
    return Error(ErrorCode::token_unavailable, "no key for a KeyInfo");
  }
  return fitting;
}

Result<ResolvedKey*> KeyResolver::resolve(const xml::Element& reference, int depth) {
  PARLEY_ASSIGN_OR_RETURN(const TokenReference read,
                          read_token_reference(reference, settings_.limits));
  PARLEY_ASSIGN_OR_RETURN(ResolvedKey* const key, resolve_plain(read, depth));
  return read.implied ? derive_implied(*key, *read.implied) : key;
}

Result<ResolvedKey*> KeyResolver::resolve_plain(const TokenReference& reference, int depth) {
  switch (reference.form) {
    case Form::local:
    case Form::embedded: {
      PARLEY_ASSIGN_OR_RETURN(const xml::Element token, token_element(reference));
      if (!agrees(reference.value_type, token) && reference.form == Form::local) {
        return Error(ErrorCode::token_invalid, "ValueType of a reference");
      }
      return key_of_token(token, depth);
    }
    case Form::external:
      if (!reference.value_type.empty() &&
          !uri::is_security_context_token_type(reference.value_type)) {
        return Error(ErrorCode::token_invalid, "ValueType of a reference");  // SC8
      }
      return context({reference.text, std::string(reference.instance)});
    case Form::subject_key:
    case Form::thumbprint:
    case Form::issuer_serial: {
      std::vector<crypto::Certificate> candidates = certificates_for(reference);
      if (candidates.empty()) {
        return Error(ErrorCode::token_unavailable, "certificate");
      }
      std::vector<crypto::Certificate> path(material_.known.begin(), material_.known.end());
      return keep({}, std::make_unique<ResolvedKey>(std::move(candidates), std::move(path)));
    }
    case Form::encrypted_key_sha1: {
      if (material_.exchange != nullptr && !material_.exchange->encrypted_sha1.empty() &&
          std::ranges::equal(material_.exchange->encrypted_sha1, reference.octets)) {
        Signer signer;
        signer.kind = Signer::Kind::exchange;
        signer.principal = material_.exchange->recipient_principal;
        signer.subject = material_.exchange->recipient_subject;
        return keep({}, std::make_unique<ResolvedKey>(std::move(signer),
                                                      material_.exchange->secret.view(), nullptr));
      }
      const std::string name = to_hex(reference.octets);
      for (const Entry& entry : entries_) {
        if (entry.key->is_symmetric() && entry.key->signer().kind == Signer::Kind::carried &&
            !entry.key->is_derived() && entry.key->signer().principal == name) {
          return entry.key;
        }
      }
      return Error(ErrorCode::token_unavailable, "EncryptedKeySHA1");
    }
    case Form::saml: {
      PARLEY_ASSIGN_OR_RETURN(const xml::Element assertion, token_element(reference));
      return key_of_token(assertion, depth);
    }
  }
  return Error(ErrorCode::internal_failure, "token reference");
}

Result<xml::Element> KeyResolver::token_element(const TokenReference& reference) const {
  if (reference.form == Form::embedded) {
    return reference.token;
  }
  if (reference.form != Form::local && reference.form != Form::saml) {
    return xml::Element();
  }
  const xml::Element token = document_.by_id(reference.text);
  // M5, X11, X12: a token stands directly in the header that is processed, or it is none.
  if (!token || token.parent() != security_ ||
      (reference.form == Form::saml && !is_assertion(token))) {
    return Error(ErrorCode::token_unavailable, "reference to nothing in the Security header");
  }
  return token;
}

std::vector<crypto::Certificate> KeyResolver::certificates_for(
    const TokenReference& reference) const {
  std::vector<crypto::Certificate> found;
  const auto consider = [&](const crypto::Certificate& certificate) {
    if (found.size() < settings_.limits.certificate_chain_max && fits(certificate, reference)) {
      found.push_back(certificate);
    }
  };
  if (!is_certificate_reference(reference.form)) {
    return found;
  }
  for (const Credential& own : material_.own) {
    consider(own.certificate);
  }
  for (const crypto::Certificate& known : material_.known) {
    consider(known);
  }
  for (const xml::Element& child : security_.children()) {
    if (child.is(uri::kWsse, "BinarySecurityToken")) {
      if (const auto carried = read_binary_token(child, settings_.limits)) {
        consider(carried->front());
      }
    }
  }
  return found;
}

Result<ResolvedKey*> KeyResolver::key_of_token(const xml::Element& token, int depth) {
  for (const Entry& entry : entries_) {
    if (entry.token == token) {
      return entry.key;
    }
  }
  if (is_context_token(token)) {
    PARLEY_ASSIGN_OR_RETURN(ContextToken read, read_context_token(token));
    PARLEY_ASSIGN_OR_RETURN(ResolvedKey* const key, context(std::move(read.name)));
    entries_.push_back({token, key});
    return key;
  }
  PARLEY_ASSIGN_OR_RETURN(std::unique_ptr<ResolvedKey> key, make_key(token, depth));
  return keep(token, std::move(key));
}

Result<std::unique_ptr<ResolvedKey>> KeyResolver::make_key(const xml::Element& token, int depth) {
  if (is_derived_key_token(token)) {
    return derive(token, depth);
  }
  if (token.is(uri::kXenc, "EncryptedKey")) {
    return unwrap(token, depth);
  }
  if (token.is(uri::kWsse, "BinarySecurityToken")) {
    PARLEY_ASSIGN_OR_RETURN(auto certificates, read_binary_token(token, settings_.limits));
    std::vector<crypto::Certificate> candidates{certificates.front()};
    return std::make_unique<ResolvedKey>(std::move(candidates), std::move(certificates));
  }
  if (token.is(uri::kWsse, "KeyIdentifier")) {
    const auto der = xml::decode_base64(token.text());
    auto certificate = der ? crypto::Certificate::from_der(*der)
                           : Result<crypto::Certificate>(Error(ErrorCode::token_invalid));
    if (!certificate) {
      return Error(ErrorCode::token_invalid, "KeyIdentifier");
    }
    std::vector<crypto::Certificate> candidates{*certificate};
    return std::make_unique<ResolvedKey>(std::move(candidates), std::vector<crypto::Certificate>());
  }
  if (is_assertion(token)) {
    return subject_key(token, depth);
  }
  return Error(ErrorCode::token_unsupported, "token");
}

Result<std::unique_ptr<ResolvedKey>> KeyResolver::derive(const xml::Element& token, int depth) {
  PARLEY_ASSIGN_OR_RETURN(const DerivedKeyToken read,
                          read_derived_key_token(token, settings_.limits));
  // DK11: a cycle is a chain without end.
  if (depth > static_cast<int>(settings_.limits.derived_key_chain_max) || !read.reference) {
    return Error(ErrorCode::derivation_unknown, "derived key");
  }
  auto source = resolve(read.reference, depth + 1);
  if (!source) {
    return source.error().code() == ErrorCode::token_unavailable
               ? Error(ErrorCode::derivation_unknown, "derived key")
               : source.error();
  }
  return derive_from(**source, read.spec);
}

Result<std::unique_ptr<ResolvedKey>> KeyResolver::derive_from(
    ResolvedKey& source, const kdf::DerivedKeySpec& spec) const {
  const bool is_too_long = source.derivations() > settings_.limits.derived_key_chain_max;
  if (!source.is_symmetric() || is_too_long) {
    return Error(ErrorCode::derivation_unknown, "source of a derived key");
  }
  // The token is not signed: whoever is on the way may write a Length whose keys are few enough to
  // try them all, and then sign with the right one.
  if (spec.length && *spec.length < settings_.limits.derived_key_length_min) {
    return Error(ErrorCode::token_invalid, "Length is below derived_key_length_min");
  }
  const std::string_view label =
      settings_.default_label.empty() ? kdf::kDefaultLabel : settings_.default_label;
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes key,
                          kdf::derive_key(source.source(), spec, settings_.limits, label));
  return std::make_unique<ResolvedKey>(source, std::move(key));
}

Result<ResolvedKey*> KeyResolver::derive_implied(ResolvedKey& source,
                                                 const kdf::DerivedKeySpec& spec) {
  PARLEY_ASSIGN_OR_RETURN(std::unique_ptr<ResolvedKey> key, derive_from(source, spec));
  return keep({}, std::move(key));
}

Result<std::unique_ptr<ResolvedKey>> KeyResolver::unwrap(const xml::Element& token, int depth) {
  PARLEY_ASSIGN_OR_RETURN(const EncryptedKeyClaim claim,
                          read_encrypted_key(token, settings_.algorithms, settings_.limits));
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes secret, unwrap_secret(claim, depth));
  const crypto::DigestValue sha1 =
      crypto::digest(crypto::DigestAlgorithm::sha1, claim.cipher_value);
  auto carried = std::make_shared<ExchangeSecret>();
  carried->secret = secret.clone();
  carried->encrypted_sha1.assign(sha1.view().begin(), sha1.view().end());
  carried_.push_back(std::move(carried));
  Signer signer;
  signer.kind = Signer::Kind::carried;
  signer.principal = to_hex(sha1.view());
  return std::make_unique<ResolvedKey>(std::move(signer), std::move(secret));
}

/// M58: whatever is wrong with the key, the answer is one.
Result<crypto::SecretBytes> KeyResolver::unwrap_secret(const EncryptedKeyClaim& claim, int depth) {
  if (depth > static_cast<int>(settings_.limits.derived_key_chain_max) + kEncryptedKeyDepthMax) {
    return failed("EncryptedKey under too many others");
  }
  const xml::Element inner = claim.key_info ? claim.key_info.first_child() : xml::Element();
  if (!inner || inner.next_sibling()) {
    return failed("EncryptedKey without a receiver");
  }
  const auto wrapping = resolve(inner, depth + 1);
  return wrapping ? unwrap_with(claim, **wrapping) : failed("EncryptedKey for somebody else");
}

Result<std::unique_ptr<ResolvedKey>> KeyResolver::subject_key(const xml::Element& assertion,
                                                              int depth) {
  PARLEY_ASSIGN_OR_RETURN(CheckedAssertion checked,
                          check_assertion(assertion, material_, settings_));
  Signer signer;
  signer.kind = Signer::Kind::assertion;
  signer.principal = std::move(checked.id);
  signer.subject = std::move(checked.subject);
  if (checked.holder) {
    return std::make_unique<ResolvedKey>(std::move(signer), std::move(*checked.holder));
  }
  if (!checked.encrypted_key) {
    return Error(ErrorCode::token_unsupported, "assertion without a key of its subject");
  }
  PARLEY_ASSIGN_OR_RETURN(
      const EncryptedKeyClaim claim,
      read_encrypted_key(checked.encrypted_key, settings_.algorithms, settings_.limits));
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes secret, unwrap_secret(claim, depth));  // K27
  return std::make_unique<ResolvedKey>(std::move(signer), std::move(secret));
}

Result<crypto::SecretBytes> KeyResolver::unwrap_with(const EncryptedKeyClaim& claim,
                                                     ResolvedKey& key) const {
  if (claim.wrap != nullptr) {
    if (!key.is_symmetric()) {
      return failed("EncryptedKey");
    }
    auto secret = crypto::unwrap_key(claim.wrap->wrap, key.secret(), claim.cipher_value);
    return secret ? std::move(secret) : failed("EncryptedKey");
  }
  for (const crypto::Certificate& candidate : key.candidates()) {
    for (const Credential& own : material_.own) {
      if (own.certificate.equals(candidate)) {
        return transport(claim, own);
      }
    }
  }
  return failed("EncryptedKey for somebody else");
}

Result<crypto::SecretBytes> KeyResolver::transport(const EncryptedKeyClaim& claim,
                                                   const Credential& own) const {
  if (claim.transport->transport != KeyTransport::rsa_1_5) {
    auto secret = own.key.decrypt_oaep(claim.oaep, claim.cipher_value);
    return secret && !secret->empty() ? std::move(secret) : failed("EncryptedKey");
  }
  if (material_.entropy == nullptr) {
    return failed("EncryptedKey");
  }
  // M59: the answer to any failure is a random key of the length that is expected; it fails later,
  // with everything else. The length is that of the cipher of the first item which it encrypts, or
  // that of the suite where it encrypts nothing itself.
  const AlgorithmSuite* const suite = settings_.algorithms.suite();
  std::size_t octets = suite != nullptr ? suite->secret_octets : 32;
  for (const std::string_view id : claim.listed) {
    const xml::Element item = document_.by_id(id);
    if (item.is(uri::kXenc, "EncryptedData")) {
      const auto data = read_encrypted_data(item, settings_.algorithms);
      octets = data ? data->cipher->key_octets : octets;
      break;
    }
  }
  return own.key.decrypt_pkcs1(claim.cipher_value, octets, *material_.entropy);
}

Result<ResolvedKey*> KeyResolver::context(contexts::ContextName name) {
  for (const Entry& entry : entries_) {
    const ResolvedKey& key = *entry.key;
    if (key.is_symmetric() && !key.is_derived() && key.signer().kind == Signer::Kind::context &&
        key.signer().context == name) {
      return entry.key;
    }
  }
  const contexts::LiveKey* const key =
      material_.contexts == nullptr ? nullptr : material_.contexts->find(name);
  if (key == nullptr) {
    return Error(ErrorCode::context_unknown, "security context");
  }
  Signer signer;
  signer.kind = Signer::Kind::context;
  signer.context = std::move(name);
  return keep(
      {}, std::make_unique<ResolvedKey>(std::move(signer), key->secret().view(), &key->source()));
}

std::string describe(const ResolvedKey& key) {
  if (!key.is_symmetric() && !key.is_vouched()) {
    return "certificate " + key.candidates().front().subject();
  }
  return (key.is_derived() ? "derived key of " : "") + describe(key.signer());
}

ResolvedKey* KeyResolver::keep(const xml::Element& token, std::unique_ptr<ResolvedKey> key) {
  if (keys_.empty()) {
    keys_.reserve(4);
    entries_.reserve(4);
  }
  keys_.push_back(std::move(key));
  entries_.push_back({token, keys_.back().get()});
  return entries_.back().key;
}

}  // namespace parley::soap
