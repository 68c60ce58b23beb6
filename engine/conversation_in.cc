#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/wire_names.h"

// What comes in, once its proof has been found to fit this conversation.

namespace parley::engine {

using sequences::ArrivalKind;
using sequences::DestinationEvent;
using sequences::DestinationPhase;
using sequences::RmDestination;
using sequences::SourceEvent;
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

bool is_empty(const Body& body) {
  const auto* application = std::get_if<ApplicationBody>(&body);
  return application != nullptr && application->xml.empty();
}

/// Whatever may come to the application, and not what only carries a sequence along. A number makes
/// anything a message of the application, even a fault, but for the empty last one.
bool is_of_application(const Message& message) {
  if (message.rm.sequence) {
    return !(is_empty(message.body) && message.rm.sequence->last_message);
  }
  const bool is_bare = !message.rm.acknowledgements.empty() || !message.rm.ack_requests.empty();
  return std::holds_alternative<ApplicationBody>(message.body) &&
         !(is_empty(message.body) && is_bare);
}

bool has_all(const std::vector<store::SupportingToken>& tokens, const SupportingUses& asked) {
  using store::TokenKind;
  constexpr TokenKind kKinds[] = {TokenKind::x509, TokenKind::username, TokenKind::saml_1_1,
                                  TokenKind::saml_2_0};
  return std::all_of(std::begin(kKinds), std::end(kKinds), [&](TokenKind kind) {
    return use_of(asked, kind) == SupportingUse::none ||
           std::any_of(tokens.begin(), tokens.end(),
                       [kind](const store::SupportingToken& token) { return token.kind == kind; });
  });
}

/// Faults about the message itself, as an application or a dispatcher raises them: they are the answer
/// to a request. All others speak of sequences, contexts or a single transmission.
bool is_answer(ErrorCode code) {
  switch (code) {
    case ErrorCode::peer_fault:
    case ErrorCode::action_not_supported:
    case ErrorCode::destination_unreachable:
    case ErrorCode::must_understand:
    case ErrorCode::invalid_addressing:
    case ErrorCode::addressing_required:
    case ErrorCode::address_refused:
      return true;
    default:
      return false;
  }
}

std::optional<SourceEvent> source_event_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::sequence_refused:
      return SourceEvent::refused;
    case ErrorCode::sequence_terminated:
      return SourceEvent::terminated_fault;
    case ErrorCode::sequence_unknown:
      return SourceEvent::unknown_fault;
    case ErrorCode::sequence_closed:
      return SourceEvent::closed_fault;
    case ErrorCode::number_rollover:
      return SourceEvent::rollover_fault;
    case ErrorCode::last_number_exceeded:
      return SourceEvent::last_exceeded_fault;
    default:
      return std::nullopt;
  }
}

}  // namespace

/// Some stacks sign the bodies of reliable messaging and do not encrypt them, and take nothing else
/// (IB-003). One of theirs tells, and is remembered: after a crash they still take nothing else.
void Conversation::note_clear(const OpenedMessage& opened, Incoming& incoming, Means& m) {
  if (!opened.is_in_clear) {
    return;
  }
  if (incoming.exchange) {
    incoming.exchange->in_clear = true;
  }
  const Body& body = opened.message.body;
  const bool is_of_rm = std::holds_alternative<CreateSequence>(body) ||
                        std::holds_alternative<CreateSequenceResponse>(body) ||
                        std::holds_alternative<SequenceLifecycle>(body);
  if (is_of_rm && !state_.what.rm_in_clear) {
    store::ConversationFact::Value what = state_.what;
    what.rm_in_clear = true;
    remember(store::ConversationFact{id(), std::move(what)}, m);
  }
}

