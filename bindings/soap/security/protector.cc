#include "bindings/soap/security/protector.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/security/message_keys.h"
#include "bindings/soap/security/security_ids.h"
#include "bindings/soap/security/signature_writer.h"
#include "bindings/soap/security/text_writer.h"
#include "bindings/soap/security/token_writer.h"
#include "bindings/soap/tokens/username_token.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {
namespace {

using engine::BootstrapBinding;

constexpr std::size_t kSecurityOctets =
    8192;  // of a Security header with seven References, roughly

/// An element of the Security header that the signature covers.
struct SignedToken {
  std::string id;
  crypto::DigestValue digest;
};

std::string numbered(std::string_view id, std::size_t number) {
  return std::string(id) + std::to_string(number);
}

/// One message on its way out.
class Protection {
 public:
  Protection(const UnprotectedEnvelope& envelope,
             const ProtectionPlan& plan,
             const ProtectionKeys& keys,
             WallTime now,
             crypto::Entropy& entropy,
             Workspace& workspace,
             Bytes& out)
      : envelope_(envelope),
        plan_(plan),
        keys_(keys),
        now_(now),
        entropy_(entropy),
        workspace_(workspace),
        writer_(out),
        message_keys_(plan, keys, entropy) {}

  Result<std::shared_ptr<ExchangeSecret>> run();

 private:
  Result<void> write_header();
  void write_time(TextWriter& writer);
  std::size_t confirmations() const;
  Result<void> write_confirmations();
  Result<void> write_user();
  Result<void> write_assertion();
  void write_reference_list();
  Result<void> hide_headers();
  Result<void> hide_pieces(TextWriter& writer);
  Result<void> write_signatures();
  Result<void> write_signature(SignatureWriter& signature);
  Result<void> write_endorsements(const SignatureWriter& signature);
  Result<void> write_endorsement(std::string_view id,
                                 std::string_view data_id,
                                 const Credential& by,
                                 const KeyReference& reference,
                                 const crypto::DigestValue& signed_signature);
  Result<void> write_body(TextWriter& writer);
  Result<void> encrypt(TextWriter& writer,
                       std::string_view id,
                       std::string_view type,
                       ByteView plain);
  Result<crypto::DigestValue> digest_of_body() const;
  Result<void> add_references(SignatureWriter& signature) const;
  void add_destination(SignatureWriter& signature) const;
  void note_token(std::string_view id, ByteView octets);
  Result<const SignatureRow*> algorithm_of(const Credential& by) const;
  KeyReference own_reference() const;
  KeyReference assertion_reference() const;

  bool is_over_tls() const { return plan_.binding == BootstrapBinding::transport; }

  bool is_asymmetric() const { return plan_.binding == BootstrapBinding::asymmetric; }

  bool encrypts() const { return plan_.encrypt && !is_over_tls(); }

  /// Something that the signature is over.
  bool hides() const { return encrypts() || plan_.hide_parts; }

  /// Over TLS a password needs no signature, and no answer has one.
  bool signs() const {
    return !is_over_tls() || keys_.own != nullptr || (keys_.context != nullptr && !keys_.is_answer);
  }

  bool signs_by_own_key() const {
    return keys_.own != nullptr && keys_.context == nullptr && (is_asymmetric() || is_over_tls());
  }

  bool endorses() const { return keys_.own != nullptr && !signs_by_own_key(); }

  bool encrypts_assertion() const { return plan_.encrypt_assertion && !is_over_tls(); }

  bool encrypts_anything() const { return soap::encrypts_anything(plan_, keys_); }

  /// The service's certificate is known to whoever asked it.
  bool carries_certificate() const { return keys_.own != nullptr && keys_.answering == nullptr; }

  bool encrypts_first() const {
    return hides() && plan_.order == engine::ProtectionOrder::encrypt_before_sign;
  }

  bool encrypts_signature() const {
    return hides() && plan_.encrypt_signature && !encrypts_first();
  }

