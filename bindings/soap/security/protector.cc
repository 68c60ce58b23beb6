#include "bindings/soap/security/protector.h"

#include <array>
#include <optional>
#include <utility>

#include "bindings/soap/security/signature_writer.h"
#include "bindings/soap/security/text_writer.h"
#include "bindings/soap/security/token_writer.h"
#include "kdf/derived_key.h"
#include "kdf/p_sha.h"

namespace parley::soap {
namespace {

// Ids of the Security header. They repeat from message to message: an Id has to be unique in its
// message only.
constexpr std::string_view kTimestampId = "wss-ts";
constexpr std::string_view kEncryptedKeyId = "wss-ek";
constexpr std::string_view kSignatureKeyId = "wss-dk-sig";
constexpr std::string_view kEncryptionKeyId = "wss-dk-enc";
constexpr std::string_view kCertificateId = "wss-x509";
constexpr std::string_view kSignatureId = "wss-sig";
constexpr std::string_view kEndorsementId = "wss-endorse";
constexpr std::string_view kConfirmationId = "wss-sc";
constexpr std::string_view kBodyDataId = "wss-ed-body";
constexpr std::string_view kSignatureDataId = "wss-ed-sig";
constexpr std::string_view kEndorsementDataId = "wss-ed-endorse";

constexpr std::size_t kNonceOctets = 16;         // DK7
constexpr std::size_t kSecurityOctets = 8192;    // of a Security header with seven References, roughly
constexpr std::size_t kDerivedOctetsMax = 32;

/// A key that protects this message, in memory that is wiped.
class MessageKey {
 public:
  explicit MessageKey(std::size_t size) : size_(size) {}

  MessageKey(const MessageKey&) = delete;
  MessageKey& operator=(const MessageKey&) = delete;

  ~MessageKey() { crypto::wipe(octets_); }

  MutableByteView writable() { return MutableByteView(octets_).first(size_); }

  ByteView view() const { return ByteView(octets_).first(size_); }

 private:
  std::array<Byte, kDerivedOctetsMax> octets_{};
  std::size_t size_;
};

/// One message on its way out.
class Protection {
 public:
  Protection(const UnprotectedEnvelope& envelope, const ProtectionPlan& plan,
             const ProtectionKeys& keys, WallTime now, crypto::Entropy& entropy,
             Workspace& workspace, Bytes& out)
      : envelope_(envelope),
        plan_(plan),
        keys_(keys),
        now_(now),
        entropy_(entropy),
        workspace_(workspace),
        writer_(out),
        family_(uri::secure_conversation(keys.context != nullptr ? keys.context->family()
                                                                 : plan.family)),
        signature_key_(plan.suite->signature_key_octets),
        encryption_key_(plan.suite->encryption_key_octets) {}

  Result<std::shared_ptr<const ExchangeSecret>> run();

 private:
  Result<void> write_header();
  Result<void> write_source();
  void write_confirmations();
  void write_derived_key_pair();
  void write_reference_list();
  Result<void> write_signatures();
  Result<void> write_signature(SignatureWriter& signature);
  Result<void> write_endorsement(TextWriter& writer, const crypto::DigestValue& signed_signature);
  Result<void> encrypt_body(TextWriter& writer);
  Result<void> encrypt(TextWriter& writer, std::string_view id, std::string_view type, ByteView plain);
  crypto::DigestValue digest_of_body(ByteView content) const;

  bool is_bootstrap() const { return keys_.own != nullptr; }

  bool encrypts_first() const {
    return plan_.encrypt && plan_.order == engine::ProtectionOrder::encrypt_before_sign;
  }

  bool encrypts_signature() const {
    return plan_.encrypt && plan_.encrypt_signature && !encrypts_first();
  }

  ByteView secret() const {
    return keys_.context != nullptr     ? keys_.context->secret().view()
           : keys_.answering != nullptr ? keys_.answering->secret.view()
                                        : exchange_->secret.view();
  }

  ByteView signature_secret() const { return plan_.derived_keys ? signature_key_.view() : secret(); }

