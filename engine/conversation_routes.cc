#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/wire_names.h"

// Which way messages go: on the exchanges of requests, to an address, or to where a poll fetches
// them (addressing.md, section 4; design: a Route). Addresses are facts: of the conversation, of
// its sequences, and of every request that waits for its reply.

namespace parley::engine {

using sequences::RmDestination;
using sequences::RmSource;

namespace {

EndpointReference anonymous() {
  return {std::string(kAnonymousAddress), {}};
}

bool names_unknown_sequence(const Message& message, const ConversationState& state) {
  const auto* lifecycle = std::get_if<SequenceLifecycle>(&message.body);
  const std::string* const named = message.rm.sequence    ? &message.rm.sequence->identifier
                                   : lifecycle != nullptr ? &lifecycle->identifier
                                                          : nullptr;
  return named != nullptr && state.find_destination(*named) == nullptr &&
         state.find_source_slot(*named) == 0;
}

}  // namespace

EndpointReference Conversation::acks_to(const RmDestination& destination) {
  const sequences::DestinationState& terms = destination.terms();
  return {terms.acks_to, to_bytes(terms.acks_to_parameters)};
}

/// Known for as long as the sequence of the requests, which the one that was offered may not outlive.
EndpointReference Conversation::replies_to(const RmDestination& destination) {
  return {destination.terms().replies_to, {}};
}

EndpointReference Conversation::endpoint_of(const RmSource& source) {
  const sequences::SourceState& terms = source.terms();
  return {terms.endpoint, to_bytes(terms.endpoint_parameters)};
}

// Initiator: what it says of itself.

EndpointReference Conversation::own_address(ReplyMode mode) const {
  return mode == ReplyMode::anonymous || state_.what.reply_address.empty()
             ? anonymous()
             : EndpointReference{state_.what.reply_address, {}};
}

Route Conversation::reply_route() const {
  return route_of(own_address(profile().reply).address);
}

/// What a message that came by itself answers. Our request may be over, or of before a restart.
std::optional<Conversation::Request> Conversation::answered_by(std::string_view relates_to) const {
  if (relates_to.empty()) {
    return std::nullopt;
  }
  Request request;
  request.message_id = relates_to;
  request.position = state_.position_of_message(relates_to);
  if (request.position.value != 0) {
    return request;
  }
  request.kind = RequestKind::lifecycle;
  for (const auto& [slot, source] : state_.sources()) {
    const sequences::SourceState& terms = source.terms();
    if (relates_to == terms.create_message_id || relates_to == terms.close_message_id ||
        relates_to == terms.terminate_message_id) {
      request.slot = slot;
      return request;
    }
  }
  return std::nullopt;
}

// Both: where a request of ours goes.

EndpointReference Conversation::target_of(const Request& request) const {
  return request.to.is_empty() ? EndpointReference{state_.what.address, {}} : request.to;
}

/// Whether timers send what is numbered by it. A recipient's replies may have to wait for a request
/// or a poll instead.
bool Conversation::is_timed(const RmSource& source) const {
  return is_initiator() || route_of(source.terms().endpoint) == Route::address;
}

// Recipient: where its peer wants its answers.

/// By the settings alone.
bool Conversation::may_answer(const EndpointReference& endpoint) const {
  const Route route = route_of(endpoint.address);
  if (!admits(profile(), route) || !endpoint.reference_parameters.empty() ||
      endpoint.address.size() > parts_.limits.identifier_bytes_max) {
    return false;
  }
  return route != Route::address ||
         std::any_of(
             parts_.answer_prefixes.begin(), parts_.answer_prefixes.end(),
             [&](const std::string& prefix) { return endpoint.address.starts_with(prefix); });
}

/// Whether a CreateSequence of this peer has named it.
bool Conversation::has_named(const EndpointReference& endpoint) const {
  return std::any_of(state_.destinations().begin(), state_.destinations().end(),
                     [&](const auto& one) {
                       return acks_to(one.second) == endpoint || replies_to(one.second) == endpoint;
                     });
}

/// Looks where the answers to a request are to go. With sequences, only to an address that their
/// creation has named: one conversation reaches two addresses at most, however many requests it
/// has. False: that is refused, and the request is answered so.
bool Conversation::take_routes(const Message& message, Incoming& incoming, Means& m) {
  if (is_initiator() || !incoming.exchange || is_of_trust(message.body)) {
    return true;
  }
  const bool is_creation = !profile().rm || std::holds_alternative<CreateSequence>(message.body);
  const auto take = [&](const std::optional<EndpointReference>& from, EndpointReference& into) {
    const Route route = from ? route_of(from->address) : Route::exchanges;
    if (route == Route::exchanges || route == Route::nowhere) {
      return true;
    }
    if (!may_answer(*from) || !(is_creation || has_named(*from))) {
      return false;
    }
    into = *from;
    return true;
  };
  AnswerIntent& exchange = *incoming.exchange;
  // WA-021: faults go to ReplyTo unless FaultTo is there.
  const bool is_admitted =
      take(message.addressing.reply_to, exchange.reply_to) &&
      take(message.addressing.fault_to ? message.addressing.fault_to : message.addressing.reply_to,
           exchange.fault_to);
  if (!is_admitted) {
    exchange.reply_to = {};
    exchange.fault_to = {};
    if (names_unknown_sequence(message, state_)) {
      return true;  // that is what has to be told, on the exchange
    }
    // RM-011: creating a sequence has a fault of its own for what it names.
    const ErrorCode code = std::holds_alternative<CreateSequence>(message.body)
                               ? ErrorCode::sequence_refused
                               : ErrorCode::address_refused;
    answer_fault(std::move(exchange), {.code = code}, m);
  }
  return is_admitted;
}

/// RM-093: a fault about a sequence that we know goes where its acknowledgements go.
EndpointReference Conversation::fault_route(const Fault& fault, const AnswerIntent& intent) const {
  const RmDestination* destination = state_.find_destination(fault.sequence_identifier);
  if (destination == nullptr || destination->terms().is_offered) {
    return intent.fault_to;
  }
  return route_of(destination->acks_to()) == Route::exchanges ? EndpointReference()
                                                              : acks_to(*destination);
}

/// WA-024: the answer is a request of its own; its exchange carries nothing but acknowledgements.
/// It is sent once: who repeats the request gets it again.
void Conversation::send_answer(const EndpointReference& to, AnswerIntent& intent, Means& m) {
  if (requests_.size() >= parts_.settings.exchanges_out_max) {
    m.turn.event(EventKind::limit_reached, id(), 0, ErrorCode::busy);
  } else {
    Message message;
    message.body = std::move(std::get<Body>(intent.content));
    message.addressing.relates_to = intent.relates_to;
    start_request({.kind = RequestKind::answer,
                   .message_id = m.fresh_name(),
                   .to = to,
                   .message = std::move(message),
                   .sequences = intent.sequences},
                  m);
  }
  intent.content = AcknowledgeContent();
}

// Being found.

void Conversation::bind_addresses(Means& m) {
  if (is_initiator()) {
    if (route_of(state_.what.reply_address) == Route::address) {
      m.registry.bind_address(std::string(path_of(state_.what.reply_address)), id());
    }
    return;
  }
  for (const auto& [sequence, destination] : state_.destinations()) {
    bind_polled(acks_to(destination), m);
    bind_polled(replies_to(destination), m);
  }
}

/// False if another conversation has it: whoever polls it would get that one's messages (MC-030).
/// Under a context it is the context that tells whose a poll is.
bool Conversation::bind_polled(const EndpointReference& endpoint, Means& m) {
  if (profile().sc || route_of(endpoint.address) != Route::polled ||
      polled_.contains(endpoint.address)) {
    return true;
  }
  if (!m.registry.bind_address(endpoint.address, id())) {
    return false;
  }
  polled_.insert(endpoint.address);
  return true;
}

void Conversation::unbind_stale_addresses(Means& m) {
  for (auto at = polled_.begin(); at != polled_.end();) {
    if (has_named({*at, {}})) {
      ++at;
    } else {
      m.registry.unbind_address(*at, id());
      at = polled_.erase(at);
    }
  }
}

}  // namespace parley::engine
