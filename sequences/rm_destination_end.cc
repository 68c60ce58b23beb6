// How a destination is closed and ended, and what time demands of it
// (reliable-messaging.md, 2.3, 2.7 and 8.3).

#include <algorithm>
#include <utility>

#include "sequences/retransmission.h"
#include "sequences/rm_destination.h"

namespace parley::sequences {
namespace {

using A = DestinationAction;
using E = DestinationEvent;
using P = DestinationPhase;

SequenceEnd end_of(DestinationEvent event, SequenceEnd before) {
  switch (event) {
    case E::peer_terminates:
      return SequenceEnd::completed;
    case E::we_terminate:
      return SequenceEnd::aborted;
    case E::peer_fault:
      return before == SequenceEnd::open ? SequenceEnd::peer_terminated : before;
    case E::violated:
      return SequenceEnd::violated;
    case E::expires:
      return SequenceEnd::expired;
    case E::inactive:
      return SequenceEnd::inactive;
    case E::create:
    case E::create_unacceptable:
    case E::number_fresh:
    case E::number_duplicate:
    case E::number_above_limit:
    case E::number_above_last:
    case E::number_without_room:
    case E::ack_requested:
    case E::peer_closes:
    case E::we_close:
    case E::close_response:
    case E::terminate_response:
    case E::tombstone_timer:
      break;
  }
  return before;
}

}  // namespace

IntervalSet RmDestination::to_discard(std::optional<std::uint64_t> last) const {
  if (is_whole_up_to(last)) {
    return {};
  }
  const IntervalSet waiting = received_.without(consumed_);
  switch (state_.incomplete) {
    case IncompleteBehavior::no_discard:
      return {};
    case IncompleteBehavior::discard_following_first_gap: {
      IntervalSet before_gap;
      const std::uint64_t gap = received_.first_missing(1);
      if (gap > 1) {
        before_gap.insert({1, gap - 1});
      }
      return waiting.without(before_gap);
    }
    case IncompleteBehavior::discard_entire_sequence:
      return waiting;
  }
  return {};
}

Result<DestinationDecision> RmDestination::step(DestinationEvent event,
                                                std::optional<std::uint64_t> last,
                                                WallTime now) const {
  const DestinationCell& cell = destination_cell(state_.version, event, state_.phase);
  if (cell.actions.has(A::fault_unknown)) {
    return Error(ErrorCode::sequence_unknown, "destination");
  }
  DestinationDecision decision{state(), cell.actions, {}};
  const bool was_open = state_.phase == P::created;
  if (was_open && cell.actions.has(A::settle)) {
    decision.discarded = to_discard(last);
    IntervalSet consumed = consumed_;
    consumed.insert(decision.discarded);
    decision.state.consumed = consumed.intervals();
  }
  // What is missing is told once, when nothing more can come.
  if (!was_open || is_whole_up_to(last)) {
    decision.actions.remove(A::report_incomplete);
  }
  if (last) {
    decision.state.last_number = last;
  }
  if (cell.next) {
    decision.state.phase = *cell.next;
    if (*cell.next == P::terminated || *cell.next == P::none) {
      decision.state.end = end_of(event, state_.end);
    }
    if (*cell.next == P::terminated) {
      decision.state.tombstone_until = now + milliseconds(settings_->tombstone_ms);
    }
  }
  return decision;
}

Result<DestinationDecision> RmDestination::decide_peer_end(DestinationEvent event,
                                                           std::optional<std::uint64_t> last,
                                                           WallTime now) const {
  const std::optional<std::uint64_t> known = state_.last_number;
  if (!has_effect(event)) {
    return step(event, known, now);
  }
  // Section 7: too small, or changed in a repeat.
  if (last &&
      (*last < received_.highest() || *last > kNumberMax || known.value_or(*last) != *last)) {
    return step(E::violated, known, now);
  }
  return step(event, last ? last : known, now);
}

Result<DestinationDecision> RmDestination::decide_peer_close(std::optional<std::uint64_t> last,
                                                             WallTime now) const {
  return decide_peer_end(E::peer_closes, last, now);
}

Result<DestinationDecision> RmDestination::decide_peer_terminate(std::optional<std::uint64_t> last,
                                                                 WallTime now) const {
  return decide_peer_end(E::peer_terminates, last, now);
}

Result<DestinationDecision> RmDestination::decide_own_end(DestinationEvent event,
                                                          WallTime now) const {
  if (!has_effect(event)) {
    return Error(ErrorCode::invalid_state, "end sequence");
  }
  return step(event, state_.last_number, now);
}

Result<DestinationDecision> RmDestination::decide_close(std::string message_id,
                                                        WallTime now) const {
  PARLEY_ASSIGN_OR_RETURN(DestinationDecision decision, decide_own_end(E::we_close, now));
  decision.state.close_message_id = std::move(message_id);
  return decision;
}

Result<DestinationDecision> RmDestination::decide_terminate(std::string message_id,
                                                            WallTime now) const {
  PARLEY_ASSIGN_OR_RETURN(DestinationDecision decision, decide_own_end(E::we_terminate, now));
  decision.state.terminate_message_id = std::move(message_id);
  return decision;
}

Result<DestinationDecision> RmDestination::decide(DestinationEvent event, WallTime now) const {
  if (event == E::create && state_.phase == P::none) {
    return Error(ErrorCode::invalid_state, "create sequence");  // `open` makes one
  }
  PARLEY_ASSIGN_OR_RETURN(DestinationDecision decision, step(event, state_.last_number, now));
  if (event == E::close_response) {
    decision.state.close_message_id.clear();
  }
  return decision;
}

Result<DestinationDecision> RmDestination::decide_confirmed(bool is_accepted, WallTime) const {
  if (!state_.is_offered || state_.is_confirmed) {
    return Error(ErrorCode::invalid_state, "offered sequence");
  }
  DestinationDecision decision{state(), {}, {}};
  if (is_accepted) {
    decision.state.is_confirmed = true;
    return decision;
  }
  decision.discarded = received_.without(consumed_);
  decision.state.consumed = decision.state.received;
  decision.state.phase = P::none;
  decision.state.end = SequenceEnd::refused;
  return decision;
}

void RmDestination::apply(const DestinationState& state) noexcept {
  const bool is_phase_new = state.phase != state_.phase;
  state_ = state;
  load();
  // What was discarded is not handed out; what AtMostOnce consumed on acceptance still is.
  if (state_.assurance != DeliveryAssurance::at_most_once || consumes_before_delivery() ||
      state_.end == SequenceEnd::refused) {
    std::erase_if(ready_, [&](std::uint64_t number) { return !pending_.contains(number); });
  }
  if (is_phase_new) {
    lifecycle_tries_ = 0;
    lifecycle_due_ = MonoTime{INT64_MIN};
  }
}

void RmDestination::record_lifecycle_sent(MonoTime now) {
  ++lifecycle_tries_;
  lifecycle_due_ = now + backed_off(milliseconds(settings_->lifecycle_retry_ms), 2,
                                    lifecycle_tries_, milliseconds(settings_->retransmit_max_ms));
}

bool RmDestination::has_effect(DestinationEvent event) const {
  const DestinationCell& cell = destination_cell(state_.version, event, state_.phase);
  return cell.next.has_value() || !cell.actions.empty();
}

// Whether a Close or Terminate of ours waits for its answer.
bool RmDestination::has_lifecycle() const {
  const bool waits = (state_.phase == P::closed && !state_.close_message_id.empty()) ||
                     (state_.phase == P::terminated && !state_.terminate_message_id.empty());
  return waits &&
         (settings_->lifecycle_tries_max == 0 || lifecycle_tries_ < settings_->lifecycle_tries_max);
}

DestinationDue RmDestination::due(Now now) const {
  DestinationDue due;
  const bool is_silent =
      settings_->inactivity_ms != 0 && now.mono >= heard_ + milliseconds(settings_->inactivity_ms);
  if (state_.expires && now.wall >= *state_.expires && has_effect(E::expires)) {
    due.event = E::expires;
  } else if (is_silent && has_effect(E::inactive)) {
    due.event = E::inactive;
  } else if (state_.phase == P::terminated && state_.tombstone_until &&
             now.wall >= *state_.tombstone_until) {
    due.event = E::tombstone_timer;
  }
  if (due.event) {
    return due;
  }
  due.ack = now.mono >= ack_due_ && has_effect(E::ack_requested);
  due.lifecycle = has_lifecycle() && now.mono >= lifecycle_due_;
  return due;
}

MonoTime RmDestination::deadline(Now now) const {
  MonoTime time = has_effect(E::ack_requested) ? ack_due_ : kNever;
  const auto at_wall = [&](WallTime wall) {
    return now.mono + std::max(wall - now.wall, Duration(0));
  };
  if (state_.expires && has_effect(E::expires)) {
    time = std::min(time, at_wall(*state_.expires));
  }
  if (settings_->inactivity_ms != 0 && has_effect(E::inactive)) {
    time = std::min(time, heard_ + milliseconds(settings_->inactivity_ms));
  }
  if (state_.phase == P::terminated && state_.tombstone_until) {
    time = std::min(time, at_wall(*state_.tombstone_until));
  }
  if (has_lifecycle()) {
    time = std::min(time, lifecycle_due_);
  }
  return std::max(time, now.mono);
}

}  // namespace parley::sequences
