#include "tests/transcripts/replay.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <variant>

#include "bindings/soap/inspect.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/tokens/date_time.h"
#include "tests/vectors/json.h"

namespace parley::transcripts {
namespace {

using vectors::read_file;

constexpr const char* kUser = "alice";
constexpr const char* kPassword = "wonderland";

crypto::SecretBytes secret_file(const std::filesystem::path& path) {
  return crypto::SecretBytes::take(read_file(path));
}

/// Replays one transcript.
class Replay {
 public:
  Replay(const Transcript& transcript, const std::filesystem::path& keys)
      : transcript_(transcript), keys_(keys) {
    server_ = codec_of("server", keys);
    client_ = codec_of("client", keys);
  }

  ReplayResult run() {
    for (const Exchange& exchange : transcript_.exchanges) {
      const RecordedKeys ring(exchange);
      exchange_keys_ = nullptr;
      inspected_keys_ = nullptr;
      std::vector<OpenedRecord>& records = result_.exchanges.emplace_back();
      for (const Recorded& message : exchange.messages) {
        record_ = &records.emplace_back();
        record_->recorded = &message;
        inspect(exchange, message);
        open(ring, message);
      }
    }
    return std::move(result_);
  }

 private:
  void inspect(const Exchange& exchange, const Recorded& message);
  void check_coverage(const soap::InspectReport& report, const Recorded& message);
  void open(const RecordedKeys& ring, const Recorded& message);
  void check_proof(const engine::OpenedMessage& opened, const Recorded& message);
  std::shared_ptr<const engine::ExchangeKeys> as_sender(const engine::OpenedMessage& opened) const;

  bool is_message_protected() const {
    return transcript_.profile.protect == engine::Protection::sign ||
           transcript_.profile.protect == engine::Protection::sign_encrypt;
  }

  void fail(const Recorded& message, const std::string& why) {
    result_.failures.push_back(transcript_.cell + "/" + message.file + ": " + why);
  }

