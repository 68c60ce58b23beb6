#include <utility>

#include "engine/conversation.h"

// From what was accepted to the application and back, and the exchanges that wait for it.

namespace parley::engine {

using sequences::RmDestination;
using store::InboxEntry;

namespace {

// Bodies read from disk for delivery, of one sequence at a time.
constexpr std::size_t kReadAhead = 64;

}  // namespace

void Conversation::deliver(Means& m) {
  std::vector<std::string> names;
  for (const auto& [sequence, destination] : state_.destinations()) {
    names.push_back(sequence);
  }
  for (const std::string& sequence : names) {
    deliver_sequence(sequence, m);
  }
  // What no sequence numbers sorts first.
  std::vector<InboxKey> unnumbered;
  for (const auto& [key, entry] : state_.inbox()) {
    if (!key.sequence.empty()) {
      break;
    }
    if (!handed_.contains(key)) {
      unnumbered.push_back(key);
    }
  }
  for (const InboxKey& key : unnumbered) {
    if (const InboxBodyRef body = arrived_body(key, m)) {
      hand_over(key, state_.inbox().at(key), body, 1, m);
    }
  }
}

void Conversation::deliver_sequence(const std::string& sequence, Means& m) {
  const auto numbers = state_.destination_at(sequence).deliverable(kReadAhead);
  // The rest of what is to be read is asked for at once, but nothing overtakes in an ordered sequence.
  bool is_waiting = false;
  for (const std::uint64_t number : numbers) {
    const InboxKey key{sequence, number};
    const InboxBodyRef body = arrived_body(key, m);
    is_waiting = is_waiting || !body;
    if (!body || (is_waiting && state_.destination_at(sequence).state().in_order)) {
      continue;
    }
    RmDestination& destination = state_.destination_at(sequence);
    InboxEntry::Value entry;
    if (const auto at = fleeting_.find(key); at != fleeting_.end()) {
      entry = at->second;
    } else if (const auto stored = state_.inbox().find(key); stored != state_.inbox().end()) {
      entry = stored->second;
    }
    if (destination.consumes_before_delivery()) {
      if (auto consumed = destination.decide_consumed(number)) {
        state_.change_destination(sequence).apply(*consumed);
        forget_stored(key, m);
        fleeting_.emplace(key, entry);
      }
    }
    destination.record_delivered(number);
    hand_over(key, entry, body, 1, m);
  }
}

// At hand, or asked for.
Conversation::InboxBodyRef Conversation::arrived_body(const InboxKey& key, Means& m) {
  const auto at = arrived_.find(key);
  if (at != arrived_.end()) {
    return at->second;
  }
  if (state_.inbox().contains(key)) {
    ask(key, m);
  }
  return nullptr;
}

void Conversation::hand_over(const InboxKey& key, const InboxEntry::Value& entry,
                             const InboxBodyRef& body, std::uint32_t attempt, Means& m) {
  Delivery delivery;
  delivery.name = name_of(key);
  delivery.endpoint = state_.what.endpoint;
  delivery.principal = state_.what.principal;
  delivery.action = body->action;
  delivery.message_id = body->message_id;
  delivery.expects_reply = entry.expects_reply;
  delivery.reply_is_implied = entry.reply_is_implied;
  if (const RmDestination* destination = state_.find_destination(key.sequence)) {
    delivery.is_ordered = destination->state().in_order;
  }
  delivery.answers = entry.answers_ticket;
  delivery.is_fault = body->is_fault;
  delivery.fault = {body->fault_sender, body->fault_namespace, body->fault_subcode,
                    body->fault_reason};
  delivery.body = body->body;
  delivery.tokens = body->tokens;
  delivery.attempt = attempt;
  handed_.insert_or_assign(
      key, Handed{{body->message_id, entry.expects_reply, entry.reply_is_implied}, attempt,
                  std::nullopt});
  if (!fleeting_.contains(key)) {
    arrived_.erase(key);  // it is on disk
  }
  m.turn.add(Effect(Deliver{std::move(delivery)}));
}

void Conversation::begin_loose(const InboxKey& key, OpenedMessage& opened, Means& m) {
  auto body = std::make_shared<store::InboxBody::Value>();
  body->action = std::move(opened.message.addressing.action);
  body->message_id = std::move(opened.message.addressing.message_id);
  if (auto* application = std::get_if<ApplicationBody>(&opened.message.body)) {
    body->body = std::move(application->xml);
  }
  body->tokens = std::move(opened.tokens);
  InboxEntry::Value entry;
  entry.expects_reply = true;
  entry.reply_is_implied = !opened.message.addressing.reply_to;
  fleeting_.emplace(key, entry);
  arrived_.emplace(key, body);
  hand_over(key, entry, body, 1, m);
}

void Conversation::deliver_again(Means& m) {
  for (auto& [key, handed] : handed_) {
    if (!handed.again || *handed.again > m.now.mono) {
      continue;
    }
    const InboxBodyRef body = arrived_body(key, m);
    if (!body) {
      continue;
    }
    const auto loose = fleeting_.find(key);
    const auto entry = loose != fleeting_.end() ? loose->second : state_.inbox().at(key);
    hand_over(key, entry, body, handed.attempt, m);
  }
}

// What the application may end: handed to it and not ended before.
const Conversation::Asked* Conversation::asked_by(const InboxKey& key) {
  if (const auto at = handed_.find(key); at != handed_.end()) {
    return &at->second.asked;
  }
  const auto stored = state_.inbox().find(key);
  if (stored == state_.inbox().end()) {
    return nullptr;
  }
  // Accepted, not handed over yet: only whether it waits for a reply is known without its body.
  not_handed_ = {std::string(), stored->second.expects_reply, stored->second.reply_is_implied};
  return &not_handed_;
}

Result<void> Conversation::end_delivery(const InboxKey& key, std::vector<store::Record> records,
                                        Means& m) {
  if (!handed_.contains(key)) {
    return Error(ErrorCode::not_found, "delivery");
  }
  if (const RmDestination* destination = state_.find_destination(key.sequence);
      destination != nullptr && !fleeting_.contains(key)) {
    PARLEY_ASSIGN_OR_RETURN(const auto consumed, destination->decide_consumed(key.number));
    state_.change_destination(key.sequence).apply(consumed);
  }
  forget_stored(key, m);
  fleeting_.erase(key);
  arrived_.erase(key);
  handed_.erase(key);
  for (store::Record& record : records) {
    m.turn.remember(std::move(record));
  }
  m.turn.add(Effect(Consumed{name_of(key)}));
  return {};
}

void Conversation::forget_stored(const InboxKey& key, Means& m) {
  if (state_.inbox().contains(key)) {
    remember(InboxEntry{name_of(key), std::nullopt}, m);
    m.turn.remember(store::InboxBody{name_of(key), std::nullopt});
  }
}

// Discarded by IncompleteSequenceBehavior.
void Conversation::drop_inbox(const InboxKey& key, Means& m) {
  forget_stored(key, m);
  fleeting_.erase(key);
  arrived_.erase(key);
  handed_.erase(key);
  if (auto intent = take_held(key, m)) {
    answer_exchange(std::move(*intent), m);
  }
}

// Exchanges that wait for the application.

void Conversation::hold(AnswerIntent intent, const InboxKey& request, Means& m) {
  // The newest copy of a request has the exchange that is most likely still there.
  if (auto older = take_held(request, m)) {
    answer_exchange(std::move(*older), m);
  }
  const ExchangeId exchange = intent.exchange;
  m.registry.bind_exchange(exchange, id());
  held_for_.insert_or_assign(request, exchange);
  held_.emplace(exchange, Held{std::move(intent), request,
                               m.now.mono + ms(parts_.limits.exchange_hold_ms_max)});
}

std::optional<AnswerIntent> Conversation::take_held(const InboxKey& request, Means& m) {
  const auto at = held_for_.find(request);
  if (at == held_for_.end()) {
    return std::nullopt;
  }
  const auto held = held_.find(at->second);
  AnswerIntent intent = std::move(held->second.intent);
  m.registry.end_exchange(at->second);
  held_.erase(held);
  held_for_.erase(at);
  return intent;
}

void Conversation::serve(const InboxKey& request, Means& m) {
  const Position position = state_.position_of_reply(request);
  if (position.value == 0) {
    return;
  }
  const store::OutboxEntry::Value& entry = state_.outbox().at(position);
  const Route route = route_of(entry.to.address);
  if (route == Route::address && entry.slot != 0) {
    return;  // its sequence sends it
  }
  if (!body_of(position)) {
    ask(position, m);
    return;
  }
  if (auto intent = take_held(request, m)) {
    intent->content = ReplyContent{position};
    answer_exchange(std::move(*intent), m);
  } else if (entry.slot != 0) {
    return;  // a copy of the request, or a poll, will bring it
  } else if (route == Route::address) {
    transmit_unnumbered(position, m);
  } else if (route == Route::polled) {
    await_answer(position, m);
  } else {
    // Nobody waits for it any more, and no sequence repeats it.
    finish_entry(position, m);
  }
}

void Conversation::exchange_lost(ExchangeId exchange) {
  const auto at = held_.find(exchange);
  if (at != held_.end()) {
    held_for_.erase(at->second.request);
    held_.erase(at);
  }
}

void Conversation::expire_held(Means& m) {
  std::vector<InboxKey> expired;
  for (const auto& [exchange, held] : held_) {
    if (held.until <= m.now.mono) {
      expired.push_back(held.request);
    }
  }
  for (const InboxKey& request : expired) {
    auto intent = take_held(request, m);
    if (!request.sequence.empty()) {
      answer_exchange(std::move(*intent), m);  // the acknowledgement; the reply on a later copy
    } else {
      answer_fault(std::move(*intent), {.code = ErrorCode::endpoint_unavailable, .sender = false}, m);
    }
  }
}

}  // namespace parley::engine
