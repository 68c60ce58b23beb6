#include "bindings/soap/security/message_keys.h"

#include "bindings/soap/security/security_ids.h"
#include "crypto/digest.h"
#include "kdf/derived_key.h"

namespace parley::soap {
namespace {

using engine::BootstrapBinding;

}  // namespace

MessageKeys::MessageKeys(const ProtectionPlan& plan,
                         const ProtectionKeys& keys,
                         crypto::Entropy& entropy)
    : plan_(plan),
      keys_(keys),
      entropy_(entropy),
      family_(uri::secure_conversation(keys.context != nullptr ? keys.context->family()
                                                               : plan.family)) {}

MessageKeys::~MessageKeys() {
  crypto::wipe(signature_octets_);
  crypto::wipe(encryption_octets_);
}

Result<void> MessageKeys::write(TextWriter& writer) {
  begin_exchange();
  if (!needs_keys()) {
    return {};
  }
  PARLEY_TRY(write_source(writer));
  signature_reference_ = encryption_reference_ = source_;
  if (plan_.derived_keys && plan_.binding != BootstrapBinding::asymmetric) {
    write_derived(writer);
  }
  return {};
}

/// Over TLS only messages under a context have a key.
bool MessageKeys::needs_keys() const {
  return plan_.binding != BootstrapBinding::transport ||
         (keys_.context != nullptr && !keys_.is_answer);
}

/// An answer has to be told from others; under a context its key does that, but not over TLS.
void MessageKeys::begin_exchange() {
  const bool is_over_tls = plan_.binding == BootstrapBinding::transport;
  const bool is_answer = keys_.answering != nullptr || keys_.is_answer;
  const bool proves_itself =
      keys_.context != nullptr && !is_over_tls && !plan_.confirm_signatures;
  if (is_answer || proves_itself) {
    return;
  }
  exchange_ = std::make_shared<ExchangeSecret>();
  exchange_->binding = plan_.binding;
  if (keys_.context != nullptr) {
    exchange_->context = keys_.context->name();
  }
  if (keys_.recipient != nullptr) {
    exchange_->recipient_principal = keys_.recipient->principal();
    exchange_->recipient_subject = keys_.recipient->subject();
  }
}

Result<void> MessageKeys::write_source(TextWriter& writer) {
  if (keys_.context != nullptr) {
    source_ = plan_.carry_context ? write_context_token(writer, *keys_.context)
                                  : external_context_reference(*keys_.context);
    return {};
  }
  if (keys_.recipient == nullptr) {
    source_ = {.form = KeyReference::Form::encrypted_key_sha1,
               .octets = keys_.answering->encrypted_sha1};
    return {};
  }
  return write_carried(writer);
}

Result<void> MessageKeys::write_carried(TextWriter& writer) {
  // Used as it is, its size is that of the cipher; else that of a secret to derive from.
  const std::size_t octets = plan_.binding == BootstrapBinding::asymmetric
                                 ? row_of(plan_.suite->cipher).key_octets
                                 : plan_.suite->secret_octets;
  carried_ = crypto::fresh_secret(octets, entropy_);
  const crypto::PublicKey recipient = keys_.recipient->public_key();
  auto cipher_value = plan_.suite->key_transport == KeyTransport::rsa_1_5
                          ? recipient.encrypt_pkcs1(carried_)
                          : recipient.encrypt_oaep({}, carried_);
  if (!cipher_value) {
    return Error(ErrorCode::key_unusable, "the receiver's certificate cannot take a key");
  }
  if (exchange_ && plan_.binding == BootstrapBinding::symmetric) {
    const crypto::DigestValue sha1 = crypto::digest(crypto::DigestAlgorithm::sha1, *cipher_value);
    exchange_->encrypted_sha1.assign(sha1.view().begin(), sha1.view().end());
    exchange_->secret = carried_.clone();
  }
  write_encrypted_key(writer, ids::kEncryptedKey, row_of(plan_.suite->key_transport).uri,
                      *keys_.recipient, *cipher_value);
  source_ = {.form = KeyReference::Form::encrypted_key,
             .target = ids::kEncryptedKey,
             .value_type = uri::kEncryptedKeyToken};
  return {};
}

void MessageKeys::write_derived(TextWriter& writer) {
  if (keys_.context != nullptr) {
    derive_both(keys_.context->source(), writer);
  } else {
    derive_both(kdf::PShaSource(source_secret()), writer);
  }
}

void MessageKeys::derive_both(const kdf::PShaSource& source, TextWriter& writer) {
  const auto signature = MutableByteView(signature_octets_)
                             .first(implies_default_length() ? kdf::kDefaultLength
                                                             : plan_.suite->signature_key_octets);
  signature_reference_ = derive(source, ids::kSignatureKey, signature, signature_nonce_, writer);
  signature_ = signature;
  if (encrypts_anything(plan_, keys_)) {  // DK12: a key has one purpose
    const auto encryption =
        MutableByteView(encryption_octets_).first(plan_.suite->encryption_key_octets);
    encryption_reference_ =
        derive(source, ids::kEncryptionKey, encryption, encryption_nonce_, writer);
    encryption_ = encryption;
  }
}

KeyReference MessageKeys::derive(const kdf::PShaSource& source,
                                 std::string_view id,
                                 MutableByteView key,
                                 MutableByteView nonce,
                                 TextWriter& writer) {
  entropy_.fill_public(nonce);
  if (implies_keys()) {
    source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, key);
    KeyReference reference = source_;
    reference.wsc_namespace = family_.ns;
    reference.implied_nonce = nonce;
    reference.implied_length = key.size() == kdf::kDefaultLength ? 0 : key.size();
    return reference;
  }
  const std::string_view label = keys_.context != nullptr ? plan_.key_label : std::string_view();
  source.expand(as_bytes(label.empty() ? kdf::kDefaultLabel : label), nonce, 0, key);
  write_derived_key(writer, id, family_, source_, {key.size(), nonce, plan_.key_position, label});
  return {.target = id, .value_type = family_.derived_key_token};
}

/// Establishing a context uses tokens: implied keys belong to the messages under it.
bool MessageKeys::implies_keys() const {
  return keys_.context != nullptr && plan_.derivation == engine::KeyDerivation::implied;
}

/// DK13: only the younger family has wsc:Length.
bool MessageKeys::implies_default_length() const {
  return implies_keys() && keys_.context->family() == contexts::TrustFamily::feb_2005;
}

ByteView MessageKeys::source_secret() const {
  return keys_.context != nullptr ? keys_.context->secret().view()
         : !carried_.empty()      ? carried_.view()
                                  : keys_.answering->secret.view();
}

}  // namespace parley::soap
