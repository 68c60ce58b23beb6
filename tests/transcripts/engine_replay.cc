#include "tests/transcripts/engine_replay.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <sstream>
#include <utility>
#include <variant>

#include "engine/route.h"
#include "tests/hostile/engine_side.h"
#include "tests/transcripts/message_kind.h"
#include "tests/transcripts/recorded_codec.h"
#include "tests/vectors/json.h"

namespace parley::transcripts {
namespace {

using vectors::BadVector;

constexpr const char* kPath = "/service";
constexpr const char* kReplies = "http://localhost:9705/replies";
/// Between two messages, where they do not say when they were sent.
constexpr Duration kPause{5};

/// An application's message among the recorded ones; null = it is none.
const engine::ApplicationBody* application_body(const OpenedRecord& record) {
  if (!record.opened || !record.recorded->action.starts_with("urn:")) {
    return nullptr;
  }
  return std::get_if<engine::ApplicationBody>(&record.opened->message.body);
}

bool expects_reply(const Recorded& request) {
  return !request.action.ends_with("/Note");
}

/// The parts that both replays have in common.
class EngineReplay {
 public:
  EngineReplay(const Transcript& transcript,
               const Exchange& exchange,
               const std::vector<OpenedRecord>& records,
               const std::filesystem::path& keys,
               const std::string& side,
               const engine::Profile& profile,
               EngineReplayResult& result)
      : transcript_(transcript),
        exchange_(exchange),
        records_(records),
        keys_(keys),
        codec_(codec_of(side, keys), exchange),
        side_(codec_,
              profile,
              side == "server" ? kPath : "/none",
              profile.reply == engine::ReplyMode::addressable ? kReplies : ""),
        name_(transcript.cell + "/" + exchange.mode + ", as " + side),
        result_(result) {}

 protected:
  void fail(const std::string& why) { result_.failures.push_back(name_ + ": " + why); }

  engine::Channel channel() const {
    return {engine::needs_confidential_channel(transcript_.profile), {}};
  }

  void pass_time_to(const OpenedRecord& record) {
    const WallTime then = now_.wall + kPause;
    const WallTime next = std::max(then, record.sent);
    now_ = {next, now_.mono + (next - now_.wall)};
  }

  /// What the engine wrote, as an independent receiver reads it.
  soap::InspectReport inspected(const Bytes& wire,
                                const std::string& content_type,
                                const std::shared_ptr<const engine::ExchangeKeys>& answers) {
    soap::InspectKeys keys = inspect_keys_of(exchange_, keys_);
    const RecordedCodec::Written& written = codec_.written(wire);
    if (written.secret) {
      keys.contexts.clear();  // under that very name the recorded secret is another
      keys.contexts.push_back({written.context, "", written.secret->clone()});
    }
    keys.answers = answers;
    soap::InspectSettings settings;
    settings.now = now_.wall;
    return soap::inspect(wire, content_type, keys, settings);
  }

  /// `wire` has to be what `recorded` is, but for the names.
  soap::InspectReport compare(const OpenedRecord& recorded,
                              const Bytes& wire,
                              const std::string& content_type,
                              const std::shared_ptr<const engine::ExchangeKeys>& answers) {
    soap::InspectReport report = inspected(wire, content_type, answers);
    ++result_.compared;
    if (!report.is_clean()) {
      fail(recorded.recorded->file + ": " + report.problems.front());
      return report;
    }
    const auto ours = [this](const std::string& name) { return codec_.ours(name); };
    const auto as_it_is = [](const std::string& name) { return name; };
    const std::string other = difference(kind_of(recorded.report, ours), kind_of(report, as_it_is));
    if (!other.empty()) {
      fail(recorded.recorded->file + ": written " + other);
    }
    for (const engine::AcknowledgementHeader& header : report.rm.acknowledgements) {
      if (header.ranges != std::vector<engine::NumberRange>{{1, numbered_}}) {
        fail(recorded.recorded->file + ": acknowledges other numbers than came");
      }
    }
    return report;
  }

  const Transcript& transcript_;
  const Exchange& exchange_;
  const std::vector<OpenedRecord>& records_;
  const std::filesystem::path& keys_;
  RecordedCodec codec_;
  vectors::EngineSide side_;
  Now now_{WallTime{1'780'000'000'000}, MonoTime{1000}};
  std::uint64_t numbered_ = 0;  ///< messages of a sequence that the engine was given

 private:
  std::string name_;
  EngineReplayResult& result_;
};

// --- the service
// ----------------------------------------------------------------------------------

class ServiceReplay : EngineReplay {
 public:
  using EngineReplay::EngineReplay;

