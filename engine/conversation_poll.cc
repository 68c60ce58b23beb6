#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/wire_names.h"

// Messages for who cannot be reached: their client asks for them again and again, and each answer
// brings one at most (make-connection.md). The sequences make it reliable (MC-009).

namespace parley::engine {

using sequences::RmSource;
using sequences::SourcePhase;

// The polling client.

/// MC-044: as long as something is to come.
bool Conversation::wants_poll() const {
  if (!is_initiator() || !is_polling()) {
    return false;
  }
  return has_outgoing() ||
         std::any_of(state_.sources().begin(), state_.sources().end(),
                     [](const auto& one) { return one.second.phase() != SourcePhase::created; });
}

void Conversation::settle_polling(Means& m) {
  if (!wants_poll() || m.now.mono < poll_due_ || has_request(RequestKind::poll) ||
      requests_.size() >= parts_.settings.exchanges_out_max) {
    return;
  }
  start_request({.kind = RequestKind::poll, .message_id = m.fresh_name()}, m);
}

/// MC-045: what we send may soon have an answer.
void Conversation::note_traffic(Means& m) {
  poll_pause_ = ms(parts_.settings.poll_ms);
  poll_due_ = std::min(poll_due_, m.now.mono + poll_pause_);
}

void Conversation::note_polled(bool has_message, std::optional<bool> pending, Means& m) {
  const Duration first = ms(parts_.settings.poll_ms);
  if (has_message && pending.value_or(false)) {
    poll_due_ = m.now.mono;
    return;
  }
  poll_pause_ = has_message ? first
                            : std::clamp(poll_pause_ * 2, first,
                                         std::max(first, ms(parts_.settings.poll_ms_max)));
  poll_due_ = m.now.mono + poll_pause_;
}

// The polled service.

/// The replies that are due at this address, the lowest number of each sequence first (MC-043).
std::vector<Position> Conversation::waiting_at(const EndpointReference& address, Means& m) const {
  std::vector<Position> waiting;
  for (const auto& [slot, source] : state_.sources()) {
    if (is_timed(source)) {
      continue;
    }
    auto numbers = source.due(m.now).retransmit;
    std::sort(numbers.begin(), numbers.end());
    for (const std::uint64_t number : numbers) {
      const Position position = state_.position_of_number(slot, number);
      if (position.value != 0 && state_.outbox().at(position).to == address) {
        waiting.push_back(position);
      }
    }
  }
  for (const auto& [position, until] : awaited_) {
    if (state_.outbox().at(position).to == address) {
      waiting.push_back(position);
    }
  }
  return waiting;
}

bool Conversation::owes_acknowledgement(const EndpointReference& address) const {
  return std::any_of(owed_.begin(), owed_.end(), [&](const std::string& sequence) {
    const auto* destination = state_.find_destination(sequence);
    return destination != nullptr && destination->acks_to() == address.address;
  });
}

std::optional<Fault> Conversation::refusal_of(const MakeConnection& poll, const Profile& profile) {
  if (!admits(profile, Route::polled)) {
    return Fault{.code = ErrorCode::action_not_supported};
  }
  if (!poll.unsupported.empty()) {  // MC-011
    return Fault{
        .code = ErrorCode::selection_unsupported, .sender = false, .detail = poll.unsupported};
  }
  if (poll.address.empty()) {
    return Fault{.code = ErrorCode::selection_missing, .sender = false};
  }
  return std::nullopt;
}

// What no timer sends has none that ends it either.
void Conversation::expire_polled(Means& m) {
  std::vector<std::pair<std::uint64_t, sequences::SourceEvent>> ended;
  for (const auto& [slot, source] : state_.sources()) {
    if (const auto event = source.due(m.now).event; event && !is_timed(source)) {
      ended.emplace_back(slot, *event);
    }
  }
  for (const auto& [slot, event] : ended) {
    step_source(slot, event, m);
  }
}

void Conversation::take_poll(const MakeConnection& poll, Incoming& incoming, Means& m) {
  AnswerIntent& exchange = *incoming.exchange;
  // What comes back is no reply to the poll, and does not care for its ReplyTo (MC-004).
  exchange.reply_to = {};
  exchange.fault_to = {};
  if (auto fault = refusal_of(poll, profile())) {
    answer_fault(std::move(exchange), std::move(*fault), m);
    return;
  }
  // MC-013, MC-030: what goes to that address is this conversation's, or it is not for this peer.
  // One that nobody knows gets the same nothing (MC-035).
  const EndpointReference address{poll.address, {}};
  exchange.sequences.clear();
  if (route_of(poll.address) != Route::polled) {
    answer_exchange(std::move(exchange), m);
    return;
  }
  exchange.reply_to = address;
  expire_polled(m);
  const std::vector<Position> waiting = waiting_at(address, m);
  for (const Position position : waiting) {
    if (!body_of(position)) {
      ask(position, m);
      continue;
    }
    const store::OutboxEntry::Value& entry = state_.outbox().at(position);
    if (entry.slot != 0) {
      RmSource& source = state_.source_at(entry.slot);
      m.turn.event(source.tries(entry.number) == 0 ? EventKind::message_sent
                                                   : EventKind::message_retransmitted,
                   id(), entry.number);
      source.record_sent(entry.number, m.now.mono, m.jitter());
    }
    exchange.pending = waiting.size() > 1;
    exchange.content = ReplyContent{position};
    answer_exchange(std::move(exchange), m);
    return;
  }
  if (incoming.fault) {
    // MC-046: what a header of the poll is about.
    exchange.reply_to = {};
    answer_fault(std::move(exchange), std::move(*incoming.fault), m);
    return;
  }
  if (owes_acknowledgement(address)) {
    for (const std::string& sequence : owed_) {
      exchange.sequences.push_back(sequence);
    }
    exchange.pending = !waiting.empty();
  } else {
    exchange.reply_to = {};  // nothing at all: an empty answer (MC-006)
  }
  answer_exchange(std::move(exchange), m);
}

}  // namespace parley::engine
