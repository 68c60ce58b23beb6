#include <utility>

#include "engine/conversation.h"

// What the application asks of a conversation.

namespace parley::engine {

using store::ConversationPhase;
using store::OutboxKind;

Result<void> Conversation::send(Outgoing outgoing, Means& m) {
  if (outgoing.ticket.value == 0 || outgoing.action.empty()) {
    return Error(ErrorCode::invalid_argument, "send: ticket or action");
  }
  if (is_initiator() && outgoing.ticket <= state_.counters.last_ticket) {
    m.turn.add(Effect(Accepted{id(), outgoing.ticket}));
    return {};
  }
  if (!is_initiator() || state_.what.phase != ConversationPhase::open) {
    return Error(ErrorCode::invalid_state, "send");
  }
  PARLEY_TRY(parts_.codec.check_body(outgoing.body, profile()));
  const Position position{state_.counters.last_position.value + 1};
  auto body = std::make_shared<store::OutboxBody::Value>();
  body->ticket = outgoing.ticket;
  body->kind = outgoing.expects_reply ? OutboxKind::request : OutboxKind::one_way;
  body->action = std::move(outgoing.action);
  body->body = std::move(outgoing.body);
  m.turn.remember(store::OutboxBody{id(), position, *body});
  state_.counters.last_ticket = outgoing.ticket;
  state_.counters.last_position = position;
  remember_counters(m);
  keep_if_near(position, std::move(body));
  m.turn.add(Effect(Accepted{id(), outgoing.ticket}));
  return {};
}

Result<void> Conversation::reply(const InboxKey& delivery, Reply reply,
                                 std::vector<store::Record> records, Means& m) {
  const Asked* asked = asked_by(delivery);
  if (asked == nullptr) {
    return Error(ErrorCode::not_found, "reply");
  }
  if (!asked->expects_reply) {
    return Error(ErrorCode::invalid_state, "reply to a message that expects none");
  }
  if (!reply.fault && reply.action.empty()) {
    return Error(ErrorCode::invalid_argument, "reply: action");
  }
  if (!reply.fault || !reply.body.empty()) {
    PARLEY_TRY(parts_.codec.check_body(reply.body, profile()));
  }
  auto body = std::make_shared<store::OutboxBody::Value>();
  body->kind = OutboxKind::reply;
  body->action = std::move(reply.action);
  body->relates_to = asked->message_id;
  body->request_sequence = delivery.sequence;
  body->request_number = delivery.number;
  if (const auto stored = state_.inbox().find(delivery); stored != state_.inbox().end()) {
    body->to = reply.fault ? stored->second.fault_to : stored->second.reply_to;
  }
  if (reply.fault) {
    body->is_fault = true;
    body->fault_sender = reply.fault->sender;
    body->fault_namespace = std::move(reply.fault->subcode_namespace);
    body->fault_subcode = std::move(reply.fault->subcode);
    body->fault_reason = std::move(reply.fault->reason);
  }
  body->body = std::move(reply.body);
  PARLEY_TRY(end_delivery(delivery, std::move(records), m));

  const Position position{state_.counters.last_position.value + 1};
  m.turn.remember(store::OutboxBody{id(), position, *body});
  state_.counters.last_position = position;
  remember_counters(m);
  if (route_of(body->to.address) == Route::address) {
    paused_.emplace(position, m.now.mono + ms(parts_.settings.reply_pause_ms));
  }
  keep_if_near(position, std::move(body));
  return {};
}

Result<void> Conversation::consumed(const InboxKey& delivery, std::vector<store::Record> records,
                                    Means& m) {
  const Asked* asked = asked_by(delivery);
  if (asked == nullptr) {
    return Error(ErrorCode::not_found, "consumed");
  }
  if (asked->expects_reply && !asked->reply_is_implied) {
    return Error(ErrorCode::invalid_state, "consumed: the message expects a reply");
  }
  PARLEY_TRY(end_delivery(delivery, std::move(records), m));
  if (auto intent = take_held(delivery, m)) {
    answer_exchange(std::move(*intent), m);  // it was one-way
  }
  return {};
}

Result<void> Conversation::declined(const InboxKey& delivery, Duration retry_after, Means& m) {
  const auto at = handed_.find(delivery);
  if (at == handed_.end()) {
    return Error(ErrorCode::not_found, "declined");
  }
  Handed& handed = at->second;
  if (handed.attempt >= parts_.settings.redeliveries_max) {
    report({.kind = store::ReportKind::delivery_refused, .reason = ErrorCode::limit_exceeded}, m);
    if (!handed.asked.expects_reply) {
      return end_delivery(delivery, {}, m);
    }
    const FaultBody unavailable{false, {}, {}, "The service could not answer."};
    return reply(delivery, {{}, {}, unavailable}, {}, m);
  }
  ++handed.attempt;
  handed.again = m.now.mono + (retry_after > Duration(0) ? retry_after
                                                          : ms(parts_.settings.redelivery_ms));
  return {};
}

Result<void> Conversation::close(Means& m) {
  if (!is_initiator()) {
    return Error(ErrorCode::invalid_state, "close");
  }
  if (state_.what.phase == ConversationPhase::open) {
    auto what = state_.what;
    what.phase = ConversationPhase::closing;
    remember(store::ConversationFact{id(), std::move(what)}, m);
  }
  return {};
}

Result<void> Conversation::renew(Means& m) {
  if (!is_initiator() || !state_.context) {
    return Error(ErrorCode::invalid_state, "renew");
  }
  PARLEY_ASSIGN_OR_RETURN(
      contexts::ContextState begun,
      contexts::decide_renewal(*state_.context, m.fresh_name(), m.trust()));
  replace_context(std::move(begun), m);
  renewal_ = {};
  return {};
}

TicketStatus Conversation::ticket_status(Ticket ticket) const {
  if (ticket.value == 0 || ticket > state_.counters.last_ticket) {
    return TicketStatus::unknown;
  }
  for (const auto& [position, entry] : state_.outbox()) {
    if (entry.ticket == ticket) {
      return TicketStatus::sent;
    }
  }
  return ticket > state_.counters.last_windowed_ticket ? TicketStatus::waiting
                                                       : TicketStatus::settled;
}

ConversationStatus Conversation::status() const {
  ConversationStatus status;
  status.conversation = id();
  status.what = state_.what;
  if (state_.context) {
    status.context_identifier = state_.context->state().identifier;
    status.context_instance = state_.context->state().instances.back().name.instance;
  }
  status.backlog = state_.counters.last_position.value - state_.counters.last_windowed.value;
  status.under_way = state_.outbox().size();
  status.undelivered = state_.inbox().size() + fleeting_.size();
  status.last_ticket = state_.counters.last_ticket;
  return status;
}

}  // namespace parley::engine
