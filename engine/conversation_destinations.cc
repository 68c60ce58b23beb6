#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/sequence_errors.h"
#include "engine/wire_names.h"

// How the sequences that we receive begin and end, and what a peer acknowledges of ours
// (reliable-messaging.md, 2.1, 2.2, 2.7, 6, 7, 10).

namespace parley::engine {

using sequences::DestinationPhase;
using sequences::RmDestination;
using sequences::RmSource;
using sequences::SourceEvent;

void Conversation::settle_destinations(Means& m) {
  std::vector<std::string> names;
  for (const auto& [sequence, destination] : state_.destinations()) {
    names.push_back(sequence);
  }
  for (const std::string& sequence : names) {
    RmDestination& destination = state_.destination_at(sequence);
    const sequences::DestinationDue due = destination.due(m.now);
    if (due.event) {
      if (auto decision = destination.decide(*due.event, m.now.wall)) {
        take_decision(sequence, *decision, m);
      }
    }
    if (due.ack) {
      destination.record_ack();
      send_acknowledgement(sequence, m);
    }
    if (destination.phase() == DestinationPhase::none && destination.is_drained() &&
        !is_half_of_pair(sequence)) {
      forget_destination(sequence, m);
    }
  }
}

// By itself, if it can leave so: to an anonymous address it goes with the answers to requests alone
// (RM-074), to a polled one when it is asked for.
void Conversation::send_acknowledgement(const std::string& sequence, Means& m) {
  const sequences::DestinationState& terms = state_.find_destination(sequence)->terms();
  const EndpointReference to{terms.acks_to, to_bytes(terms.acks_to_parameters)};
  const Route route = route_of(terms.acks_to);
  if (!is_initiator() && route == Route::polled) {
    owed_.insert(sequence);
  }
  if (!may_send(m) || (!is_initiator() && route != Route::address)) {
    return;
  }
  // One that is still to be written tells all, and to an initiator's peer one is enough at any time.
  const bool is_on_its_way =
      std::any_of(requests_.begin(), requests_.end(), [&](const auto& one) {
        const Request& request = one.second;
        return request.kind == RequestKind::acknowledgement &&
               (is_initiator() || (!request.is_built && request.to == to));
      });
  if (!is_on_its_way && requests_.size() < parts_.settings.exchanges_out_max) {
    start_request({.kind = RequestKind::acknowledgement,
                   .message_id = m.fresh_name(),
                   .to = is_initiator() ? EndpointReference() : to,
                   .sequences = {sequence}},
                  m);
  }
}

void Conversation::take_decision(const std::string& sequence,
                                 const sequences::DestinationDecision& decision, Means& m) {
  RmDestination& destination = state_.change_destination(sequence);
  const bool was_live = destination.phase() == DestinationPhase::created;
  destination.apply(decision.state);
  for (const auto& range : decision.discarded.intervals()) {
    for (auto at = state_.inbox().lower_bound({sequence, range.first});
         at != state_.inbox().end() && at->first.sequence == sequence &&
         at->first.number <= range.second;) {
      const InboxKey key = at->first;
      ++at;
      drop_inbox(key, m);
    }
  }
  if (was_live && destination.phase() != DestinationPhase::created &&
      destination.missing_count() > 0) {
    report({.kind = store::ReportKind::sequence_ended,
            .reason = reason_of(destination.end()),
            .first_missing = destination.missing(1).front().first,
            .missing = destination.missing_count()},
           m);
  }
  const bool is_over = destination.phase() == DestinationPhase::none ||
                       destination.phase() == DestinationPhase::terminated;
  if (is_over && !is_initiator()) {
    // The replies travelled on requests of this sequence: none can come any more.
    const std::string offered = destination.state().offered_identifier;
    if (const std::uint64_t slot = state_.find_source_slot(offered)) {
      drop_source_entries(slot, ErrorCode::sequence_terminated, m);
      end_source(slot, m);
    }
  }
}

CreateSequenceResponse Conversation::created_answer(const RmDestination& destination,
                                                    Means& m) const {
  const sequences::DestinationState state = destination.state();
  CreateSequenceResponse answer;
  answer.identifier = state.identifier;
  if (state.expires) {
    answer.expires = std::max(*state.expires - m.now.wall, Duration(1));
  }
  if (state.incomplete != sequences::IncompleteBehavior::no_discard) {
    answer.incomplete_behavior = sequences::name_of(state.incomplete);
  }
  if (state_.find_source_slot(state.offered_identifier) != 0) {
    answer.accept_acks_to = EndpointReference{state_.what.peer_address, {}};  // RM-162
  }
  return answer;
}

void Conversation::take_create(const OpenedMessage& opened, AnswerIntent& exchange, Means& m) {
  const auto& body = std::get<CreateSequence>(opened.message.body);
  // Some send none (gSOAP): then each is another, and its answer is known by the exchange alone.
  const std::string message_id = opened.message.addressing.message_id.empty()
                                     ? m.fresh_name()
                                     : opened.message.addressing.message_id;
  const std::string offered = body.offer ? body.offer->identifier : std::string();
  const std::string context = state_.context ? state_.context->state().identifier : std::string();
  const auto refuse = [&](bool sender) {
    answer_fault(std::move(exchange), {.code = ErrorCode::sequence_refused, .sender = sender}, m);
  };
  // RM-025: a repeat gets the sequence that the first one made.
  for (const auto& [sequence, destination] : state_.destinations()) {
    if (destination.is_repeat(message_id, offered, context)) {
      if (destination.phase() == DestinationPhase::terminated ||
          destination.phase() == DestinationPhase::none) {
        refuse(true);
        return;
      }
      exchange.content = Body(created_answer(destination, m));
      answer_exchange(std::move(exchange), m);
      return;
    }
  }
  // RM-170, RM-174: what it refers to must be what protects it.
  const bool has_reference = body.context_identifier.has_value();
  const bool fits = !has_reference || (profile().sc && *body.context_identifier == context);
  const bool is_required = profile().sc && profile().sequence_token_reference;
  const bool is_promised = opened.message.rm.uses_sequence_str;
  // An Identifier in use is somebody's: taking it would make his replies ours (verification.md, 6.3, 8).
  const bool is_taken = (!offered.empty() && m.registry.knows_sequence(offered)) ||
                        m.registry.knows_sequence(message_id);
  if (!profile().rm || !fits || is_taken || (is_required && !has_reference) ||
      (is_promised && !has_reference) || !may_answer(body.acks_to)) {
    refuse(true);
    return;
  }
  if (state_.destinations().size() >= parts_.limits.sequences_per_principal_max) {
    m.turn.event(EventKind::limit_reached, id(), 0, ErrorCode::sequence_refused);
    refuse(false);
    return;
  }
  // RM-013: without an Endpoint of its own (1.0), an offered sequence goes where replies go.
  const EndpointReference endpoint =
      body.offer ? body.offer->endpoint.value_or(exchange.reply_to) : EndpointReference();
  const bool is_anonymous = route_of(endpoint.address) == Route::exchanges;
  const bool takes_offer = body.offer && state_.find_source_slot(offered) == 0 &&
                           may_answer(endpoint) && route_of(endpoint.address) != Route::nowhere;
  auto destination = RmDestination::open({.version = *profile().rm,
                                          .identifier = m.fresh_name(),
                                          .create_message_id = message_id,
                                          .offered_identifier = offered,
                                          .context_identifier = context,
                                          .acks_to = body.acks_to.address,
                                          .acks_to_parameters = std::string(
                                              as_text(body.acks_to.reference_parameters)),
                                          .replies_to = takes_offer && !is_anonymous
                                                            ? endpoint.address
                                                            : std::string(),
                                          .expires = body.expires},
                                         profile().rm_settings, m.now.wall);
  if (!destination) {
    refuse(true);
    return;
  }
  if (!bind_polled(body.acks_to, m) || !bind_polled(endpoint, m)) {
    unbind_stale_addresses(m);
    refuse(true);
    return;
  }
  if (takes_offer) {
    auto source = RmSource::take_offer(
        {.version = *profile().rm,
         .identifier = offered,
         .context_identifier = context,
         .endpoint = is_anonymous ? std::string() : endpoint.address,
         .endpoint_parameters =
             is_anonymous ? std::string() : std::string(as_text(endpoint.reference_parameters)),
         .expires = body.offer->expires},
        profile().rm_settings, m.now.wall);
    if (source) {
      m.registry.bind_sequence(offered, id());
      state_.add_source(++last_slot_, std::move(source).value(), m.now.mono);
    }
  }
  if (state_.what.peer_address.empty()) {
    auto what = state_.what;
    what.peer_address = opened.message.addressing.to;
    remember(store::ConversationFact{id(), std::move(what)}, m);
  }
  const std::string sequence = destination->identifier;
  m.registry.bind_sequence(sequence, id());
  m.registry.bind_sequence(message_id, id());  // where its repeats are to go
  state_.add_destination(std::move(destination).value(), m.now.mono);
  m.turn.event(EventKind::sequence_created, id());
  exchange.content = Body(created_answer(*state_.find_destination(sequence), m));
  answer_exchange(std::move(exchange), m);
}

void Conversation::take_lifecycle(const SequenceLifecycle& body, Incoming& incoming, Means& m) {
  using Kind = SequenceLifecycle::Kind;
  const bool is_answer =
      body.kind == Kind::close_response || body.kind == Kind::terminate_response;
  const bool closes = body.kind == Kind::close || body.kind == Kind::close_response;
  if (is_answer) {
    // The final acknowledgement, a header of the same message, was taken before.
    const std::uint64_t slot = state_.find_source_slot(body.identifier);
    if (slot != 0) {
      step_source(slot, closes ? SourceEvent::close_response : SourceEvent::terminate_response, m);
    }
    if (incoming.exchange) {
      answer_exchange(std::move(*incoming.exchange), m);
    }
    return;
  }
  if (!incoming.exchange) {
    return;  // no peer of ours closes on a back-channel
  }
  AnswerIntent& exchange = *incoming.exchange;
  // RM-064: 1.0 has no answer to Terminate, so that the exchange just ends.
  const bool is_answered = profile().rm != sequences::RmVersion::rm_1_0;
  if (is_answered) {
    exchange.sequences.push_back(body.identifier);
  }
  SequenceLifecycle answer{closes ? Kind::close_response : Kind::terminate_response,
                           body.identifier, std::nullopt};
  if (const RmDestination* destination = state_.find_destination(body.identifier)) {
    auto decision = closes ? destination->decide_peer_close(body.last_number, m.now.wall)
                           : destination->decide_peer_terminate(body.last_number, m.now.wall);
    if (decision && !decision->actions.has(sequences::DestinationAction::fault_terminated)) {
      const std::uint64_t reply_slot_before = reply_slot(body.identifier);
      const std::string replies =
          reply_slot_before == 0 ? std::string() : state_.source_at(reply_slot_before).identifier();
      take_decision(body.identifier, *decision, m);
      m.turn.event(closes ? EventKind::sequence_closed : EventKind::sequence_ended, id());
      if (is_answered) {
        exchange.content = Body(std::move(answer));
      } else if (profile().answer_ends && !replies.empty()) {
        exchange.content =
            Body(SequenceLifecycle{SequenceLifecycle::Kind::terminate, replies, std::nullopt});
      }
      answer_exchange(std::move(exchange), m);
      return;
    }
    if (decision) {
      take_decision(body.identifier, *decision, m);
      answer_fault(std::move(exchange),
                   {.code = ErrorCode::sequence_terminated, .sequence_identifier = body.identifier},
                   m);
      return;
    }
  } else if (const std::uint64_t slot = state_.find_source_slot(body.identifier)) {
    // RM-062, RM-065: the destination of our sequence ends it.
    if (auto decision = state_.source_at(slot).decide(closes ? SourceEvent::peer_closes
                                                             : SourceEvent::peer_terminates)) {
      take_decision(slot, *decision, m);
      if (is_answered) {
        exchange.content = Body(std::move(answer));
      }
      answer_exchange(std::move(exchange), m);
      return;
    }
  }
  answer_fault(std::move(exchange),
               {.code = ErrorCode::sequence_unknown, .sequence_identifier = body.identifier}, m);
}

std::optional<Fault> Conversation::take_acknowledgement(const AcknowledgementHeader& header,
                                                        Means& m) {
  const std::uint64_t slot = state_.find_source_slot(header.identifier);
  if (slot == 0) {
    return Fault{.code = ErrorCode::sequence_unknown, .sequence_identifier = header.identifier};
  }
  if (!header.nacks.empty()) {
    state_.source_at(slot).note_nack(header.nacks, m.now.mono);
    if (header.ranges.empty()) {
      return std::nullopt;  // a Nack says nothing about other numbers (RM-045)
    }
  }
  auto decision = state_.source_at(slot).decide_acknowledgement(
      {header.ranges, header.final, header.buffer_remaining});
  if (!decision) {
    return Fault{.code = decision.error().code(), .sequence_identifier = header.identifier};
  }
  const bool is_invalid = decision->standing == sequences::AckStanding::invalid;
  const bool is_change = decision->standing != sequences::AckStanding::old ||
                         decision->phase != state_.source_at(slot).phase() ||
                         decision->has_final != state_.source_at(slot).state().has_final;
  RmSource& source = is_change ? state_.change_source(slot) : state_.source_at(slot);
  source.apply(*decision, m.now.mono);
  for (const auto& range : decision->newly.intervals()) {
    for (std::uint64_t number = range.first; number <= range.second; ++number) {
      const Position position = state_.position_of_number(slot, number);
      if (position.value == 0) {
        continue;
      }
      const store::OutboxEntry::Value& entry = state_.outbox().at(position);
      if (entry.kind != store::OutboxKind::request || entry.is_answered) {
        finish_entry(position, m);
      }
    }
    m.turn.event(EventKind::message_acknowledged, id(), range.second);
  }
  settle_ended_source(slot, m);
  if (is_invalid) {
    return Fault{.code = ErrorCode::acknowledgement_invalid,
                 .sequence_identifier = header.identifier,
                 .acknowledgement = header};
  }
  return std::nullopt;
}

}  // namespace parley::engine