  const UnprotectedEnvelope& envelope_;
  const ProtectionPlan& plan_;
  const ProtectionKeys& keys_;
  WallTime now_;
  crypto::Entropy& entropy_;
  Workspace& workspace_;
  TextWriter writer_;
  MessageKeys message_keys_;
  crypto::DigestValue own_thumbprint_;
  std::vector<SignedToken> signed_tokens_;  ///< the Timestamp first
  Bytes hidden_headers_;
  std::optional<crypto::DigestValue> assertion_digest_;
};

Result<std::shared_ptr<ExchangeSecret>> Protection::run() {
  Bytes& out = writer_.out();
  out.clear();
  out.reserve(envelope_.head.size() + envelope_.middle.size() + envelope_.tail.size() +
              envelope_.body.size() * 4 / 3 + kSecurityOctets);
  writer_.octets(envelope_.head);
  PARLEY_TRY(write_header());
  if (!encrypts_first()) {
    PARLEY_TRY(hide_headers());
  }
  writer_.octets(hidden_headers_);
  writer_.octets(envelope_.middle);
  if (encrypts_first()) {
    writer_.octets(workspace_.fragment);
  } else {
    PARLEY_TRY(write_body(writer_));
  }
  writer_.octets(envelope_.tail);
  return message_keys_.exchange();
}

Result<void> Protection::write_header() {
  writer_.text("<wsse:Security xmlns:wsse=\"").text(uri::kWsse).text("\" ");
  writer_.text(envelope_.soap_prefix).text(":mustUnderstand=\"1\">");
  Bytes last;
  TextWriter last_writer(last);
  write_time(plan_.timestamp_last ? last_writer : writer_);
  PARLEY_TRY(message_keys_.write(writer_));
  if (encrypts_first()) {
    // SC42: the receiver verifies over the ciphertext, so the Signature precedes the list.
    PARLEY_TRY(write_user());
    PARLEY_TRY(write_assertion());
    workspace_.fragment.clear();
    TextWriter fragment(workspace_.fragment);
    PARLEY_TRY(write_body(fragment));
    PARLEY_TRY(hide_headers());
    PARLEY_TRY(write_signatures());
    write_reference_list();
  } else {
    if (encrypts_anything()) {
      write_reference_list();
    }
    PARLEY_TRY(write_user());
    PARLEY_TRY(write_assertion());
    PARLEY_TRY(write_signatures());
  }
  writer_.octets(last);
  writer_.text("</wsse:Security>");
  return {};
}

void Protection::write_time(TextWriter& writer) {
  std::string id(ids::kTimestamp);
  if (is_over_tls()) {
    // Nothing else is signed, so nothing else makes two signatures of one moment differ; receivers
    // take equal ones for a replay (M84).
    std::array<Byte, 12> mark;
    entropy_.fill_public(mark);
    id += '-' + to_hex(mark);
  }
  const std::size_t begin = writer.position();
  write_timestamp(writer, id, now_, now_ + plan_.timestamp_lifetime);
  note_token(id, writer.since(begin));
}

void Protection::note_token(std::string_view id, ByteView octets) {
  signed_tokens_.push_back({std::string(id), crypto::digest(plan_.suite->digest, octets)});
}

void Protection::write_reference_list() {
  const auto write_data = [&](std::string_view id) {
    writer_.text("<xenc:DataReference URI=\"#").text(id).text("\"></xenc:DataReference>");
  };
  writer_.text("<xenc:ReferenceList xmlns:xenc=\"").text(uri::kXenc).text("\">");
  if (encrypts()) {
    write_data(ids::kBodyData);
  }
  for (std::size_t i = 0; i < envelope_.hidden_pieces.size(); ++i) {
    write_data(numbered(ids::kPieceData, i));
  }
  const auto headers = std::count_if(envelope_.headers.begin(), envelope_.headers.end(),
                                     [](const SignedPart& part) { return !part.hidden.empty(); });
  for (std::size_t i = 0; i < static_cast<std::size_t>(headers); ++i) {
    write_data(numbered(ids::kHeaderData, i));
  }
  if (keys_.user != nullptr) {
    write_data(ids::kUserData);
  }
  if (encrypts_assertion()) {
    write_data(ids::kAssertionData);
  }
  if (encrypts_signature()) {
    for (std::size_t i = 0; i < confirmations(); ++i) {
      write_data(numbered(ids::kConfirmationData, i));
    }
    write_data(ids::kSignatureData);
    if (endorses()) {
      write_data(ids::kEndorsementData);
    }
    if (keys_.holder != nullptr) {
      write_data(ids::kSubjectEndorsementData);
    }
  }
  writer_.text("</xenc:ReferenceList>");
}

/// M47: how many there are, one for each signature of the request, or one for none.
std::size_t Protection::confirmations() const {
  if (keys_.confirming == nullptr || !plan_.confirm_signatures || is_over_tls()) {
    return 0;
  }
  return std::max<std::size_t>(keys_.confirming->signature_values.size(), 1);
}

/// Hidden like the signature, which they tell as much as.
Result<void> Protection::write_confirmations() {
  for (std::size_t i = 0; i < confirmations(); ++i) {
    const std::string id = numbered(ids::kConfirmation, i);
    Bytes plain;
    TextWriter writer(plain);
    writer.text("<wsse11:SignatureConfirmation xmlns:wsse11=\"").text(uri::kWsse11);
    writer.text("\" xmlns:wsu=\"").text(uri::kWsu).text("\"");
    if (!keys_.confirming->signature_values.empty()) {
      writer.text(" Value=\"").base64(keys_.confirming->signature_values[i]).text("\"");
    }
    writer.text(" wsu:Id=\"").text(id).text("\"></wsse11:SignatureConfirmation>");
    note_token(id, plain);
    if (encrypts_signature()) {
      PARLEY_TRY(encrypt(writer_, numbered(ids::kConfirmationData, i), uri::kTypeElement, plain));
    } else {
      writer_.octets(plain);
    }
  }
  return {};
}

/// K67: signed and, without TLS, encrypted.
Result<void> Protection::write_user() {
  if (keys_.user == nullptr) {
    return {};
  }
  const UsernameTokenText token{*keys_.user, plan_.password, now_};
  if (is_over_tls()) {
    write_username_token(writer_, ids::kUser, token, entropy_);
    return {};
  }
  Bytes& plain = workspace_.fragment;
  plain.clear();
  TextWriter fragment(plain);
  write_username_token(fragment, ids::kUser, token, entropy_);
  const std::size_t begin = writer_.position();
  PARLEY_TRY(encrypt(writer_, ids::kUserData, uri::kTypeElement, plain));
  if (encrypts_first()) {
    note_token(ids::kUserData, writer_.since(begin));
  } else {
    signed_tokens_.push_back({std::string(ids::kUser), crypto::digest(plan_.suite->digest, plain)});
  }
  crypto::wipe(plain);
  return {};
}

/// As its issuer wrote it: his signature is over that. TLS signs for it where there is TLS.
Result<void> Protection::write_assertion() {
  if (keys_.assertion == nullptr) {
    return {};
  }
  const std::size_t begin = writer_.position();
  if (!encrypts_assertion()) {
    writer_.octets(keys_.assertion->octets);
  } else {
    PARLEY_TRY(encrypt(writer_, ids::kAssertionData, uri::kTypeElement, keys_.assertion->octets));
  }
  if (!plan_.sign_assertion || is_over_tls()) {
    return {};
  }
  if (encrypts_assertion() && encrypts_first()) {
    note_token(ids::kAssertionData, writer_.since(begin));
    return {};
  }
  KeyReference reference = assertion_reference();
  reference.id = ids::kAssertion;
  write_reference(writer_, reference);
  assertion_digest_ = crypto::digest(plan_.suite->digest, keys_.assertion->canonical);
  return {};
}

Result<void> Protection::write_signatures() {
  if (!signs()) {
    return {};
  }
  PARLEY_TRY(write_confirmations());
  if (carries_certificate()) {
    const std::size_t begin = writer_.position();
    write_binary_token(writer_, ids::kCertificate, keys_.own->certificate);
    if (plan_.sign_certificate) {
      note_token(ids::kCertificate, writer_.since(begin));
    }
  }
  const SignatureRow* algorithm = &mac_row(plan_.suite->signature_digest(plan_.sha256_mac));
  if (signs_by_own_key()) {
    PARLEY_ASSIGN_OR_RETURN(algorithm, algorithm_of(*keys_.own));
  }
  if (!encrypts_signature()) {
    SignatureWriter signature(writer_, ids::kSignature, *algorithm, plan_.suite->digest);
    PARLEY_TRY(write_signature(signature));
    return write_endorsements(signature);
  }
  // M67: the receiver finds the Signature where its EncryptedData stood.
  Bytes& plain = workspace_.fragment;
  plain.clear();
  TextWriter fragment(plain);
  SignatureWriter signature(fragment, ids::kSignature, *algorithm, plan_.suite->digest);
  PARLEY_TRY(write_signature(signature));
  PARLEY_TRY(encrypt(writer_, ids::kSignatureData, uri::kTypeElement, plain));
  return write_endorsements(signature);
}

Result<void> Protection::write_signature(SignatureWriter& signature) {
  PARLEY_TRY(add_references(signature));
  Bytes value;
  if (signs_by_own_key()) {
    own_thumbprint_ = keys_.own->certificate.thumbprint();
    PARLEY_ASSIGN_OR_RETURN(value, signature.sign(keys_.own->key, own_reference()));
  } else {
    const crypto::HmacKey key(plan_.suite->signature_digest(plan_.sha256_mac),
                              message_keys_.signature_secret());
    value = signature.sign(key, message_keys_.signature_reference());
  }
  if (message_keys_.exchange()) {
    message_keys_.exchange()->signature_values.push_back(std::move(value));
  }
  return {};
}

Result<void> Protection::add_references(SignatureWriter& signature) const {
  for (const SignedToken& token : signed_tokens_) {
    signature.add_reference(token.id, token.digest);
  }
  if (!is_over_tls()) {
    PARLEY_ASSIGN_OR_RETURN(const crypto::DigestValue body, digest_of_body());
    signature.add_reference(envelope_.body_id, body);
  }
  if (assertion_digest_) {
    signature.add_token_reference(ids::kAssertion, *assertion_digest_);
  }
  if (!is_over_tls()) {
    for (const SignedPart& part : envelope_.headers) {
      if (part.hidden.empty() || !encrypts_first()) {  // else it is signed as it is hidden
        signature.add_reference(part.id, crypto::digest(plan_.suite->digest, part.canonical));
      }
    }
  } else if (signs_by_own_key()) {
    add_destination(signature);  // SC44: a context signs the Timestamp only
  }
  return {};
}

void Protection::add_destination(SignatureWriter& signature) const {
  for (const SignedPart& part : envelope_.headers) {
    if (part.is_destination) {
      signature.add_reference(part.id, crypto::digest(plan_.suite->digest, part.canonical));
    }
  }
}

Result<void> Protection::write_endorsements(const SignatureWriter& signature) {
  if (!endorses() && keys_.holder == nullptr) {
    return {};
  }
  const crypto::DigestValue signed_signature = signature.digest_of_element();
  if (endorses()) {
    if (!carries_certificate()) {
      own_thumbprint_ = keys_.own->certificate.thumbprint();
    }
    PARLEY_TRY(write_endorsement(ids::kEndorsement, ids::kEndorsementData, *keys_.own,
                                 own_reference(), signed_signature));
  }
  return keys_.holder != nullptr
             ? write_endorsement(ids::kSubjectEndorsement, ids::kSubjectEndorsementData,
                                 *keys_.holder, assertion_reference(), signed_signature)
             : Result<void>();
}

/// Over the message's signature, or what that is over where TLS protects the rest.
Result<void> Protection::write_endorsement(std::string_view id,
                                           std::string_view data_id,
                                           const Credential& by,
                                           const KeyReference& reference,
                                           const crypto::DigestValue& signed_signature) {
  PARLEY_ASSIGN_OR_RETURN(const SignatureRow* const algorithm, algorithm_of(by));
  Bytes plain;  // the workspace may hold the Body
  TextWriter fragment(plain);
  SignatureWriter endorsement(encrypts_signature() ? fragment : writer_, id, *algorithm,
                              plan_.suite->digest);
  if (is_over_tls()) {
    endorsement.add_reference(signed_tokens_.front().id, signed_tokens_.front().digest);
    add_destination(endorsement);
  } else {
    endorsement.add_reference(ids::kSignature, signed_signature);
  }
  PARLEY_ASSIGN_OR_RETURN(Bytes value, endorsement.sign(by.key, reference));
  if (message_keys_.exchange()) {
    message_keys_.exchange()->signature_values.push_back(std::move(value));
  }
  return encrypts_signature() ? encrypt(writer_, data_id, uri::kTypeElement, plain)
                              : Result<void>();
}

Result<const SignatureRow*> Protection::algorithm_of(const Credential& by) const {
  const SignatureRow* algorithm =
      signature_row(by.key.type(), plan_.suite->signature_digest(plan_.sha256_mac));
  return algorithm != nullptr ? Result<const SignatureRow*>(algorithm)
                              : Error(ErrorCode::key_unusable, "the own key cannot sign");
}

KeyReference Protection::assertion_reference() const {
  return {.form = keys_.assertion->kind == engine::TokenKind::saml_1_1
                      ? KeyReference::Form::saml_1_1
                      : KeyReference::Form::saml_2_0,
          .target = keys_.assertion->id};
}

KeyReference Protection::own_reference() const {
  if (carries_certificate()) {
    return {.target = ids::kCertificate, .value_type = uri::kX509V3};
  }
  return {.form = KeyReference::Form::thumbprint, .octets = own_thumbprint_.view()};
}

/// The content of the Body as it goes: all of it encrypted, pieces of it, or nothing.
Result<void> Protection::write_body(TextWriter& writer) {
  if (encrypts()) {
    return encrypt(writer, ids::kBodyData, uri::kTypeContent, envelope_.body);
  }
  std::size_t written = 0;
  for (std::size_t i = 0; i < envelope_.hidden_pieces.size(); ++i) {
    const HiddenPiece& piece = envelope_.hidden_pieces[i];
    writer.octets(envelope_.body.subspan(written, piece.begin - written));
    PARLEY_TRY(encrypt(writer, numbered(ids::kPieceData, i),
                       piece.is_content ? uri::kTypeContent : uri::kTypeElement, piece.plain.view()));
    written = piece.end;
  }
  writer.octets(envelope_.body.subspan(written));
  return {};
}

/// M53: what the block says of its processing stands on the wrapper, too.
Result<void> Protection::hide_headers() {
  TextWriter writer(hidden_headers_);
  std::size_t number = 0;
  for (const SignedPart& part : envelope_.headers) {
    if (part.hidden.empty()) {
      continue;
    }
    const std::size_t begin = writer.position();
    writer.text("<wsse11:EncryptedHeader");
    if (part.must_understand) {
      writer.text(" xmlns:")
          .text(envelope_.soap_prefix)
          .text("=\"")
          .text(envelope_.soap_ns)
          .text("\"");
    }
    writer.text(" xmlns:wsse11=\"").text(uri::kWsse11).text("\" xmlns:wsu=\"").text(uri::kWsu);
    const std::string id = numbered(ids::kHiddenHeader, number);
    writer.text("\" wsu:Id=\"").text(id).text("\"");
    if (part.must_understand) {
      writer.text(" ").text(envelope_.soap_prefix).text(":mustUnderstand=\"1\"");
    }
    writer.text(">");
    PARLEY_TRY(
        encrypt(writer, numbered(ids::kHeaderData, number++), uri::kTypeElement, part.hidden));
    writer.text("</wsse11:EncryptedHeader>");
    if (encrypts_first()) {
      note_token(id, writer.since(begin));
    }
  }
  return {};
}

Result<void> Protection::encrypt(TextWriter& writer,
                                 std::string_view id,
                                 std::string_view type,
                                 ByteView plain) {
  workspace_.sealed.clear();
  PARLEY_TRY(workspace_.cipher.encrypt(plan_.suite->cipher, message_keys_.encryption_secret(),
                                       plain, entropy_, workspace_.sealed));
  write_encrypted_data(writer, id, type, row_of(plan_.suite->cipher).uri,
                       message_keys_.encryption_reference(), workspace_.sealed);
  return {};
}

/// As it stands in the message, where it is encrypted first.
Result<crypto::DigestValue> Protection::digest_of_body() const {
  const ByteView content =
      encrypts_first() ? ByteView(workspace_.fragment) : envelope_.body_canonical;
  if (encrypts_first() && !encrypts()) {
    PARLEY_ASSIGN_OR_RETURN(
        const auto form,
        canonical_element(envelope_.body_open, content, envelope_.body_close, *envelope_.limits));
    if (form) {
      return crypto::digest(plan_.suite->digest, *form);
    }
  }
  crypto::Digest running(plan_.suite->digest);
  running.update(envelope_.body_open);
  running.update(content);
  running.update(envelope_.body_close);
  return running.finish();
}

}  // namespace