void Conversation::receive(OpenedMessage opened, Incoming incoming, Means& m) {
  std::optional<Request> request;
  if (incoming.answers) {
    request = finish_request(*incoming.answers, m);
    if (!request) {
      return;
    }
  }
  const bool is_polled = request && request->kind == RequestKind::poll;
  if (is_polled) {
    note_polled(true, opened.message.addressing.pending, m);
  }
  // What came by itself, or was waiting for any exchange of ours, says itself what it answers.
  if (is_initiator() && (!request || is_polling())) {
    if (auto answered = answered_by(opened.message.addressing.relates_to)) {
      if (request && !is_polled && request->message_id != answered->message_id) {
        accepted_by_peer(*request, m);
      }
      request = std::move(answered);
    }
  }
  if (const auto* proof = std::get_if<ContextProof>(&opened.proof)) {
    if (!state_.context) {
      return;
    }
    note_proven(proof->name, m);
  }
  // Whichever way it came: a client may put a message of its own into the answer to one of ours, too.
  if (!is_initiator() && is_of_application(opened.message) &&
      !has_all(opened.tokens, profile().supporting)) {
    if (incoming.exchange) {
      answer_fault(std::move(*incoming.exchange), {.code = ErrorCode::security_missing}, m);
    } else {
      m.turn.event(EventKind::message_refused, id(), 0, ErrorCode::security_missing);
    }
    return;
  }
  note_clear(opened, incoming, m);
  note_heard(m);
  take_headers(opened.message.rm, incoming, m);
  if (!take_routes(opened.message, incoming, m)) {
    return;
  }

  Body& body = opened.message.body;
  if (request && is_terminate_unanswered(*request)) {
    // Whatever is said to it, but for what is wrong with this transmission alone.
    const auto* fault = std::get_if<Fault>(&body);
    if (fault == nullptr || source_event_of(fault->code)) {
      terminated(request->slot, m);
    }
  }
  if (std::holds_alternative<contexts::TokenResponse>(body)) {
    if (request) {
      take_token_response(*request, opened, m);
    } else if (incoming.exchange) {
      answer_exchange(std::move(*incoming.exchange), m);  // nobody asked
    }
  } else if (std::holds_alternative<contexts::TokenRequest>(body)) {
    if (incoming.exchange) {
      take_token_request(opened, *incoming.exchange, m);
    }
  } else if (std::holds_alternative<CreateSequence>(body)) {
    if (incoming.exchange) {
      take_create(opened, *incoming.exchange, m);
    }
  } else if (const auto* created = std::get_if<CreateSequenceResponse>(&body)) {
    if (request && request->kind == RequestKind::lifecycle) {
      take_created(*request, *created, m);
    }
    if (incoming.exchange) {
      answer_exchange(std::move(*incoming.exchange), m);
    }
  } else if (const auto* poll = std::get_if<MakeConnection>(&body)) {
    if (incoming.exchange) {
      take_poll(*poll, incoming, m);
    }
  } else if (const auto* lifecycle = std::get_if<SequenceLifecycle>(&body)) {
    take_lifecycle(*lifecycle, incoming, m);
  } else if (const auto* fault = std::get_if<Fault>(&body);
             fault != nullptr && !opened.message.rm.sequence) {
    take_fault(*fault, opened, request ? &*request : nullptr, m);
    if (incoming.exchange) {
      answer_exchange(std::move(*incoming.exchange), m);
    }
  } else {
    take_application(opened, request ? &*request : nullptr, incoming, m);
  }
}

// RM-111: whatever was proven shows that the peer is there.
void Conversation::note_heard(Means& m) {
  for (const auto& [slot, source] : state_.sources()) {
    state_.source_at(slot).record_heard(m.now.mono);
  }
  for (const auto& [sequence, destination] : state_.destinations()) {
    state_.destination_at(sequence).record_heard(m.now.mono);
  }
}

