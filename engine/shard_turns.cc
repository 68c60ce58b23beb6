#include <algorithm>
#include <utility>
#include <variant>

#include "engine/shard.h"
#include "engine/wire_names.h"

// Turns: what has been judged becomes one batch, and messages are written as late as that.

namespace parley::engine {

std::optional<Turn> Engine::Shard::take_turn(Now now) {
  if (is_failed_ || turns_in_flight_ >= parts_.limits.turns_in_flight_max) {
    return std::nullopt;
  }
  settle(now);
  inputs_ = 0;
  std::vector<Effect> effects;
  write_items(effects, now);
  collect_changes();
  leave(now);
  if (effects.empty() && turn_.is_empty()) {
    return std::nullopt;
  }
  store::Batch batch;
  batch.epoch = epoch_;
  batch.turn = last_turn_ = store::TurnNumber{last_turn_.value + 1};
  batch.must_sync = turn_.must_sync();
  batch.facts = turn_.take_facts();
  ++turns_in_flight_;
  return Turn(std::move(batch), std::move(effects));
}

void Engine::Shard::committed(store::TurnNumber) {
  if (turns_in_flight_ > 0) {
    --turns_in_flight_;
  }
}

// Every conversation that something happened to does what has become possible.
void Engine::Shard::settle(Now now) {
  Means m = means(now);
  for (const ConversationId id : dirty_) {
    if (Conversation* conversation = find_conversation(id)) {
      conversation->settle(m);
    }
  }
}

void Engine::Shard::collect_changes() {
  for (const ConversationId id : dirty_) {
    Conversation* conversation = find_conversation(id);
    if (conversation == nullptr || !conversation->has_changes()) {
      continue;
    }
    for (store::Fact& fact : conversation->take_changes()) {
      // What was acknowledged may be forgotten: it is sent again and acknowledged again. Every other
      // change of a source asks for its sync itself.
      const bool must_sync = !std::holds_alternative<store::SourceFact>(fact);
      turn_.remember(std::move(fact), must_sync);
    }
  }
}

void Engine::Shard::write_items(std::vector<Effect>& effects, Now now) {
  Means m = means(now);
  // Writing may itself remember, and observe.
  for (auto items = turn_.take_items(); !items.empty(); items = turn_.take_items()) {
    for (TurnBuilder::Item& item : items) {
      if (auto* effect = std::get_if<Effect>(&item)) {
        effects.push_back(std::move(*effect));
        continue;
      }
      auto& intent = std::get<Intent>(item);
      if (const auto* transmit = std::get_if<TransmitIntent>(&intent)) {
        if (Conversation* conversation = find_conversation(transmit->conversation)) {
          touch(conversation->id());
          conversation->build(*transmit, effects, m);
        } else {
          write_handover(transmit->request, effects, m);
        }
        continue;
      }
      auto& answer = std::get<AnswerIntent>(intent);
      Conversation* conversation =
          answer.conversation ? find_conversation(*answer.conversation) : nullptr;
      if (conversation != nullptr) {
        touch(conversation->id());
        conversation->build(answer, effects, m);
      } else {
        write_answer(answer, effects, m);
      }
    }
  }
}

// What has been touched is as it will be until something happens again.
void Engine::Shard::leave(Now now) {
  drop_gone();
  for (const ConversationId id : std::exchange(dirty_, {})) {
    if (Conversation* conversation = find_conversation(id)) {
      set_deadline(*conversation, now);
    }
  }
}

// A fault, or the answer of a token service, that belongs to no conversation.
void Engine::Shard::write_answer(AnswerIntent& answer, std::vector<Effect>& effects,
                                 Means& m) {
  Message message;
  message.addressing.to = std::string(kAnonymousAddress);
  message.addressing.message_id = m.fresh_name();
  message.addressing.relates_to = answer.relates_to;
  auto* const body = std::get_if<Body>(&answer.content);
  if (body == nullptr) {
    effects.emplace_back(Answer{answer.exchange, AnswerKind::accepted, {}, {}});
    return;
  }
  message.body = std::move(*body);
  ProtectWith with;
  with.context = answer.key.context.get();
  with.is_initiator = answer.key.is_initiator;
  with.answering = answer.key.exchange;
  with.is_answer = true;
  auto wire =
      parts_.codec.protect(message, *answer.profile, with, m.now.wall, parts_.entropy);
  if (!wire) {
    turn_.event(EventKind::build_failed, {}, 0, wire.error().code());
    effects.emplace_back(Answer{answer.exchange, AnswerKind::unavailable, {}, {}});
    return;
  }
  AnswerKind kind = AnswerKind::message;
  if (const auto* fault = std::get_if<Fault>(&message.body)) {
    kind = fault->sender ? AnswerKind::sender_fault : AnswerKind::receiver_fault;
  }
  effects.emplace_back(
      Answer{answer.exchange, kind, std::move(wire->bytes), std::move(wire->content_type)});
}

// Only now: the last answer of a conversation was still written by it.
void Engine::Shard::drop_gone() {
  for (const ConversationId id : dirty_) {
    const auto at = conversations_.find(id);
    if (at == conversations_.end() || !at->second->is_gone()) {
      continue;
    }
    const auto deadline = deadlines_.find(id);
    if (deadline != deadlines_.end()) {
      by_deadline_.erase({deadline->second, id});
      deadlines_.erase(deadline);
    }
    conversations_.erase(at);
  }
}

// Time.

void Engine::Shard::advance(Now now) {
  if (is_failed_) {
    return;
  }
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= now.mono) {
    const ConversationId id = by_deadline_.begin()->second;
    by_deadline_.erase(by_deadline_.begin());
    deadlines_.erase(id);
    touch(id);
  }
  expire_handovers(now);
  forget_replays(now);
}

MonoTime Engine::Shard::deadline() const {
  MonoTime next = by_deadline_.empty() ? kNever : by_deadline_.begin()->first;
  for (const auto& [id, handover] : handovers_) {
    next = std::min(next, handover.expires);
  }
  return next;
}

void Engine::Shard::set_deadline(const Conversation& conversation, Now now) {
  const MonoTime next = conversation.deadline(means(now));
  const auto at = deadlines_.find(conversation.id());
  if (at != deadlines_.end()) {
    if (at->second <= next) {
      return;  // judged again when that comes
    }
    by_deadline_.erase({at->second, conversation.id()});
    deadlines_.erase(at);
  }
  if (next != kNever) {
    by_deadline_.emplace(next, conversation.id());
    deadlines_.emplace(conversation.id(), next);
  }
}

// A few at a time, as they come to their end.
void Engine::Shard::forget_replays(Now now) {
  for (int i = 0; i < 64 && !replays_by_age_.empty() &&
                  replays_by_age_.begin()->first <= now.wall;
       ++i) {
    const Bytes digest = replays_by_age_.begin()->second;
    replays_by_age_.erase(replays_by_age_.begin());
    replays_.erase(digest);
    turn_.remember(store::ReplaySeen{digest, std::nullopt}, false);
  }
}

}  // namespace parley::engine
