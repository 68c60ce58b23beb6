#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/sequence_errors.h"
#include "engine/wire_names.h"

// What comes in, once its proof has been found to fit this conversation; and what goes back at once.

namespace parley::engine {

using sequences::DestinationPhase;
using sequences::RmDestination;
using store::OutboxKind;

namespace {

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
