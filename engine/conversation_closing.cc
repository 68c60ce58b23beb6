#include <algorithm>
#include <utility>

#include "engine/conversation.h"

// How our sequences come to their end when all is said. 1.1 has messages and answers for it. 1.0
// marks its last message, and ends by a TerminateSequence that has no answer
// (reliable-messaging.md, 6).

namespace parley::engine {

using sequences::RmSource;
using sequences::SourceAction;
using sequences::SourcePhase;
using store::OutboxEntry;
using store::OutboxKind;

void Conversation::close_sequence(std::uint64_t slot, Means& m) {
  const RmSource& source = state_.source_at(slot);
  if (!source.state().terminate_message_id.empty()) {
    terminate_unanswered(slot, m);
    return;
  }
  const auto closing = source.decide_close(m.fresh_name());
  if (!closing) {
    return;
  }
  if (closing->state.phase != SourcePhase::created) {
    take_decision(slot, *closing, m);
    m.turn.event(EventKind::sequence_closed, id());
    settle_source(slot, m);
    return;
  }
  // RM-067: Terminate follows when the last message, too, has been acknowledged. A sequence that ends
  // for want of replies does so before messages that still wait, and does without.
  if (closing->actions.has(SourceAction::send_last_message) && !has_lost_replies(source) &&
      send_last_message(slot, m)) {
    return;
  }
  take_decision(slot, *closing, m);
  terminating_ = {};
  terminate_unanswered(slot, m);
}

// RM-034: the empty form. False when no number is left for it, and it is not needed then.
bool Conversation::send_last_message(std::uint64_t slot, Means& m) {
  if (number_last_message(slot, {}, m).value == 0) {
    return false;
  }
  m.turn.event(EventKind::sequence_closed, id());
  settle_source(slot, m);
  return true;
}

// RM-154: the last message of the requests is answered with that of the replies, on its exchange,
// if no reply can follow any more.
bool Conversation::answer_last_message(const InboxKey& key, const OpenedMessage& opened, Means& m) {
  const std::uint64_t slot = reply_slot(key.sequence);
  const bool has_open_requests =
      std::any_of(state_.inbox().begin(), state_.inbox().end(), [&](const auto& entry) {
        return entry.first.sequence == key.sequence && entry.second.expects_reply;
      });
  if (!profile().answer_ends || slot == 0 || has_open_requests ||
      state_.counters.last_windowed < state_.counters.last_position) {
    return false;
  }
  store::OutboxBody::Value body;
  body.relates_to = opened.message.addressing.message_id;
  body.request_sequence = key.sequence;
  body.request_number = key.number;
  return number_last_message(slot, std::move(body), m).value != 0;
}

// Nothing waits before it: a sequence is closed when all its messages have their numbers.
Position Conversation::number_last_message(std::uint64_t slot,
                                           store::OutboxBody::Value value,
                                           Means& m) {
  const auto assigned = state_.source_at(slot).decide_number(true);
  if (!assigned) {
    return {};
  }
  state_.change_source(slot).apply(*assigned, m.now.mono);
  auto body = std::make_shared<store::OutboxBody::Value>(std::move(value));
  body->kind = OutboxKind::last_message;
  OutboxEntry::Value entry;
  entry.kind = OutboxKind::last_message;
  entry.slot = slot;
  entry.number = assigned->number;
  entry.message_id = m.fresh_name();
  entry.request_sequence = body->request_sequence;
  entry.request_number = body->request_number;
  const Position position{state_.counters.last_position.value + 1};
  m.turn.remember(store::OutboxBody{id(), position, *body});
  remember(OutboxEntry{id(), position, std::move(entry)}, m);
  state_.counters.last_position = state_.counters.last_windowed = position;
  remember_counters(m);
  keep_body(position, std::move(body));
  return position;
}

std::uint64_t Conversation::reply_slot(const std::string& sequence) const {
  const auto* destination = state_.find_destination(sequence);
  return destination == nullptr ? 0
                                : state_.find_source_slot(destination->state().offered_identifier);
}

// RM-064: that the peer's transport took it is all that can be known. Until then it is sent again,
// so that the peer does not keep the sequence until it expires.
void Conversation::terminate_unanswered(std::uint64_t slot, Means& m) {
  if (has_request(RequestKind::lifecycle) || !terminating_.is_due(m.now.mono)) {
    return;
  }
  const std::uint64_t tries_max = profile().rm_settings.lifecycle_tries_max;
  if (tries_max != 0 && terminating_.tries >= tries_max) {
    terminated(slot, m);
    return;
  }
  terminating_.tried(m.now.mono, ms(profile().rm_settings.lifecycle_retry_ms),
                     ms(profile().rm_settings.retransmit_max_ms));
  start_request({.kind = RequestKind::lifecycle,
                 .slot = slot,
                 .message_id = state_.source_at(slot).state().terminate_message_id},
                m);
}

void Conversation::terminated(std::uint64_t slot, Means& m) {
  const RmSource& source = state_.source_at(slot);
  if (const auto decision = source.decide_terminate(source.state().terminate_message_id)) {
    take_decision(slot, *decision, m);
  }
}

bool Conversation::is_terminate_unanswered(const Request& request) const {
  const RmSource* source =
      request.kind == RequestKind::lifecycle ? state_.find_source(request.slot) : nullptr;
  return source != nullptr && source->phase() == SourcePhase::created &&
         request.message_id == source->state().terminate_message_id;
}

}  // namespace parley::engine