Result<std::optional<Bytes>> canonical_element(ByteView open,
                                               ByteView content,
                                               ByteView close,
                                               const Limits& limits) {
  Bytes whole;
  whole.reserve(open.size() + content.size() + close.size());
  for (const ByteView part : {open, content, close}) {
    whole.insert(whole.end(), part.begin(), part.end());
  }
  auto document = xml::Document::parse(std::move(whole), limits);
  if (!document) {
    return Error(ErrorCode::body_invalid, "body");
  }
  if (xml::is_canonical(document->root())) {
    return std::optional<Bytes>();
  }
  Bytes form;
  PARLEY_TRY(xml::canonicalize(document->root(), {}, form));
  return std::optional(std::move(form));
}

bool encrypts_anything(const ProtectionPlan& plan, const ProtectionKeys& keys) {
  return plan.binding != BootstrapBinding::transport &&
         (plan.encrypt || plan.hide_parts || keys.user != nullptr || plan.encrypt_assertion);
}

bool is_consistent(const ProtectionPlan& plan, const ProtectionKeys& keys) {
  const bool is_answer = keys.answering != nullptr;
  const bool has_own = keys.own != nullptr;
  const bool has_recipient = keys.recipient != nullptr;
  const bool has_credential = has_own != (keys.user != nullptr);
  if (plan.suite == nullptr) {
    return false;
  }
  if (keys.context != nullptr) {
    const bool is_supported =
        has_own || keys.user != nullptr || keys.assertion != nullptr || keys.holder != nullptr;
    return plan.binding != BootstrapBinding::asymmetric && !is_answer && !has_recipient &&
           (!is_supported || keys.is_initiator) &&
           (keys.holder == nullptr || keys.assertion != nullptr);
  }
  if (keys.assertion != nullptr || keys.holder != nullptr) {
    return false;
  }
  switch (plan.binding) {
    case BootstrapBinding::symmetric:
      return is_answer ? !has_recipient && !has_own && !keys.answering->encrypted_sha1.empty()
                       : has_recipient && has_credential;
    case BootstrapBinding::asymmetric:
      return has_recipient && has_own && keys.user == nullptr;
    case BootstrapBinding::transport:
      return is_answer ? !has_recipient && !has_own : !has_recipient && has_credential;
  }
  return false;
}

Result<std::shared_ptr<ExchangeSecret>> protect_envelope(const UnprotectedEnvelope& envelope,
                                                         const ProtectionPlan& plan,
                                                         const ProtectionKeys& keys,
                                                         WallTime now,
                                                         crypto::Entropy& entropy,
                                                         Workspace& workspace,
                                                         Bytes& out) {
  if (!is_consistent(plan, keys)) {
    return Error(ErrorCode::invalid_argument, "protection plan");
  }
  return Protection(envelope, plan, keys, now, entropy, workspace, out).run();
}

}  // namespace parley::soap