void Conversation::take_headers(const RmHeaders& rm, Incoming& incoming, Means& m) {
  std::vector<std::string> named;
  if (rm.sequence) {
    named.push_back(rm.sequence->identifier);
  }
  for (const AcknowledgementHeader& header : rm.acknowledgements) {
    if (auto fault = take_acknowledgement(header, m)) {
      m.turn.event(EventKind::message_refused, id(), 0, fault->code);
      incoming.fault = std::move(fault);
    }
  }
  for (const std::string& sequence : rm.ack_requests) {
    const RmDestination* destination = state_.find_destination(sequence);
    if (destination == nullptr || destination->phase() == DestinationPhase::none) {
      incoming.fault = Fault{.code = ErrorCode::sequence_unknown, .sequence_identifier = sequence};
      continue;
    }
    state_.destination_at(sequence).request_ack(m.now.mono);
    named.push_back(sequence);
  }
  if (incoming.exchange) {
    incoming.exchange->sequences = std::move(named);
  }
}

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

void Conversation::take_fault(const Fault& fault, const OpenedMessage& opened,
                              const Request* request, Means& m) {
  m.turn.event(EventKind::peer_fault, id(), 0, fault.code);
  if (request != nullptr && is_establishing(request->kind)) {
    establishing_failed(fault.code, m);
    return;
  }
  if (request != nullptr && request->kind == RequestKind::renew) {
    if (state_.context && state_.context->state().renewal) {
      const auto* token = std::get_if<TokenProof>(&opened.proof);
      const bool is_forgotten = request->by_credential && token != nullptr &&
                                token->principal == state_.context->state().principal &&
                                fault.code == ErrorCode::context_unknown;
      if (is_forgotten) {
        lose_context(fault.code, m);
      } else if (!try_other_form(*request, m)) {
        refuse_renewal(m);
      }
    }
    return;
  }
  if (request != nullptr && request->kind == RequestKind::cancel) {
    if (fault.code == ErrorCode::context_unknown) {
      forget_context(m);  // SC38
    } else {
      try_other_form(*request, m);
    }
    return;
  }
  if (fault.code == ErrorCode::renew_needed && is_initiator() && state_.context &&
      !state_.context->state().renewal) {
    begin_renewal(m);
    return;
  }
  const auto event = source_event_of(fault.code);
  if (event && profile().rm) {
    take_sequence_fault(*event, fault, request, m);
    return;
  }
  if (request == nullptr || request->kind != RequestKind::message) {
    return;
  }
  const auto entry = state_.outbox().find(request->position);
  // What no sequence repeats has no other answer than this.
  if (entry == state_.outbox().end() || (entry->second.slot != 0 && !is_answer(fault.code))) {
    return;
  }
  if (!is_answer(fault.code)) {
    give_up_entry(request->position, store::ReportKind::outcome_unknown, fault.code, m);
  } else if (entry->second.kind == OutboxKind::request && !entry->second.is_answered) {
    ++state_.counters.last_unnumbered;
    remember_counters(m);
    OpenedMessage copy;
    copy.message.addressing = opened.message.addressing;
    copy.message.addressing.relates_to = entry->second.message_id;
    copy.message.body = fault;
    accept({{}, state_.counters.last_unnumbered}, copy, Incoming(), false, m);
  } else if (entry->second.slot == 0) {
    give_up_entry(request->position, store::ReportKind::not_delivered, fault.code, m);
  }
}

void Conversation::take_sequence_fault(SourceEvent event, const Fault& fault,
                                       const Request* request, Means& m) {
  std::uint64_t slot = state_.find_source_slot(fault.sequence_identifier);
  if (slot == 0 && request != nullptr && request->kind == RequestKind::lifecycle &&
      fault.sequence_identifier.empty() && state_.find_source(request->slot) != nullptr) {
    slot = request->slot;  // CreateSequenceRefused names no sequence
  }
  if (slot != 0) {
    step_source(slot, event, m);
    return;
  }
  const bool ends = event == SourceEvent::terminated_fault || event == SourceEvent::unknown_fault;
  const RmDestination* destination = state_.find_destination(fault.sequence_identifier);
  if (ends && destination != nullptr) {
    if (auto decision = destination->decide(DestinationEvent::peer_fault, m.now.wall)) {
      take_decision(fault.sequence_identifier, *decision, m);
    }
  }
}

// Unprotected words.