  const Transcript& transcript_;
  const std::filesystem::path& keys_;
  std::unique_ptr<soap::SoapCodec> server_;
  std::unique_ptr<soap::SoapCodec> client_;
  std::shared_ptr<const engine::ExchangeKeys> exchange_keys_;
  std::shared_ptr<const engine::ExchangeKeys> inspected_keys_;
  OpenedRecord* record_ = nullptr;  ///< of the message at hand
  ReplayResult result_;
};

void Replay::inspect(const Exchange& exchange, const Recorded& message) {
  soap::InspectSettings settings;
  soap::InspectKeys keys = inspect_keys_of(exchange, keys_);
  keys.answers = inspected_keys_;
  settings.check_times = false;
  // When it was sent is in it; certificates have to be valid then.
  const auto created = soap::parse_date_time(
      soap::inspect(message.envelope, message.content_type, {}, settings).timestamp_created);
  settings.check_times = created.has_value();
  settings.now = record_->sent = created ? *created : WallTime{};
  const soap::InspectReport& report = record_->report =
      soap::inspect(message.envelope, message.content_type, keys, settings);
  ++result_.inspected;
  if (!report.is_clean()) {
    fail(message, report.problems.front());
    return;
  }
  if (report.addressing.action != message.action) {
    fail(message, "another action");
  }
  check_coverage(report, message);
  inspected_keys_ = message.is_outgoing ? report.exchange_keys : nullptr;
}

/// What these stacks sign is what we ask for.
void Replay::check_coverage(const soap::InspectReport& report, const Recorded& message) {
  for (const soap::InspectedPart& part : report.parts) {
    const bool is_body = part.name == "Body";
    const bool is_timestamp = part.name == "Timestamp";
    const bool has_to_be_signed =
        is_message_protected() && (!part.is_security_child || is_timestamp);
    if (has_to_be_signed && !part.is_signed) {
      fail(message, "not signed: " + part.name);
    }
    if (is_body && part.was_encrypted != message.is_encrypted) {
      fail(message, "the Body is encrypted and should not be, or the other way round");
    }
  }
}

void Replay::open(const RecordedKeys& ring, const Recorded& message) {
  soap::SoapCodec& receiver = message.is_outgoing ? *server_ : *client_;
  const bool is_other_soap = record_->report.soap != transcript_.profile.soap;
  auto sealed = receiver.parse(Bytes(message.envelope), message.content_type, transcript_.profile);
  if (is_other_soap) {
    // One stack answers in SOAP 1.1 where 1.2 is spoken: that is refused.
    const bool is_refused = !sealed && sealed.error().code() == ErrorCode::version_mismatch;
    if (!is_refused) {
      fail(message, "another SOAP version was not refused");
    }
    return;
  }
  if (!sealed) {
    fail(message, "parse: " + sealed.error().message());
    return;
  }
  const auto answers = message.is_outgoing ? nullptr : exchange_keys_;
  const engine::Channel channel{engine::needs_confidential_channel(transcript_.profile), {}};
  auto opened =
      receiver.open(std::move(*sealed), transcript_.profile, ring, answers, channel, record_->sent);
  if (!opened) {
    fail(message, "open: " + opened.error().message());
    return;
  }
  ++result_.opened;
  if (opened->message.addressing.action != message.action) {
    fail(message, "another action after opening");
  }
  check_proof(*opened, message);
  exchange_keys_ = message.is_outgoing ? as_sender(*opened) : nullptr;
  record_->sender_keys = exchange_keys_;
  record_->opened = std::move(*opened);
}

void Replay::check_proof(const engine::OpenedMessage& opened, const Recorded& message) {
  const bool is_proven = !std::holds_alternative<engine::NoProof>(opened.proof);
  if (is_proven != transcript_.profile.sc.has_value()) {
    fail(message, "proof where none is, or the other way round");
  }
  const bool is_bootstrap = message.action.find("/trust/RST") != std::string::npos ||
                            message.action.find("/ws-trust/") != std::string::npos;
  if (is_proven && std::holds_alternative<engine::TokenProof>(opened.proof) != is_bootstrap) {
    fail(message, "proven by another kind of key");
  }
}

/// What the sender of a request kept, from what its receiver found in it.
std::shared_ptr<const engine::ExchangeKeys> Replay::as_sender(
    const engine::OpenedMessage& opened) const {
  auto kept = std::make_shared<soap::ExchangeSecret>();
  kept->message_id = opened.message.addressing.message_id;
  if (const auto* context = std::get_if<engine::ContextProof>(&opened.proof)) {
    if (transcript_.profile.protect != engine::Protection::transport) {
      return nullptr;
    }
    kept->binding = engine::BootstrapBinding::transport;
    kept->context = context->name;
    return kept;
  }
  const auto found = std::dynamic_pointer_cast<const soap::ExchangeSecret>(opened.exchange_keys);
  if (found == nullptr) {
    return nullptr;
  }
  kept->binding = found->binding;
  kept->secret = found->secret.clone();
  kept->encrypted_sha1 = found->encrypted_sha1;
  kept->recipient_principal = crypto::Certificate::all_from_pem(read_file(keys_ / "server.pem"))
                                  .value()
                                  .front()
                                  .principal();
  return kept;
}

}  // namespace

std::unique_ptr<soap::SoapCodec> codec_of(const std::string& side,
                                          const std::filesystem::path& keys) {
  const std::string peer = side == "server" ? "client" : "server";
  soap::Credentials credentials;
  credentials.own_certificates_pem = read_file(keys / (side + ".pem"));
  credentials.own_key_pem = secret_file(keys / (side + ".key"));
  credentials.peer_certificate_pem = read_file(keys / (peer + ".pem"));
  credentials.anchors_pem = read_file(keys / "ca.pem");
  credentials.user = soap::UserCredential{kUser, crypto::SecretBytes::copy_of(as_bytes(kPassword))};
  credentials.users.password = [](std::string_view name) {
    return name == kUser ? std::optional(crypto::SecretBytes::copy_of(as_bytes(kPassword)))
                         : std::nullopt;
  };
  soap::CodecSettings settings;
  settings.allow_rsa_1_5 = true;
  return soap::SoapCodec::make(credentials, settings).value();
}

soap::InspectKeys inspect_keys_of(const Exchange& exchange, const std::filesystem::path& keys) {
  soap::InspectKeys known;
  for (const RecordedContext& context : exchange.contexts) {
    known.contexts.push_back({context.identifier, "", context.secret.clone()});
  }
  for (const char* const name : {"server", "client"}) {
    known.key_pairs.push_back({read_file(keys / (std::string(name) + ".pem")),
                               secret_file(keys / (std::string(name) + ".key"))});
  }
  known.anchors_pem = read_file(keys / "ca.pem");
  known.users.push_back({kUser, crypto::SecretBytes::copy_of(as_bytes(kPassword))});
  return known;
}

ReplayResult replay(const Transcript& transcript, const std::filesystem::path& keys) {
  return Replay(transcript, keys).run();
}

}  // namespace parley::transcripts
