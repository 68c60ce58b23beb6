#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/wire_names.h"

// Messages of the peer's application: numbered, in order and once (reliable-messaging.md, 6), or without
// a number.

namespace parley::engine {

using sequences::ArrivalKind;
using sequences::DestinationEvent;
using sequences::RmDestination;
using store::OutboxEntry;
using store::OutboxKind;

namespace {

/// WS-Addressing 1.0: without ReplyTo the answer goes back on the exchange, but only a message with a
/// MessageID can be answered. 2004/08: without ReplyTo there is none (WA-020).
bool expects_reply(const Addressing& addressing, AddressingVersion version) {
  return addressing.reply_to ? addressing.reply_to->address != kNoneAddress
                             : version == AddressingVersion::addressing_1_0 &&
                                   !addressing.message_id.empty();
}

}  // namespace

void Conversation::take_application(OpenedMessage& opened, const Request* request,
                                    Incoming& incoming, Means& m) {
  const RmHeaders& rm = opened.message.rm;
  if (rm.sequence) {
    take_numbered(opened, incoming, m);
    return;
  }
  const bool is_bare = !rm.acknowledgements.empty() || !rm.ack_requests.empty();
  if (is_empty(opened.message.body) && is_bare) {
    if (request != nullptr) {
      // All that can come on this exchange has come.
      accepted_by_peer(*request, m);
    }
    if (incoming.exchange) {
      acknowledge(incoming, m);
    }
    return;
  }
  take_unnumbered(opened, request, incoming, m);
}

// The acknowledgement, or what was wrong with a header of the request, if nothing else is to be said.
void Conversation::acknowledge(Incoming& incoming, Means& m) {
  if (!incoming.exchange) {
    return;
  }
  if (incoming.fault) {
    answer_fault(std::move(*incoming.exchange), std::move(*incoming.fault), m);
  } else {
    answer_exchange(std::move(*incoming.exchange), m);
  }
}

void Conversation::take_numbered(OpenedMessage& opened, Incoming& incoming, Means& m) {
  const SequenceHeader header = *opened.message.rm.sequence;
  const InboxKey key{header.identifier, header.number};
  const auto fail = [&](Fault fault) {
    fault.sequence_identifier = header.identifier;
    m.turn.event(EventKind::message_refused, id(), header.number, fault.code);
    if (incoming.exchange) {
      answer_fault(std::move(*incoming.exchange), std::move(fault), m);
    }
  };
  const RmDestination* destination = state_.find_destination(header.identifier);
  if (destination == nullptr) {
    fail({.code = ErrorCode::sequence_unknown});
    return;
  }
  const auto decision = destination->decide_arrival({.number = header.number,
                                                     .is_last = header.last_message,
                                                     .is_empty = header.last_message &&
                                                                 is_empty(opened.message.body)});
  if (!decision) {
    fail({.code = decision.error().code()});
    return;
  }
  switch (decision->kind) {
    case ArrivalKind::fresh: {
      if (const auto refused = opened.one_time.empty()
                                   ? std::nullopt
                                   : m.registry.take_once(opened.one_time, true, m.now)) {
        fail({.code = *refused});
        return;
      }
      state_.change_destination(header.identifier).apply(*decision->accepted, m.now.mono);
      m.turn.event(EventKind::message_accepted, id(), header.number);
      // Only a reply that goes back on an exchange of its request keeps one open.
      const bool wants_reply = !is_initiator() && incoming.exchange &&
                               incoming.exchange->reply_to.is_empty() &&
                               decision->accepted->deliver &&
                               expects_reply(opened.message.addressing, profile().addressing);
      if (decision->accepted->deliver) {
        accept(key, opened, incoming, decision->accepted->consumed, m);
      }
      if (wants_reply ||
          (incoming.exchange && decision->accepted->is_last && !decision->accepted->deliver &&
           answer_last_message(key, opened, m))) {
        hold(std::move(*incoming.exchange), key, m);
        serve(key, m);
      } else {
        acknowledge(incoming, m);
      }
      return;
    }
    case ArrivalKind::duplicate:
      state_.destination_at(header.identifier).note_arrival(*decision, m.now.mono);
      m.turn.event(EventKind::duplicate_dropped, id(), header.number);
      take_duplicate(key, incoming, m);
      return;
    case ArrivalKind::without_room:
      state_.destination_at(header.identifier).note_arrival(*decision, m.now.mono);
      m.turn.event(EventKind::limit_reached, id(), header.number, ErrorCode::busy);
      acknowledge(incoming, m);
      return;
    case ArrivalKind::after_close:
      fail({.code = ErrorCode::sequence_closed});
      return;
    case ArrivalKind::above_limit:
      fail({.code = ErrorCode::number_rollover, .max_number = profile().rm_settings.number_max});
      return;
    case ArrivalKind::above_last:
      fail({.code = ErrorCode::last_number_exceeded});
      return;
    case ArrivalKind::violation: {
      if (auto ended = destination->decide(DestinationEvent::violated, m.now.wall)) {
        take_decision(header.identifier, *ended, m);
      }
      fail({.code = ErrorCode::sequence_terminated});
      return;
    }
  }
}

// RM-152: any copy of a request may carry its reply; but one that goes to an address goes there.
void Conversation::take_duplicate(const InboxKey& key, Incoming& incoming, Means& m) {
  if (!incoming.exchange) {
    return;
  }
  const Position position = state_.position_of_reply(key);
  const Asked* asked = asked_by(key);
  const Route route = route_of(incoming.exchange->reply_to.address);
  if (is_initiator() || route == Route::address ||
      (route == Route::polled && position.value == 0)) {
    acknowledge(incoming, m);
  } else if (position.value != 0) {
    hold(std::move(*incoming.exchange), key, m);
    m.turn.event(EventKind::reply_repeated, id(), key.number);
    serve(key, m);
  } else if (asked != nullptr && asked->expects_reply) {
    hold(std::move(*incoming.exchange), key, m);
  } else {
    acknowledge(incoming, m);
  }
}

// The message and its place are facts of this turn: its acknowledgement leaves after them.
void Conversation::accept(const InboxKey& key, OpenedMessage& opened, const Incoming& incoming,
                          bool is_consumed, Means& m) {
  Message& message = opened.message;
  auto body = std::make_shared<store::InboxBody::Value>();
  body->action = std::move(message.addressing.action);
  body->message_id = message.addressing.message_id;
  if (auto* fault = std::get_if<Fault>(&message.body)) {
    body->is_fault = true;
    body->fault_sender = fault->sender;
    body->fault_namespace = std::move(fault->subcode_namespace);
    body->fault_subcode = std::move(fault->subcode);
    body->fault_reason = std::move(fault->reason);
    body->body = std::move(fault->detail);
  } else if (auto* application = std::get_if<ApplicationBody>(&message.body)) {
    body->body = std::move(application->xml);
  }
  body->tokens = std::move(opened.tokens);
  store::InboxEntry::Value entry;
  const Position answered = state_.position_of_message(message.addressing.relates_to);
  if (answered.value != 0) {
    entry.answers = answered;
    entry.answers_ticket = state_.outbox().at(answered).ticket;
  }
  entry.expects_reply =
      !is_initiator() && expects_reply(message.addressing, profile().addressing);
  entry.reply_is_implied = entry.expects_reply && !message.addressing.reply_to;
  if (entry.expects_reply && incoming.exchange) {
    entry.reply_to = incoming.exchange->reply_to;
    entry.fault_to = incoming.exchange->fault_to;
  }
  if (is_consumed) {
    fleeting_.emplace(key, entry);
  } else {
    remember(store::InboxEntry{name_of(key), entry}, m);
    m.turn.remember(store::InboxBody{name_of(key), *body});
  }
  if (is_consumed || may_keep(key, *body)) {
    arrived_[key] = std::move(body);
  }
  if (answered.value != 0) {
    note_answered(answered, m);
  }
}

// What waits for an earlier message is on disk and can be read again: in memory a peer that leaves out
// one number could pile up as many great bodies as the destination has places.
bool Conversation::may_keep(const InboxKey& key, const store::InboxBody::Value& body) const {
  const RmDestination* destination = state_.find_destination(key.sequence);
  if (destination == nullptr) {
    return true;
  }
  const std::vector<std::uint64_t> next = destination->deliverable(1);
  if (!next.empty() && key.number <= next.front()) {
    return true;
  }
  std::uint64_t bytes = body.body.size();
  for (const auto& [waiting, one] : arrived_) {
    bytes += one->body.size();
  }
  return bytes <= parts_.settings.window_bytes_max;
}

// The reply ends the repetition of its request; the request itself ends when it is acknowledged too.
void Conversation::note_answered(Position position, Means& m) {
  OutboxEntry::Value entry = state_.outbox().at(position);
  const auto* source = state_.find_source(entry.slot);
  if (source == nullptr || source->acked().contains(entry.number)) {
    finish_entry(position, m);
    return;
  }
  if (entry.is_answered) {
    return;
  }
  entry.is_answered = true;
  const std::uint64_t slot = entry.slot;
  const std::uint64_t number = entry.number;
  remember(OutboxEntry{id(), position, std::move(entry)}, m);
  state_.source_at(slot).release(number);
}

void Conversation::take_unnumbered(OpenedMessage& opened, const Request* request,
                                   Incoming& incoming, Means& m) {
  if (incoming.exchange && !is_initiator()) {
    if (profile().rm) {
      answer_fault(std::move(*incoming.exchange), {.code = ErrorCode::rm_required}, m);
      return;
    }
    const InboxKey key{{}, ++state_.counters.last_unnumbered};
    remember_counters(m);
    if (!expects_reply(opened.message.addressing, profile().addressing) ||
        !incoming.exchange->reply_to.is_empty()) {
      accept(key, opened, incoming, false, m);
      answer_exchange(std::move(*incoming.exchange), m);
      return;
    }
    // Its peer waits on this very exchange, so it lives no longer than that.
    begin_loose(key, opened, m);
    hold(std::move(*incoming.exchange), key, m);
    return;
  }
  if (incoming.exchange) {
    answer_exchange(std::move(*incoming.exchange), m);
  }
  // An answer: it must be that of the request on whose exchange it came, or that it names.
  const auto entry = request != nullptr && request->kind == RequestKind::message
                         ? state_.outbox().find(request->position)
                         : state_.outbox().end();
  if (entry == state_.outbox().end() || entry->second.kind != OutboxKind::request ||
      entry->second.is_answered ||
      opened.message.addressing.relates_to != entry->second.message_id) {
    m.turn.event(EventKind::message_refused, id(), 0, ErrorCode::action_not_supported);
    if (request != nullptr && incoming.answers) {
      accepted_by_peer(*request, m);
    }
    return;
  }
  ++state_.counters.last_unnumbered;
  remember_counters(m);
  accept({{}, state_.counters.last_unnumbered}, opened, incoming, false, m);
}

}  // namespace parley::engine