  void run();

 private:
  void take(std::size_t at);
  std::vector<const OpenedRecord*> answers_to(std::size_t at) const;
  void on_effect(engine::Effect& effect);
  void learn_names(const OpenedRecord& answer, const Bytes& wire);
  void check_end();

  /// What the engine sent back, on the exchange or by itself.
  struct Sent {
    Bytes bytes;
    std::string content_type;
  };

  std::vector<Sent> sent_;
  std::vector<std::pair<std::string, Bytes>> delivered_;  ///< action and body
  const OpenedRecord* reply_ = nullptr;                   ///< what the application is to answer
  std::uint64_t last_exchange_ = 0;
};

void ServiceReplay::on_effect(engine::Effect& effect) {
  if (auto* const answer = std::get_if<engine::Answer>(&effect)) {
    if (!answer->bytes.empty()) {
      sent_.push_back({std::move(answer->bytes), answer->content_type});
    }
  } else if (auto* const transmit = std::get_if<engine::Transmit>(&effect)) {
    side_.engine().receive(engine::IncomingResponse{transmit->request, channel(), {}, {}}, now_);
    sent_.push_back({std::move(transmit->bytes), transmit->content_type});
  } else if (std::holds_alternative<engine::Report>(effect)) {
    fail("a report, where all went well");
  } else if (auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
    const engine::Delivery& delivery = deliver->delivery;
    delivered_.emplace_back(delivery.action, delivery.body);
    if (!delivery.expects_reply) {
      (void)side_.engine().consumed(delivery.name, {}, now_);
    } else if (reply_ == nullptr || application_body(*reply_) == nullptr) {
      fail("a reply is expected where none was recorded");
    } else {
      const engine::Reply reply{reply_->recorded->action, application_body(*reply_)->xml, {}};
      (void)side_.engine().reply(delivery.name, reply, {}, now_);
    }
  }
}

/// What was recorded before the next request. To an address CXF sends late what belongs to an
/// earlier conversation: nothing but a sequence comes of a CreateSequence.
std::vector<const OpenedRecord*> ServiceReplay::answers_to(std::size_t at) const {
  const bool is_creation = records_[at].recorded->action.ends_with("/CreateSequence");
  std::vector<const OpenedRecord*> answers;
  for (std::size_t i = at + 1; i < records_.size() && !records_[i].recorded->is_outgoing; ++i) {
    if (!is_creation || records_[i].recorded->action.ends_with("/CreateSequenceResponse")) {
      answers.push_back(&records_[i]);
    }
  }
  return answers;
}

void ServiceReplay::learn_names(const OpenedRecord& answer, const Bytes& wire) {
  if (!answer.opened) {
    return;
  }
  const RecordedCodec::Written& written = codec_.written(wire);
  const engine::Body& body = answer.opened->message.body;
  if (const auto* const response = std::get_if<contexts::TokenResponse>(&body)) {
    codec_.rename(response->token->identifier, written.token);
  } else if (const auto* const created = std::get_if<engine::CreateSequenceResponse>(&body)) {
    codec_.rename(created->identifier, written.sequence);
  }
}

void ServiceReplay::take(std::size_t at) {
  const OpenedRecord& request = records_[at];
  const std::vector<const OpenedRecord*> answers = answers_to(at);
  reply_ = answers.empty() ? nullptr : answers.front();
  sent_.clear();
  numbered_ += request.report.rm.sequence ? 1 : 0;
  pass_time_to(request);
  side_.engine().receive(
      engine::IncomingRequest{engine::ExchangeId{++last_exchange_}, kPath, channel(),
                              request.recorded->content_type, request.recorded->envelope},
      now_);
  side_.settle(now_, [this](engine::Effect& effect) { on_effect(effect); });
  if (sent_.size() != answers.size()) {
    fail(request.recorded->file + ": " + std::to_string(sent_.size()) + " answers instead of " +
         std::to_string(answers.size()));
    return;
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    learn_names(*answers[i], sent_[i].bytes);
    compare(*answers[i], sent_[i].bytes, sent_[i].content_type, request.report.exchange_keys);
  }
}

void ServiceReplay::check_end() {
  std::vector<std::pair<std::string, Bytes>> recorded;
  const OpenedRecord* last = nullptr;
  for (const OpenedRecord& record : records_) {
    if (!record.recorded->is_outgoing) {
      continue;
    }
    last = &record;
    if (const auto* const body = application_body(record)) {
      recorded.emplace_back(record.recorded->action, body->xml);
    }
  }
  if (delivered_ != recorded) {
    fail("delivered " + std::to_string(delivered_.size()) + " instead of " +
         std::to_string(recorded.size()) + ", or others, or in another order");
  }
  if (!transcript_.profile.rm) {
    return;
  }
  // CXF leaves a sequence of 1.1 closed.
  const bool is_terminated = last->recorded->action.ends_with("/TerminateSequence");
  const auto wanted =
      is_terminated ? sequences::DestinationPhase::terminated : sequences::DestinationPhase::closed;
  bool is_found = false;
  for (const store::Fact& fact : side_.engine().snapshot()) {
    if (const auto* const one = std::get_if<store::DestinationFact>(&fact); one && one->value) {
      is_found = true;
      if (one->value->phase != wanted) {
        fail("the sequence is in another phase at the end");
      }
    }
  }
  if (!is_found) {
    fail("there is no sequence at the end");
  }
}

void ServiceReplay::run() {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (records_[i].recorded->is_outgoing) {
      take(i);
    }
  }
  check_end();
}

// --- the client
// -----------------------------------------------------------------------------------

class ClientReplay : EngineReplay {
 public:
  using EngineReplay::EngineReplay;

