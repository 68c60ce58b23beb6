#include "tests/hostile/rm_pair.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "bindings/soap/inspect.h"

namespace parley::vectors {
namespace {

constexpr const char* kPath = "/service";
constexpr const char* kAddress = "http://localhost:8080/echo";
constexpr int kRoundsMax = 10'000;

Bytes element(std::string_view name) {
  return to_bytes("<e:" + std::string(name) +
                  " xmlns:e=\"urn:example:echo\"></e:" + std::string(name) + ">");
}

}  // namespace

RmPair::RmPair(engine::Codec& codec, const engine::Profile& profile)
    : now_{{std::chrono::duration_cast<Duration>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()},
           {1}},
      service_(codec, profile, kPath),
      client_(codec, profile, "/none") {
  const auto conversation = client_.engine().open(kAddress, profile.name, now_);
  if (!conversation) {
    throw BadVector("a client does not open: " + conversation.error().message());
  }
  conversation_ = *conversation;
}

void RmPair::on_client_effect(engine::Effect& effect) {
  if (auto* const transmit = std::get_if<engine::Transmit>(&effect)) {
    outgoing_.push_back(std::move(*transmit));
  } else if (const auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
    ++replies_;
    (void)client_.engine().consumed(deliver->delivery.name, {}, now_);
  }
}

void RmPair::on_service_effect(engine::Effect& effect) {
  if (auto* const answer = std::get_if<engine::Answer>(&effect)) {
    if (reaction_ && answer->exchange.value == tested_exchange_) {
      reaction_->answer = std::move(*answer);
    } else {
      answers_.push_back(std::move(*answer));
    }
  } else if (auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
    if (reaction_) {
      reaction_->deliveries.push_back(std::move(deliver->delivery));
    } else if (deliver->delivery.expects_reply) {
      engine::Reply reply;
      reply.action = "urn:example:echo:response";
      reply.body = element("answer");
      (void)service_.engine().reply(deliver->delivery.name, std::move(reply), {}, now_);
    } else {
      (void)service_.engine().consumed(deliver->delivery.name, {}, now_);
    }
  } else if (const auto* const event = std::get_if<engine::Event>(&effect); event && reaction_) {
    if (event->kind == engine::EventKind::message_accepted) {
      reaction_->accepted_number = event->number;
    }
  } else if (std::holds_alternative<engine::Transmit>(effect) && reaction_) {
    reaction_->transmitted = true;
  }
}

/// Carries what is under way; false when there was nothing to do.
bool RmPair::pump() {
  bool did = client_.settle(now_, [this](engine::Effect& effect) { on_client_effect(effect); });
  for (engine::Transmit& transmit : std::exchange(outgoing_, {})) {
    did = true;
    const bool is_numbered = soap::inspect(transmit.bytes, "", {}, {}).rm.sequence.has_value();
    if (only_creates_ && is_numbered) {
      continue;
    }
    const engine::ExchangeId exchange{++last_exchange_};
    waiting_.emplace(exchange.value, transmit.request);
    service_.engine().receive(
        engine::IncomingRequest{exchange, kPath, {}, transmit.content_type, transmit.bytes}, now_);
  }
  did |= service_.settle(now_, [this](engine::Effect& effect) { on_service_effect(effect); });
  for (engine::Answer& answer : std::exchange(answers_, {})) {
    did = true;
    const auto request = waiting_.extract(answer.exchange.value);
    if (!request.empty()) {
      client_.engine().receive(
          engine::IncomingResponse{request.mapped(), {}, answer.content_type, answer.bytes}, now_);
    }
  }
  return did;
}

void RmPair::converse(std::uint64_t requests) {
  only_creates_ = requests == 0;
  for (std::uint64_t i = 1; i <= std::max<std::uint64_t>(requests, 1); ++i) {
    engine::Outgoing message;
    message.ticket = engine::Ticket{i};
    message.action = "urn:example:echo:request";
    message.body = element("question");
    message.expects_reply = true;
    if (const auto sent = client_.engine().send(conversation_, std::move(message), now_); !sent) {
      throw BadVector("a client does not send: " + sent.error().message());
    }
  }
  for (int round = 0; round < kRoundsMax; ++round) {
    if (!inbound().empty() && replies_ >= requests) {
      return;
    }
    if (!pump()) {
      const MonoTime next = std::min(client_.engine().deadline(), service_.engine().deadline());
      if (next == kNever) {
        break;
      }
      const Duration wait = std::max(next - now_.mono, Duration(1));
      now_ = {now_.wall + wait, now_.mono + wait};
      client_.engine().advance(now_);
      service_.engine().advance(now_);
    }
  }
  throw BadVector("the state before the message does not come about");
}

std::vector<std::string> RmPair::destinations() const {
  std::vector<std::string> identifiers;
  for (const store::Fact& fact : service_.engine().snapshot()) {
    const auto* const one = std::get_if<store::DestinationFact>(&fact);
    if (one != nullptr && one->value) {
      identifiers.push_back(one->sequence);
    }
  }
  return identifiers;
}

std::string RmPair::inbound() const {
  const std::vector<std::string> identifiers = destinations();
  return identifiers.empty() ? "" : identifiers.front();
}

std::string RmPair::outbound() const {
  for (const store::Fact& fact : service_.engine().snapshot()) {
    const auto* const one = std::get_if<store::SourceFact>(&fact);
    if (one != nullptr && one->value) {
      return one->value->identifier;
    }
  }
  return "";
}

RmPair::Reaction RmPair::receive(Bytes message, const std::string& content_type) {
  const std::size_t before = destinations().size();
  tested_exchange_ = ++last_exchange_;
  reaction_ = Reaction();
  service_.engine().receive(
      engine::IncomingRequest{
          engine::ExchangeId{tested_exchange_}, kPath, {}, content_type, std::move(message)},
      now_);
  service_.settle(now_, [this](engine::Effect& effect) { on_service_effect(effect); });
  reaction_->began_sequence = destinations().size() > before;
  return *std::exchange(reaction_, std::nullopt);
}

}  // namespace parley::vectors