  ByteView encryption_secret() const { return plan_.derived_keys ? encryption_key_.view() : secret(); }

  const UnprotectedEnvelope& envelope_;
  const ProtectionPlan& plan_;
  const ProtectionKeys& keys_;
  WallTime now_;
  crypto::Entropy& entropy_;
  Workspace& workspace_;
  TextWriter writer_;
  const uri::SecureConversation& family_;

  std::shared_ptr<ExchangeSecret> exchange_;  ///< of a bootstrap request
  KeyReference source_;                       ///< the secret that everything comes from
  KeyReference signature_reference_;
  KeyReference encryption_reference_;
  MessageKey signature_key_;
  MessageKey encryption_key_;
  crypto::DigestValue timestamp_digest_;
  std::vector<crypto::DigestValue> confirmation_digests_;
};

Result<std::shared_ptr<const ExchangeSecret>> Protection::run() {
  Bytes& out = writer_.out();
  out.clear();
  out.reserve(envelope_.head.size() + envelope_.middle.size() + envelope_.tail.size() +
              envelope_.body.size() * 4 / 3 + kSecurityOctets);
  writer_.octets(envelope_.head);
  PARLEY_TRY(write_header());
  writer_.octets(envelope_.middle);
  if (encrypts_first()) {
    writer_.octets(workspace_.fragment);
  } else if (plan_.encrypt) {
    PARLEY_TRY(encrypt_body(writer_));
  } else {
    writer_.octets(envelope_.body);
  }
  writer_.octets(envelope_.tail);
  return std::shared_ptr<const ExchangeSecret>(std::move(exchange_));
}

Result<void> Protection::write_header() {
  writer_.text("<wsse:Security xmlns:wsse=\"").text(uri::kWsse).text("\" ");
  writer_.text(envelope_.soap_prefix).text(":mustUnderstand=\"1\">");

  const std::size_t timestamp = writer_.position();
  write_timestamp(writer_, kTimestampId, now_, now_ + plan_.timestamp_lifetime);
  timestamp_digest_ = crypto::digest(plan_.suite->digest, writer_.since(timestamp));

  PARLEY_TRY(write_source());
  if (plan_.derived_keys) {
    write_derived_key_pair();
  } else {
    signature_reference_ = encryption_reference_ = source_;
  }
  if (encrypts_first()) {
    // SC42: the receiver verifies over the ciphertext, so the Signature precedes the list.
    workspace_.fragment.clear();
    TextWriter fragment(workspace_.fragment);
    PARLEY_TRY(encrypt_body(fragment));
    PARLEY_TRY(write_signatures());
    write_reference_list();
  } else {
    if (plan_.encrypt) {
      write_reference_list();
    }
    PARLEY_TRY(write_signatures());
  }
  writer_.text("</wsse:Security>");
  return {};
}

Result<void> Protection::write_source() {
  if (keys_.context != nullptr) {
    source_ = keys_.is_initiator ? write_context_token(writer_, *keys_.context)
                                 : external_context_reference(*keys_.context);
    return {};
  }
  if (keys_.answering != nullptr) {
    source_ = {.form = KeyReference::Form::encrypted_key_sha1,
               .octets = keys_.answering->encrypted_sha1};
    return {};
  }
  exchange_ = std::make_shared<ExchangeSecret>();
  exchange_->secret = crypto::fresh_secret(plan_.suite->secret_octets, entropy_);
  exchange_->recipient_principal = keys_.recipient->principal();
  exchange_->recipient_subject = keys_.recipient->subject();
  const crypto::PublicKey recipient = keys_.recipient->public_key();
  auto cipher_value = plan_.suite->key_transport == KeyTransport::rsa_1_5
                          ? recipient.encrypt_pkcs1(exchange_->secret)
                          : recipient.encrypt_oaep({}, exchange_->secret);
  if (!cipher_value) {
    return Error(ErrorCode::key_unusable, "the receiver's certificate cannot take a key");
  }
  const crypto::DigestValue sha1 = crypto::digest(crypto::DigestAlgorithm::sha1, *cipher_value);
  exchange_->encrypted_sha1.assign(sha1.view().begin(), sha1.view().end());
  write_encrypted_key(writer_, kEncryptedKeyId, row_of(plan_.suite->key_transport).uri,
                      *keys_.recipient, *cipher_value);
  source_ = {.form = KeyReference::Form::encrypted_key,
             .target = kEncryptedKeyId,
             .value_type = uri::kEncryptedKeyToken};
  return {};
}

void Protection::write_derived_key_pair() {
  std::array<Byte, kNonceOctets> nonce;
  const auto derive = [&](const kdf::PShaSource& source, std::string_view id, MessageKey& key) {
    entropy_.fill_public(nonce);
    source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, key.writable());
    write_derived_key(writer_, id, family_, source_, key.view().size(), nonce);
    return KeyReference{.target = id, .value_type = family_.derived_key_token};
  };
  const auto derive_both = [&](const kdf::PShaSource& source) {
    signature_reference_ = derive(source, kSignatureKeyId, signature_key_);
    if (plan_.encrypt) {  // DK12: a key has one purpose
      encryption_reference_ = derive(source, kEncryptionKeyId, encryption_key_);
    }
  };
  if (keys_.context != nullptr) {
    derive_both(keys_.context->source());
  } else {
    derive_both(kdf::PShaSource(secret()));
  }
}

void Protection::write_reference_list() {
  const auto write_data = [&](std::string_view id) {
    writer_.text("<xenc:DataReference URI=\"#").text(id).text("\"></xenc:DataReference>");
  };
  writer_.text("<xenc:ReferenceList xmlns:xenc=\"").text(uri::kXenc).text("\">");
  write_data(kBodyDataId);
  if (encrypts_signature()) {
    write_data(kSignatureDataId);
    if (is_bootstrap()) {
      write_data(kEndorsementDataId);
    }
  }
  writer_.text("</xenc:ReferenceList>");
}

void Protection::write_confirmations() {
  if (keys_.answering == nullptr || !plan_.confirm_signatures) {
    return;
  }
  // M47: one for each signature of the request; one without Value when it had none.
  const std::vector<Bytes>& values = keys_.answering->signature_values;
  const std::size_t count = values.empty() ? 1 : values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = writer_.position();
    writer_.text("<wsse11:SignatureConfirmation xmlns:wsse11=\"").text(uri::kWsse11);
    writer_.text("\" xmlns:wsu=\"").text(uri::kWsu).text("\"");
    if (!values.empty()) {
      writer_.text(" Value=\"").base64(values[i]).text("\"");
    }
    writer_.text(" wsu:Id=\"").text(kConfirmationId).number(i);
    writer_.text("\"></wsse11:SignatureConfirmation>");
    confirmation_digests_.push_back(crypto::digest(plan_.suite->digest, writer_.since(begin)));
  }
}

