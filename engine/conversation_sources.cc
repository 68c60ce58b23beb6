#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/sequence_errors.h"
#include "engine/wire_names.h"

// How the sequences that we send begin and end (reliable-messaging.md, 2.1, 2.2, 2.7, 6, 7, 10).
// A recipient's are offered ones, and end with the sequence of the requests (RM-155).
// Unless they were offered for an address, their messages travel on the peer's requests and polls, and
// no timer sends them.

namespace parley::engine {

using sequences::DestinationPhase;
using sequences::RmDestination;
using sequences::RmSource;
using sequences::SequenceEnd;
using sequences::SourceEvent;
using sequences::SourcePhase;
using store::ConversationPhase;

void Conversation::settle_sources(Means& m) {
  if (!profile().rm) {
    return;
  }
  if (is_initiator() && state_.sources().empty()) {
    const bool has_backlog = state_.counters.last_windowed < state_.counters.last_position;
    if (has_backlog && opening_.is_due(m.now.mono)) {
      open_sequence(m);
    }
  }
  // A copy: a step may end the source.
  std::vector<std::uint64_t> slots;
  for (const auto& [slot, source] : state_.sources()) {
    if (is_timed(source)) {
      slots.push_back(slot);
    }
  }
  for (const std::uint64_t slot : slots) {
    settle_source(slot, m);
  }
}

void Conversation::settle_source(std::uint64_t slot, Means& m) {
  RmSource& source = state_.source_at(slot);
  const sequences::SourceDue due = source.due(m.now);
  if (due.event) {
    step_source(slot, *due.event, m);
    return;
  }
  if (due.lifecycle) {
    const sequences::SourceState state = source.state();
    const std::string& message_id = source.phase() == SourcePhase::creating
                                        ? state.create_message_id
                                    : source.phase() == SourcePhase::closing
                                        ? state.close_message_id
                                        : state.terminate_message_id;
    start_request({.kind = RequestKind::lifecycle,
                   .slot = slot,
                   .message_id = message_id,
                   .to = endpoint_of(source)},
                  m);
    source.record_lifecycle_sent(m.now.mono, m.jitter());
  }
  if (due.ack_request) {
    start_request({.kind = RequestKind::acknowledgement,
                   .slot = slot,
                   .asks = true,
                   .message_id = m.fresh_name(),
                   .to = endpoint_of(source)},
                  m);
    source.record_ack_request(m.now.mono);
  }
  transmit(slot, due.retransmit, m);

  const bool is_spent = source.phase() == SourcePhase::created && source.is_complete() &&
                        !source.may_assign() && source.decide_number().error().code() ==
                                                    ErrorCode::number_rollover;
  const bool wants_end = state_.what.phase == ConversationPhase::closing && !has_outgoing();
  switch (source.phase()) {
    case SourcePhase::creating:
      if (wants_end) {
        step_source(slot, SourceEvent::app_terminates, m);
      }
      return;
    case SourcePhase::created:
      if (wants_end || (is_spent && state_.outbox().empty()) ||
          (has_lost_replies(source) && source.is_complete())) {
        close_sequence(slot, m);
      }
      return;
    case SourcePhase::closed:
      if (source.is_complete() || source.state().has_final) {
        if (auto terminating = source.decide_terminate(m.fresh_name())) {
          take_decision(slot, *terminating, m);
          if (state_.find_source(slot) != nullptr) {
            settle_source(slot, m);
          }
        }
      }
      return;
    case SourcePhase::none:
    case SourcePhase::closing:
    case SourcePhase::terminating:
      return;
  }
}

// Ours alone has ended: replies can come no more by themselves. What is under way goes on; then the pair
// ends, which tells of every request that has no reply, and the next one takes what waits. (On the
// exchanges of our requests a copy of each brings its reply, until the pair ends by itself.)
bool Conversation::has_lost_replies(const RmSource& source) const {
  if (reply_route() == Route::exchanges) {
    return false;
  }
  const RmDestination* replies = state_.find_destination(source.terms().offered_identifier);
  return replies != nullptr && replies->phase() != DestinationPhase::created &&
         replies->end() != SequenceEnd::refused;
}

/// Whether it was to bring the replies to requests of a sequence that still is.
bool Conversation::is_half_of_pair(const std::string& sequence) const {
  return std::any_of(state_.sources().begin(), state_.sources().end(), [&](const auto& one) {
    return one.second.terms().offered_identifier == sequence && has_lost_replies(one.second);
  });
}

void Conversation::open_sequence(Means& m) {
  const std::string context = state_.context ? state_.context->state().identifier : std::string();
  const sequences::SourceOpening opening{.version = *profile().rm,
                                         .create_message_id = m.fresh_name(),
                                         .offered_identifier = m.fresh_name(),
                                         .context_identifier = context};
  auto source = RmSource::open(opening, profile().rm_settings);
  auto offered = RmDestination::offer({.version = opening.version,
                                       .identifier = opening.offered_identifier,
                                       .create_message_id = opening.create_message_id,
                                       .offered_identifier = {},
                                       .context_identifier = context,
                                       .acks_to = state_.what.address,
                                       .acks_to_parameters = {},
                                       .replies_to = {},
                                       .expires = std::nullopt},
                                      profile().rm_settings, m.now.wall);
  opening_.tried(m.now.mono, ms(parts_.settings.establish_retry_ms),
                 ms(parts_.settings.establish_retry_ms_max));
  if (!source || !offered) {
    m.turn.event(EventKind::build_failed, id(), 0, ErrorCode::sequence_refused);
    return;
  }
  // RM-024: ready to receive on the offered Identifier from now on.
  m.registry.bind_sequence(opening.offered_identifier, id());
  state_.add_destination(std::move(offered).value(), m.now.mono);
  state_.add_source(++last_slot_, std::move(source).value(), m.now.mono);
}

void Conversation::step_source(std::uint64_t slot, SourceEvent event, Means& m) {
  if (auto decision = state_.source_at(slot).decide(event)) {
    take_decision(slot, *decision, m);
  }
}

void Conversation::take_decision(std::uint64_t slot, const sequences::SourceDecision& decision,
                                 Means& m) {
  RmSource& source = state_.change_source(slot);
  source.apply(decision.state);
  m.turn.require_sync();
  if (!is_initiator() && decision.actions.has(sequences::SourceAction::fault_terminated)) {
    tell_terminated(source, m);
  }
  settle_ended_source(slot, m);
}

// RM-102: a service that gives up its replies says so, once. Whom that does not reach learns of it when
// it acknowledges them.
void Conversation::tell_terminated(const RmSource& source, Means& m) {
  if (is_timed(source) && may_send(m) &&
      requests_.size() < parts_.settings.exchanges_out_max) {
    Message message;
    message.body = Fault{.code = ErrorCode::sequence_terminated,
                         .sequence_identifier = source.identifier()};
    start_request({.kind = RequestKind::answer,
                   .message_id = m.fresh_name(),
                   .to = endpoint_of(source),
                   .message = std::move(message)},
                  m);
  }
}

// After any step: what the end, or a final acknowledgement with gaps, means for our messages.
void Conversation::settle_ended_source(std::uint64_t slot, Means& m) {
  const RmSource& source = *state_.find_source(slot);
  const sequences::SourceState state = source.state();
  const bool is_over = source.phase() == SourcePhase::none;
  if (!is_over && !(state.has_final && !source.is_complete())) {
    return;
  }
  const bool is_bad = state.end != SequenceEnd::completed && state.end != SequenceEnd::aborted &&
                      state.end != SequenceEnd::open;
  const auto missing = source.unacknowledged(1);
  const std::uint64_t missing_count = source.unacknowledged_count();
  if (is_initiator() && missing_count > 0 && state.has_final) {
    give_up_missing(slot, m);
  }
  if (!is_over) {
    return;
  }
  if (is_initiator() && is_bad) {
    report({.kind = store::ReportKind::sequence_ended,
            .reason = reason_of(state.end),
            .first_missing = missing.empty() ? 0 : missing.front().first,
            .missing = missing_count},
           m);
  }
  m.turn.event(EventKind::sequence_ended, id(), 0, reason_of(state.end));
  drop_source_entries(slot, reason_of(state.end), m);
  end_source(slot, m);
}

// S9: a final acknowledgement settles what it lacks: that was not accepted, and never will be.
void Conversation::give_up_missing(std::uint64_t slot, Means& m) {
  const IntervalSet& acked = state_.find_source(slot)->acked();
  std::vector<Position> positions;
  for (const auto& [position, entry] : state_.outbox()) {
    if (entry.slot == slot && !acked.contains(entry.number)) {
      positions.push_back(position);
    }
  }
  for (const Position position : positions) {
    give_up_entry(position, store::ReportKind::not_delivered, ErrorCode::sequence_closed, m);
  }
}

void Conversation::drop_source_entries(std::uint64_t slot, ErrorCode reason, Means& m) {
  const RmSource& source = *state_.find_source(slot);
  std::vector<std::pair<Position, bool>> entries;
  for (const auto& [position, entry] : state_.outbox()) {
    if (entry.slot == slot) {
      entries.emplace_back(position, source.acked().contains(entry.number));
    }
  }
  for (const auto& [position, is_acknowledged] : entries) {
    give_up_entry(position,
                  is_acknowledged ? store::ReportKind::answer_lost
                                  : store::ReportKind::outcome_unknown,
                  reason, m);
  }
}

void Conversation::end_source(std::uint64_t slot, Means& m) {
  const sequences::SourceState state = state_.find_source(slot)->state();
  m.registry.unbind_sequence(state.identifier, id());
  state_.drop_source(slot);
  unbind_stale_addresses(m);
  if (!state.offered_identifier.empty()) {
    end_destination_of(state.offered_identifier, m);
  }
}

// RM-155: the sequence of the replies ends with that of the requests.
void Conversation::end_destination_of(std::string_view offered, Means& m) {
  const RmDestination* destination = state_.find_destination(offered);
  if (destination == nullptr || destination->phase() == DestinationPhase::none ||
      destination->phase() == DestinationPhase::terminated) {
    return;
  }
  auto ended = destination->is_confirmed()
                   ? destination->decide_peer_terminate(std::nullopt, m.now.wall)
                   : destination->decide_confirmed(false, m.now.wall);
  if (ended) {
    take_decision(std::string(offered), *ended, m);
  }
}

void Conversation::take_created(const Request& request, const CreateSequenceResponse& body,
                                Means& m) {
  const RmSource* source = state_.find_source(request.slot);
  if (source == nullptr) {
    return;
  }
  const bool was_creating = source->phase() == SourcePhase::creating;
  auto created = source->decide_created({body.identifier, body.expires}, m.now.wall);
  if (!created) {
    m.turn.event(EventKind::message_refused, id(), 0, created.error().code());
    return;
  }
  if (!was_creating) {
    return;  // the answer to a repeat
  }
  const std::string offered = created->state.offered_identifier;
  take_decision(request.slot, *created, m);
  opening_ = {};
  m.registry.bind_sequence(body.identifier, id());
  m.turn.event(EventKind::sequence_created, id());
  if (const RmDestination* destination = state_.find_destination(offered)) {
    // RM-023: an Accept with the address "none" declines.
    const bool is_accepted =
        body.accept_acks_to.has_value() && body.accept_acks_to->address != kNoneAddress;
    if (auto confirmed = destination->decide_confirmed(is_accepted, m.now.wall)) {
      take_decision(offered, *confirmed, m);
    }
  }
}

}  // namespace parley::engine
