#include <algorithm>
#include <optional>
#include <utility>

#include "engine/conversation.h"
#include "engine/wire_names.h"

// Messages are written and protected when the turn is taken.

namespace parley::engine {

using sequences::DestinationPhase;
using sequences::RmDestination;
using sequences::RmSource;
using sequences::SourcePhase;
using store::OutboxKind;

namespace {

Body body_of_outgoing(const store::OutboxBody::Value& value) {
  if (!value.is_fault) {
    return ApplicationBody{value.body};
  }
  Fault fault;
  fault.code = ErrorCode::peer_fault;
  fault.sender = value.fault_sender;
  fault.subcode_namespace = value.fault_namespace;
  fault.subcode = value.fault_subcode;
  fault.reason = value.fault_reason;
  fault.detail = value.body;
  return fault;
}

EndpointReference to_address(std::string_view address) { return {std::string(address), {}}; }

}  // namespace

void Conversation::build(const TransmitIntent& intent, std::vector<Effect>& effects, Means& m) {
  const auto at = requests_.find(intent.request);
  if (at == requests_.end()) {
    return;
  }
  Request& request = at->second;
  std::optional<Message> message = write(request, m);
  ProtectWith with;
  std::shared_ptr<const contexts::LiveKey> key;
  if (message && profile().sc) {
    with.bootstrap = is_by_credential(request);
    with.is_initiator = is_initiator();
    key = with.bootstrap ? nullptr : sending_key(request, m);
    with.context = key.get();
    with.in_clear = request.kind == RequestKind::cancel
                        ? cancels_in_clear()
                        : state_.what.rm_in_clear && !is_of_trust(message->body);
    if (!with.bootstrap && !key) {
      message.reset();  // the context has gone since
    }
  }
  if (!message) {
    request_failed(intent.request, m);
    return;
  }
  auto wire = parts_.codec.protect(*message, profile(), with, m.now.wall, parts_.entropy);
  if (!wire) {
    m.turn.event(EventKind::build_failed, id(), 0, wire.error().code());
    request_failed(intent.request, m);
    return;
  }
  request.keys = wire->exchange_keys;
  request.is_built = true;
  effects.emplace_back(Transmit{intent.request, id(), target_of(request).address,
                                std::move(wire->bytes), std::move(wire->content_type),
                                std::move(wire->soap_action)});
}

void Conversation::build(AnswerIntent& intent, std::vector<Effect>& effects, Means& m) {
  Message message;
  AnswerKind kind = AnswerKind::message;
  Position unnumbered;
  if (const auto* reply = std::get_if<ReplyContent>(&intent.content)) {
    auto written = write_outgoing(reply->position);
    if (written) {
      message = std::move(*written);
      if (!message.rm.sequence) {
        unnumbered = reply->position;
      }
    }
  } else if (auto* body = std::get_if<Body>(&intent.content)) {
    message.body = std::move(*body);
    message.addressing.message_id = m.fresh_name();
    message.addressing.relates_to = intent.relates_to;
  }
  const bool is_acknowledgement = message.addressing.message_id.empty();
  if (is_acknowledgement) {
    message.addressing.message_id = m.fresh_name();
  }
  // What waits for an address that is polled may take any exchange that was opened for it (MC-010).
  const EndpointReference& to =
      std::holds_alternative<Fault>(message.body) ? intent.fault_to : intent.reply_to;
  const bool is_polled = route_of(to.address) == Route::polled;
  message.addressing.to = is_polled ? to.address : std::string(kAnonymousAddress);
  message.addressing.pending = intent.pending;
  if (profile().rm && !is_of_trust(message.body)) {
    add_acknowledgements(message.rm, {std::string(kAnonymousAddress), {}}, intent.sequences);
    if (is_polled) {
      add_acknowledgements(message.rm, to, intent.sequences);
    }
  }
  if (is_acknowledgement && message.rm.acknowledgements.empty()) {
    effects.emplace_back(Answer{intent.exchange, AnswerKind::accepted, {}, {}});
    return;
  }
  if (const auto* fault = std::get_if<Fault>(&message.body)) {
    kind = fault->sender ? AnswerKind::sender_fault : AnswerKind::receiver_fault;
  }
  ProtectWith with;
  with.context = intent.key.context.get();
  with.is_initiator = intent.key.is_initiator;
  with.answering = intent.key.exchange;
  with.is_answer = true;
  with.in_clear = intent.in_clear ||
                  (state_.what.rm_in_clear && !is_of_trust(message.body));
  auto wire = parts_.codec.protect(message, profile(), with, m.now.wall, parts_.entropy);
  if (wire) {
    effects.emplace_back(
        Answer{intent.exchange, kind, std::move(wire->bytes), std::move(wire->content_type)});
  } else {
    m.turn.event(EventKind::build_failed, id(), 0, wire.error().code());
    effects.emplace_back(Answer{intent.exchange, AnswerKind::unavailable, {}, {}});
  }
  if (unnumbered.value != 0) {
    finish_entry(unnumbered, m);
  }
}

// No policy says how, and peers refuse the other way; so each way has its turn.
bool Conversation::cancels_in_clear() const {
  const bool is_habit = !profile().encrypt_rm || state_.what.rm_in_clear;
  return (cancelling_.tries % 2 == 1) == is_habit;
}

std::optional<Message> Conversation::write(Request& request, Means& m) {
  Message message;
  switch (request.kind) {
    case RequestKind::issue: {
      if (!establishing_.issue) {
        return std::nullopt;
      }
      contexts::TokenRequest issue = contexts::issue_request(*establishing_.issue, m.trust());
      if (profile().bootstrap == Bootstrap::issued) {
        issue.applies_to = state_.what.address;
      }
      message.body = std::move(issue);
      break;
    }
    case RequestKind::propagate:
      if (!establishing_.created) {
        return std::nullopt;
      }
      message.body = contexts::propagation(*establishing_.created);
      break;
    case RequestKind::renew: {
      auto renewing = state_.context ? contexts::renew_request(*state_.context, m.trust())
                                     : Result<contexts::TokenRequest>(
                                           Error(ErrorCode::invalid_state, "renew"));
      if (!renewing) {
        return std::nullopt;
      }
      message.body = std::move(renewing).value();
      break;
    }
    case RequestKind::cancel:
      if (!state_.context) {
        return std::nullopt;
      }
      message.body = contexts::cancel_request(
          *state_.context, state_.context->state().instances.back().name);
      break;
    case RequestKind::lifecycle: {
      auto lifecycle = write_lifecycle(request);
      if (!lifecycle) {
        return std::nullopt;
      }
      message = std::move(*lifecycle);
      break;
    }
    case RequestKind::message: {
      auto outgoing = write_outgoing(request.position);
      if (!outgoing) {
        return std::nullopt;
      }
      message = std::move(*outgoing);
      // A repeat asks as well: the acknowledgement may have been lost, and some peers give none for a
      // message that they know (CXF).
      request.asks = message.rm.sequence &&
                     ((asking_ != Asking::when_late && is_acknowledged_on_exchanges()) ||
                      is_repeat(request.position));
      if (request.asks) {
        message.rm.ack_requests.push_back(message.rm.sequence->identifier);
      }
      break;
    }
    case RequestKind::acknowledgement:
      message.body = ApplicationBody{};
      if (const RmSource* source = state_.find_source(request.slot); request.asks && source) {
        message.rm.ack_requests.push_back(source->identifier());
      }
      message.addressing.reply_to =
          to_address(is_initiator() ? kAnonymousAddress : kNoneAddress);
      break;
    case RequestKind::answer:
      message = std::move(*std::exchange(request.message, std::nullopt));
      break;
    case RequestKind::poll:
      message.body = MakeConnection{state_.what.reply_address, {}};
      break;
  }
  const EndpointReference to = target_of(request);
  message.addressing.to = to.address;
  message.addressing.message_id = request.message_id;
  if (!message.addressing.reply_to && is_initiator()) {
    message.addressing.reply_to = to_address(kAnonymousAddress);
  }
  if (request.kind == RequestKind::message && request.asks && asking_ == Asking::openly &&
      is_acknowledged_on_exchanges() &&
      message.addressing.reply_to == to_address(kNoneAddress)) {
    message.addressing.reply_to.reset();
  }
  if (request.kind == RequestKind::poll ||
      (request.kind == RequestKind::acknowledgement && request.asks)) {
    name_replies(request);
  }
  if (profile().rm && !is_of_trust(message.body) &&
      !std::holds_alternative<CreateSequence>(message.body)) {
    add_acknowledgements(message.rm, to, request.sequences);
  }
  const bool is_pointless = request.kind == RequestKind::acknowledgement &&
                            message.rm.acknowledgements.empty() && message.rm.ack_requests.empty();
  return is_pointless ? std::nullopt : std::optional<Message>(std::move(message));
}

bool Conversation::is_acknowledged_on_exchanges() const {
  return is_initiator() &&
         route_of(profile().acks.value_or(profile().reply)) == Route::exchanges;
}

/// Whether it was sent before by a timer, that we know of.
bool Conversation::is_repeat(Position position) const {
  const auto entry = state_.outbox().find(position);
  const RmSource* source =
      entry == state_.outbox().end() ? nullptr : state_.find_source(entry->second.slot);
  return source != nullptr && is_timed(*source) && source->tries(entry->second.number) > 1;
}

std::optional<Message> Conversation::write_lifecycle(const Request& request) {
  const RmSource* source = state_.find_source(request.slot);
  if (source == nullptr) {
    return std::nullopt;
  }
  const sequences::SourceState state = source->state();
  Message message;
  message.addressing.reply_to = own_address(profile().reply);
  switch (source->phase()) {
    case SourcePhase::creating: {
      CreateSequence create;
      create.acks_to = own_address(profile().acks.value_or(profile().reply));
      create.expires = sequences::milliseconds(state.expires_asked_ms);
      if (!state.offered_identifier.empty()) {
        CreateSequence::Offer offer;
        offer.identifier = state.offered_identifier;
        if (state.version == sequences::RmVersion::rm_1_1) {
          offer.endpoint = own_address(profile().reply);
          if (profile().rm_settings.incomplete != sequences::IncompleteBehavior::no_discard) {
            offer.incomplete_behavior = sequences::name_of(profile().rm_settings.incomplete);
          }
        }
        offer.expires = sequences::milliseconds(state.expires_asked_ms);
        create.offer = std::move(offer);
      }
      if (profile().sequence_token_reference && !state.context_identifier.empty()) {
        create.context_identifier = state.context_identifier;
        message.rm.uses_sequence_str = state.version == sequences::RmVersion::rm_1_1;
      }
      message.body = std::move(create);
      return message;
    }
    case SourcePhase::closing:
      message.body = SequenceLifecycle{SequenceLifecycle::Kind::close, state.identifier,
                                       source->last_msg_number()};
      return message;
    case SourcePhase::terminating:
      message.body = SequenceLifecycle{SequenceLifecycle::Kind::terminate, state.identifier,
                                       source->last_msg_number()};
      return message;
    case SourcePhase::created:
      if (!is_terminate_unanswered(request)) {
        return std::nullopt;
      }
      message.body =
          SequenceLifecycle{SequenceLifecycle::Kind::terminate, state.identifier, std::nullopt};
      return message;
    case SourcePhase::none:
    case SourcePhase::closed:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Message> Conversation::write_outgoing(Position position) {
  const auto at = state_.outbox().find(position);
  const OutboxBodyRef body = body_of(position);
  if (at == state_.outbox().end() || !body) {
    return std::nullopt;
  }
  const store::OutboxEntry::Value& entry = at->second;
  Message message;
  message.addressing.action = body->action;
  message.addressing.message_id = entry.message_id;
  message.addressing.relates_to = body->relates_to;
  if (entry.request_sequence.empty() && entry.kind != OutboxKind::reply) {
    message.addressing.reply_to = entry.kind == OutboxKind::request
                                      ? own_address(profile().reply)
                                      : to_address(kNoneAddress);
  }
  if (const RmSource* source = state_.find_source(entry.slot)) {
    message.rm.sequence = SequenceHeader{source->identifier(), entry.number,
                                         entry.kind == OutboxKind::last_message};
  }
  message.body = body_of_outgoing(*body);
  return message;
}

// Who has given up replies that come by themselves says so when they are spoken of.
void Conversation::name_replies(Request& request) const {
  if (!is_initiator() || reply_route() == Route::exchanges) {
    return;
  }
  for (const auto& [slot, source] : state_.sources()) {
    if (source.phase() != SourcePhase::creating) {
      request.sequences.push_back(source.terms().offered_identifier);
    }
  }
}

// Full sets each time, so that none depends on an earlier one having arrived (RM-040, RM-075): of the
// sequences whose acknowledgements go `to` there (RM-070). `named` are those that the other side has
// spoken of; on the exchange of a request no others may be (RM-074).
void Conversation::add_acknowledgements(RmHeaders& rm, const EndpointReference& to,
                                        const std::vector<std::string>& named) {
  const bool only_named = route_of(to.address) == Route::exchanges;
  std::vector<std::string> names;
  for (const auto& [sequence, destination] : state_.destinations()) {
    const sequences::DestinationState& terms = destination.terms();
    if (terms.acks_to != to.address ||
        terms.acks_to_parameters != as_text(to.reference_parameters)) {
      continue;
    }
    const bool is_named = std::find(named.begin(), named.end(), sequence) != named.end();
    const bool is_live = destination.phase() == DestinationPhase::created ||
                         destination.phase() == DestinationPhase::closed;
    // Unasked, a sequence without any message has nothing to say.
    if (is_named ? destination.phase() != DestinationPhase::none
                 : !only_named && is_live && !destination.received().empty()) {
      names.push_back(sequence);
    }
  }
  for (const std::string& sequence : names) {
    RmDestination& destination = state_.destination_at(sequence);
    const sequences::AckContent content = destination.acknowledgement();
    AcknowledgementHeader header;
    header.identifier = sequence;
    // A Nack leaves no room for ranges (2.5): it goes once for each new gap, and the ranges follow.
    if (auto nacks = destination.nacks(); !nacks.empty() && nacked_[sequence] != nacks) {
      header.nacks = nacks;
      nacked_[sequence] = std::move(nacks);
      rm.acknowledgements.push_back(std::move(header));
      continue;
    }
    header.ranges.assign(content.ranges.begin(), content.ranges.end());
    header.final = content.is_final;
    header.buffer_remaining = content.buffer_remaining;
    rm.acknowledgements.push_back(std::move(header));
    destination.record_ack();
    owed_.erase(sequence);
  }
}

}  // namespace parley::engine