void Conversation::hinted(RequestId request_id, ErrorCode code, Means& m) {
  const auto request = finish_request(request_id, m);
  if (!request) {
    return;
  }
  m.turn.event(EventKind::unsecured_fault, id(), 0, code);
  switch (request->kind) {
    case RequestKind::issue:
    case RequestKind::propagate:
      establishing_failed(code, m);
      return;
    case RequestKind::renew:
      ++refusals_;
      try_other_form(*request, m);
      return;
    case RequestKind::message:
      unnumbered_failed(request->position, code, m);
      break;
    case RequestKind::poll:
      note_polled(false, std::nullopt, m);
      break;
    case RequestKind::cancel:
      try_other_form(*request, m);
      break;
    case RequestKind::lifecycle:
    case RequestKind::acknowledgement:
    case RequestKind::answer:
      break;
  }
  const bool is_about_context =
      code == ErrorCode::context_unknown || code == ErrorCode::renew_needed;
  if (!is_about_context || !is_initiator() || !state_.context || state_.context->state().renewal ||
      state_.context->state().is_cancelling) {
    return;
  }
  // SC50: look into it by asking for a new key, which only the holder of the old one can grant.
  if (!hinted_ || m.now.mono - *hinted_ >= ms(parts_.settings.hint_interval_ms)) {
    hinted_ = m.now.mono;
    begin_renewal(m);
  }
}

void Conversation::accepted(RequestId request_id, Means& m) {
  if (const auto request = finish_request(request_id, m)) {
    if (is_terminate_unanswered(*request)) {
      terminated(request->slot, m);
    }
    // It could have told what has arrived, and did not.
    if (request->kind == RequestKind::message && is_acknowledged_on_exchanges()) {
      asking_ = std::max(asking_, request->asks ? Asking::openly : Asking::each_time);
    }
    accepted_by_peer(*request, m);
  }
}

// Nothing more will come on the exchange of this request.
void Conversation::accepted_by_peer(const Request& request, Means& m) {
  if (request.kind == RequestKind::poll) {
    note_polled(false, std::nullopt, m);
  }
  if (request.kind == RequestKind::propagate) {
    propagated(m);
  }
  if (request.kind == RequestKind::issue) {
    establishing_failed(ErrorCode::token_invalid, m);  // without a token there is no context
  }
  if (request.kind != RequestKind::message) {
    return;
  }
  const auto entry = state_.outbox().find(request.position);
  if (entry == state_.outbox().end() || entry->second.slot != 0) {
    return;
  }
  if (entry->second.kind == OutboxKind::request && reply_route() != Route::exchanges) {
    await_answer(request.position, m);
  } else if (entry->second.kind == OutboxKind::request) {
    give_up_entry(request.position, store::ReportKind::answer_lost, ErrorCode::timed_out, m);
  } else {
    finish_entry(request.position, m);
  }
}

std::shared_ptr<const ExchangeKeys> Conversation::keys_of(RequestId request) const {
  const auto at = requests_.find(request);
  return at == requests_.end() ? nullptr : at->second.keys;
}

bool Conversation::is_by_credential(RequestId request) const {
  const auto at = requests_.find(request);
  return at != requests_.end() && is_by_credential(at->second);
}

// Answers.

void Conversation::answer_exchange(AnswerIntent intent, Means& m) {
  m.registry.end_exchange(intent.exchange);
  if (const auto* body = std::get_if<Body>(&intent.content)) {
    const EndpointReference to =
        std::holds_alternative<Fault>(*body) ? intent.fault_to : intent.reply_to;
    if (route_of(to.address) == Route::address) {
      send_answer(to, intent, m);
    }
  }
  m.turn.add(Intent(std::move(intent)));
}

void Conversation::answer_fault(AnswerIntent intent, Fault fault, Means& m) {
  m.turn.event(EventKind::message_refused, id(), 0, fault.code);
  intent.fault_to = fault_route(fault, intent);
  intent.content = Body(std::move(fault));
  answer_exchange(std::move(intent), m);
}

}  // namespace parley::engine