Result<void> Protection::write_signatures() {
  write_confirmations();
  if (is_bootstrap()) {
    write_binary_token(writer_, kCertificateId, keys_.own->certificate);
  }
  const SignatureRow& algorithm = mac_row(plan_.suite->signature_digest(plan_.sha256_mac));
  if (!encrypts_signature()) {
    SignatureWriter signature(writer_, kSignatureId, algorithm, plan_.suite->digest);
    PARLEY_TRY(write_signature(signature));
    return is_bootstrap() ? write_endorsement(writer_, signature.digest_of_element())
                          : Result<void>();
  }
  // M67: the receiver finds the Signature where its EncryptedData stood.
  Bytes& plain = workspace_.fragment;
  plain.clear();
  TextWriter fragment(plain);
  SignatureWriter signature(fragment, kSignatureId, algorithm, plan_.suite->digest);
  PARLEY_TRY(write_signature(signature));
  const crypto::DigestValue digest = signature.digest_of_element();
  PARLEY_TRY(encrypt(writer_, kSignatureDataId, uri::kTypeElement, plain));
  if (!is_bootstrap()) {
    return {};
  }
  plain.clear();
  PARLEY_TRY(write_endorsement(fragment, digest));
  return encrypt(writer_, kEndorsementDataId, uri::kTypeElement, plain);
}