  void run();

 private:
  void send_next();
  void settle();
  void take(const engine::Transmit& transmit);
  void learn_names(const OpenedRecord& request,
                   const engine::Transmit& transmit,
                   const soap::InspectReport& ours);
  void bring(const engine::Transmit& transmit, std::size_t after);
  void check_end();

  std::deque<engine::Transmit> transmits_;
  engine::ConversationId conversation_;
  std::size_t next_ = 0;  ///< of the records
  std::vector<engine::Delivery> delivered_;
  std::vector<store::ReportKind> reports_;
  bool is_ending_ = false;
  std::size_t to_send_ = 0;  ///< of the records
  std::uint64_t last_ticket_ = 0;
  std::uint64_t last_exchange_ = 0;
  std::string reply_path_;
};

/// As the recorded caller did: each message when the one before has had its answers.
void ClientReplay::send_next() {
  const auto is_to_be_sent = [](const OpenedRecord& record) {
    return record.recorded->is_outgoing && application_body(record) != nullptr;
  };
  while (to_send_ < records_.size() && !is_to_be_sent(records_[to_send_])) {
    ++to_send_;
  }
  if (to_send_ == records_.size()) {
    (void)side_.engine().close(conversation_, now_);
    return;
  }
  const OpenedRecord& record = records_[to_send_++];
  const auto sent =
      side_.engine().send(conversation_,
                          {engine::Ticket{++last_ticket_}, record.recorded->action,
                           application_body(record)->xml, expects_reply(*record.recorded)},
                          now_);
  if (!sent) {
    throw BadVector("an engine does not send: " + sent.error().message());
  }
}

void ClientReplay::settle() {
  side_.settle(now_, [this](engine::Effect& effect) {
    if (auto* const transmit = std::get_if<engine::Transmit>(&effect)) {
      transmits_.push_back(std::move(*transmit));
    } else if (auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
      (void)side_.engine().consumed(deliver->delivery.name, {}, now_);
      delivered_.push_back(std::move(deliver->delivery));
    } else if (const auto* const report = std::get_if<engine::Report>(&effect)) {
      reports_.push_back(report->value.kind);
    }
  });
}

void ClientReplay::learn_names(const OpenedRecord& request,
                               const engine::Transmit& transmit,
                               const soap::InspectReport& ours) {
  const engine::Message& recorded = request.opened->message;
  const RecordedCodec::Written& written = codec_.written(transmit.bytes);
  codec_.rename(recorded.addressing.message_id, ours.addressing.message_id);
  if (ours.addressing.reply_to) {
    reply_path_ = engine::path_of(ours.addressing.reply_to->address);
  }
  if (const auto* const create = std::get_if<engine::CreateSequence>(&recorded.body)) {
    codec_.rename(create->offer->identifier, written.sequence);
  } else if (const auto* const token = std::get_if<contexts::TokenRequest>(&recorded.body)) {
    codec_.rename(token->context, written.token_context);
  }
}

/// What was recorded after this request, up to the next one.
void ClientReplay::bring(const engine::Transmit& transmit, std::size_t after) {
  const bool is_addressed = transcript_.profile.reply == engine::ReplyMode::addressable;
  bool is_answered = false;
  for (std::size_t i = after + 1; i < records_.size() && !records_[i].recorded->is_outgoing; ++i) {
    const Recorded& answer = *records_[i].recorded;
    numbered_ += records_[i].opened && records_[i].report.rm.sequence ? 1 : 0;
    pass_time_to(records_[i]);
    if (is_addressed) {
      side_.engine().receive(
          engine::IncomingRequest{engine::ExchangeId{++last_exchange_}, reply_path_, channel(),
                                  answer.content_type, answer.envelope},
          now_);
      continue;
    }
    is_answered = true;
    side_.engine().receive(
        engine::IncomingResponse{transmit.request, channel(), answer.content_type, answer.envelope},
        now_);
  }
  if (!is_answered) {
    side_.engine().receive(engine::IncomingResponse{transmit.request, channel(), {}, {}}, now_);
  }
}

void ClientReplay::take(const engine::Transmit& transmit) {
  while (next_ < records_.size() && !records_[next_].recorded->is_outgoing) {
    ++next_;
  }
  if (next_ == records_.size()) {
    // The recording is over before the sequence and the context are ended.
    const std::string action =
        inspected(transmit.bytes, transmit.content_type, nullptr).addressing.action;
    is_ending_ = action.ends_with("/TerminateSequence") || action.ends_with("/SCT/Cancel");
    if (!is_ending_) {
      fail("sends what was not recorded: " + action);
    }
    return;
  }
  const OpenedRecord& recorded = records_[next_];
  pass_time_to(recorded);
  std::string content_type = transmit.content_type;
  if (!transmit.soap_action.empty()) {
    content_type += "; action=\"" + transmit.soap_action + "\"";
  }
  learn_names(recorded, transmit, inspected(transmit.bytes, content_type, nullptr));
  compare(recorded, transmit.bytes, content_type, nullptr);
  codec_.open_answers_with(recorded.sender_keys);
  bring(transmit, next_);
  if (application_body(recorded) != nullptr) {
    settle();
    send_next();
  }
  ++next_;
}

void ClientReplay::check_end() {
  for (; next_ < records_.size(); ++next_) {
    if (records_[next_].recorded->is_outgoing) {
      fail(records_[next_].recorded->file + ": nothing like it was sent");
    }
  }
  // What the conversation came to: a Terminate or Cancel that was not recorded may still be open.
  const bool has_ended = std::find(reports_.begin(), reports_.end(),
                                   store::ReportKind::conversation_ended) != reports_.end();
  if (reports_.size() != (has_ended ? 1 : 0)) {
    fail("a report, where all went well");
  }
  if (has_ended == is_ending_) {
    fail("the conversation does not come to its end");
  }
  for (std::uint64_t ticket = 1; ticket <= last_ticket_ && !has_ended; ++ticket) {
    if (side_.engine().ticket_status(conversation_, engine::Ticket{ticket}) !=
        engine::TicketStatus::settled) {
      fail("message " + std::to_string(ticket) + " is not settled");
    }
  }
  std::vector<std::pair<std::string, Bytes>> recorded;
  for (const OpenedRecord& record : records_) {
    if (const auto* const body = application_body(record); body && !record.recorded->is_outgoing) {
      recorded.emplace_back(record.recorded->action, body->xml);
    }
  }
  std::vector<std::pair<std::string, Bytes>> delivered;
  for (const engine::Delivery& delivery : delivered_) {
    delivered.emplace_back(delivery.action, delivery.body);
  }
  if (delivered != recorded) {
    fail("delivered " + std::to_string(delivered.size()) + " replies instead of " +
         std::to_string(recorded.size()) + ", or others, or in another order");
  }
}

void ClientReplay::run() {
  pass_time_to(records_.front());
  const auto conversation =
      side_.engine().open(records_.front().report.addressing.to, transcript_.profile.name, now_);
  if (!conversation) {
    throw BadVector("an engine does not open: " + conversation.error().message());
  }
  conversation_ = *conversation;
  send_next();
  for (settle(); !transmits_.empty(); settle()) {
    const engine::Transmit transmit = std::move(transmits_.front());
    transmits_.pop_front();
    take(transmit);
  }
  check_end();
}

}  // namespace

EngineReplayResult replay_into_engines(const Transcript& transcript,
                                       const ReplayResult& opened,
                                       const std::filesystem::path& keys) {
  EngineReplayResult result;
  const engine::Profile& profile = transcript.profile;
  for (std::size_t i = 0; i < transcript.exchanges.size(); ++i) {
    const Exchange& exchange = transcript.exchanges[i];
    ServiceReplay(transcript, exchange, opened.exchanges[i], keys, "server", profile, result).run();
    ClientReplay(transcript, exchange, opened.exchanges[i], keys, "client", profile, result).run();
  }
  return result;
}

}  // namespace parley::transcripts