Result<void> Protection::write_signature(SignatureWriter& signature) {
  signature.add_reference(kTimestampId, timestamp_digest_);
  signature.add_reference(envelope_.body_id, digest_of_body(encrypts_first()
                                                                ? ByteView(workspace_.fragment)
                                                                : envelope_.body_canonical));
  for (const SignedPart& part : envelope_.headers) {
    signature.add_reference(part.id, crypto::digest(plan_.suite->digest, part.canonical));
  }
  for (std::size_t i = 0; i < confirmation_digests_.size(); ++i) {
    std::string id(kConfirmationId);
    id += std::to_string(i);
    signature.add_reference(id, confirmation_digests_[i]);
  }
  const crypto::HmacKey key(plan_.suite->signature_digest(plan_.sha256_mac), signature_secret());
  Bytes value = signature.sign(key, signature_reference_);
  if (exchange_) {
    exchange_->signature_values.push_back(std::move(value));
  }
  return {};
}

Result<void> Protection::write_endorsement(TextWriter& writer,
                                           const crypto::DigestValue& signed_signature) {
  const crypto::DigestAlgorithm digest = plan_.suite->signature_digest(plan_.sha256_mac);
  const SignatureRow* algorithm = signature_row(keys_.own->key.type(), digest);
  if (algorithm == nullptr) {
    return Error(ErrorCode::key_unusable, "the own key cannot sign");
  }
  SignatureWriter endorsement(writer, kEndorsementId, *algorithm, plan_.suite->digest);
  endorsement.add_reference(kSignatureId, signed_signature);
  PARLEY_ASSIGN_OR_RETURN(Bytes value,
                          endorsement.sign(keys_.own->key, {.target = kCertificateId,
                                                            .value_type = uri::kX509V3}));
  exchange_->signature_values.push_back(std::move(value));
  return {};
}

Result<void> Protection::encrypt_body(TextWriter& writer) {
  return encrypt(writer, kBodyDataId, uri::kTypeContent, envelope_.body);
}

Result<void> Protection::encrypt(TextWriter& writer, std::string_view id, std::string_view type,
                                 ByteView plain) {
  workspace_.sealed.clear();
  PARLEY_TRY(workspace_.cipher.encrypt(plan_.suite->cipher, encryption_secret(), plain, entropy_,
                                       workspace_.sealed));
  write_encrypted_data(writer, id, type, row_of(plan_.suite->cipher).uri, encryption_reference_,
                       workspace_.sealed);
  return {};
}

crypto::DigestValue Protection::digest_of_body(ByteView content) const {
  crypto::Digest running(plan_.suite->digest);
  running.update(envelope_.body_open);
  running.update(content);
  running.update(envelope_.body_close);
  return running.finish();
}

bool is_consistent(const ProtectionPlan& plan, const ProtectionKeys& keys) {
  const int sources = (keys.context != nullptr ? 1 : 0) + (keys.own != nullptr ? 1 : 0) +
                      (keys.answering != nullptr ? 1 : 0);
  return plan.suite != nullptr && sources == 1 &&
         (keys.own != nullptr) == (keys.recipient != nullptr);
}

}  // namespace

Result<std::shared_ptr<const ExchangeSecret>> protect_envelope(const UnprotectedEnvelope& envelope,
                                                               const ProtectionPlan& plan,
                                                               const ProtectionKeys& keys,
                                                               WallTime now, crypto::Entropy& entropy,
                                                               Workspace& workspace, Bytes& out) {
  if (!is_consistent(plan, keys)) {
    return Error(ErrorCode::invalid_argument, "protection plan");
  }
  return Protection(envelope, plan, keys, now, entropy, workspace, out).run();
}

}  // namespace parley::soap
