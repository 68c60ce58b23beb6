#include "sequences/rm_source.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace parley::sequences {
namespace {

using A = SourceAction;
using E = SourceEvent;
using P = SourcePhase;

// Absent and zero both mean "for ever" (2.1).
std::optional<Duration> finite(std::optional<Duration> lifetime) {
  return lifetime && lifetime->count() > 0 ? lifetime : std::nullopt;
}

std::optional<Duration> shorter(std::optional<Duration> a, std::optional<Duration> b) {
  return a && b ? std::min(*a, *b) : (a ? a : b);
}

// A lifetime of centuries must not make the clock overflow.
WallTime after(WallTime now, Duration lifetime) {
  return now + std::min(lifetime, milliseconds(UINT64_MAX));
}

SequenceEnd end_of(SourceEvent event, SourcePhase from) {
  switch (event) {
    case E::refused:
      return SequenceEnd::refused;
    case E::app_closes:
    case E::app_terminates:
      return from == P::creating ? SequenceEnd::aborted : SequenceEnd::completed;
    case E::terminate_response:
      return SequenceEnd::completed;
    case E::peer_terminates:
    case E::last_exceeded_fault:
      return SequenceEnd::peer_terminated;
    case E::terminated_fault:
      return from == P::terminating ? SequenceEnd::completed : SequenceEnd::peer_terminated;
    case E::unknown_fault:
      // RM-066: an RMD that has forgotten a sequence that was ending has ended it.
      return from == P::closed || from == P::terminating ? SequenceEnd::completed
                                                         : SequenceEnd::peer_forgot;
    case E::expires:
      return SequenceEnd::expired;
    case E::inactive:
      return SequenceEnd::inactive;
    case E::retries_exhausted:
      return SequenceEnd::gave_up;
    case E::unanswered:
      return SequenceEnd::no_answer;
    case E::acknowledged_wrong:
      return SequenceEnd::violated;
    case E::app_opens:
    case E::app_sends:
    case E::create_timer:
    case E::created:
    case E::retransmit_timer:
    case E::ack_timer:
    case E::acknowledged:
    case E::acknowledged_final:
    case E::nacked:
    case E::rollover_fault:
    case E::close_timer:
    case E::peer_closes:
    case E::close_response:
    case E::closed_fault:
    case E::terminate_timer:
      break;
  }
  return SequenceEnd::open;
}

}  // namespace

RmSource::RmSource(SourceState state,
                   const RmSettings& settings,
                   const Limits& limits,
                   MonoTime now)
    : settings_(&settings),
      limits_(&limits),
      state_(std::move(state)),
      flights_(settings, limits),
      peer_full_since_(now),
      heard_(now),
      asked_(now) {
  auto acked = IntervalSet::from(std::exchange(state_.acked, {}), SIZE_MAX);
  acked_ = std::move(acked).value();
  for (const NumberRange& range : unacknowledged(SIZE_MAX)) {
    for (std::uint64_t number = range.first; number <= range.second; ++number) {
      // Never more than a window, since no more are numbered.
      if (flights_.size() >= limits.source_window_max) {
        return;
      }
      flights_.add(number, now);
    }
  }
}

Result<SourceState> RmSource::open(const SourceOpening& opening, const RmSettings& settings) {
  if (opening.create_message_id.empty()) {
    return Error(ErrorCode::invalid_argument, "open sequence");
  }
  SourceState state;
  state.version = opening.version;
  state.phase = *source_cell(opening.version, E::app_opens, P::none).next;
  state.create_message_id = opening.create_message_id;
  state.offered_identifier = opening.offered_identifier;
  state.context_identifier = opening.context_identifier;
  state.expires_asked_ms = settings.expires_ms;
  return state;
}

Result<SourceState> RmSource::take_offer(const OfferTaken& offer,
                                         const RmSettings& settings,
                                         WallTime now) {
  if (offer.identifier.empty()) {
    return Error(ErrorCode::sequence_refused, "offered sequence");
  }
  SourceState state;
  state.version = offer.version;
  state.phase = P::created;
  state.identifier = offer.identifier;
  state.context_identifier = offer.context_identifier;
  state.is_offered = true;
  state.endpoint = offer.endpoint;
  state.endpoint_parameters = offer.endpoint_parameters;
  state.expires_asked_ms = settings.expires_ms;
  const auto lifetime = shorter(finite(offer.expires), finite(milliseconds(settings.expires_ms)));
  if (lifetime) {
    state.expires = after(now, *lifetime);
  }
  return state;
}

Result<SourceDecision> RmSource::step(SourceEvent event) const {
  const SourceCell& cell = source_cell(state_.version, event, state_.phase);
  if (cell.actions.has(A::fault_unknown)) {
    return Error(ErrorCode::sequence_unknown, "source");
  }
  SourceDecision decision{state(), cell.actions};
  if (cell.next) {
    decision.state.phase = *cell.next;
    if (*cell.next == P::none) {
      decision.state.end = end_of(event, state_.phase);
      if (event == E::app_terminates && !is_complete()) {
        decision.state.end = SequenceEnd::aborted;
      }
      // RM-066, for 1.0, which has no phase of its own for a sequence that is being terminated.
      const bool is_terminating =
          state_.version == RmVersion::rm_1_0 && !state_.terminate_message_id.empty();
      if (is_terminating && is_complete() &&
          (event == E::unknown_fault || event == E::terminated_fault)) {
        decision.state.end = SequenceEnd::completed;
      }
    }
  }
  if (cell.actions.has(A::stop_numbering)) {
    decision.state.has_rollover = true;
  }
  prune_reports(decision.actions, is_complete());
  return decision;
}

void RmSource::prune_reports(SourceActions& actions, bool is_complete_now) const {
  // Gaps are told once, when the final acknowledgement comes; what that settled is not lost.
  if (is_complete_now || state_.has_final) {
    actions.remove(A::report_gaps);
    actions.remove(A::report_loss);
  }
}

Result<SourceDecision> RmSource::decide_created(const SequenceGrant& grant, WallTime now) const {
  PARLEY_ASSIGN_OR_RETURN(SourceDecision decision, step(E::created));
  if (grant.identifier.empty()) {
    return Error(ErrorCode::malformed_value, "CreateSequenceResponse");
  }
  if (decision.actions.has(A::terminate_stray) && grant.identifier == state_.identifier) {
    decision.actions.remove(A::terminate_stray);  // a repeat
  }
  if (state_.phase == P::creating) {
    decision.state.identifier = grant.identifier;
    // RM-020: a longer grant than asked for counts as what was asked. RM-021: counted from now.
    const auto lifetime =
        shorter(finite(grant.expires), finite(milliseconds(state_.expires_asked_ms)));
    if (lifetime) {
      decision.state.expires = after(now, *lifetime);
    }
  }
  return decision;
}

Result<SourceDecision> RmSource::decide_close(std::string message_id, bool now_or_never) const {
  if (state_.phase == P::none || (state_.phase == P::created && !is_complete() && !now_or_never)) {
    return Error(ErrorCode::invalid_state, "close sequence");
  }
  PARLEY_ASSIGN_OR_RETURN(SourceDecision decision, step(E::app_closes));
  if (decision.actions.has(A::send_close)) {
    decision.state.close_message_id = std::move(message_id);
  } else if (decision.actions.has(A::send_last_message)) {
    decision.state.terminate_message_id = std::move(message_id);  // 1.0 has no other end
  }
  if (state_.has_last_message || state_.last_assigned == 0) {
    decision.actions.remove(A::send_last_message);
  }
  return decision;
}

Result<SourceDecision> RmSource::decide_terminate(std::string message_id) const {
  if (state_.phase == P::none) {
    return Error(ErrorCode::invalid_state, "terminate sequence");
  }
  PARLEY_ASSIGN_OR_RETURN(SourceDecision decision, step(E::app_terminates));
  if (decision.actions.has(A::send_terminate)) {
    decision.state.terminate_message_id = std::move(message_id);
  }
  return decision;
}

Result<SourceDecision> RmSource::decide(SourceEvent event) const {
  return step(event);
}

void RmSource::apply(const SourceState& state) noexcept {
  const bool is_phase_new = state.phase != state_.phase;
  state_ = state;
  auto acked = IntervalSet::from(std::exchange(state_.acked, {}), SIZE_MAX);
  acked_ = std::move(acked).value();
  if (is_phase_new) {
    enter(state_.phase);
  }
}

// The volatile side of a phase that a fact has set.
void RmSource::enter(SourcePhase phase) noexcept {
  lifecycle_tries_ = 0;
  lifecycle_due_ = kAtOnce;
  if (phase == P::none) {
    flights_.clear();
  }
}

bool RmSource::may_assign() const {
  return decide_number().has_value();
}

Result<NumberAssigned> RmSource::decide_number(bool is_last) const {
  const SourceActions actions = source_cell(state_.version, E::app_sends, state_.phase).actions;
  if (actions.has(A::queue)) {
    return Error(ErrorCode::busy, "sequence not open yet");
  }
  if (!actions.has(A::assign) || state_.has_last_message ||
      (is_last && state_.version != RmVersion::rm_1_0)) {
    return Error(ErrorCode::invalid_state, "assign number");
  }
  // RM-033.
  if (state_.has_rollover || state_.last_assigned >= std::min(settings_->number_max, kNumberMax)) {
    return Error(ErrorCode::number_rollover, "assign number");
  }
  // What was offered to us carries answers: each waits for a request of the peer to travel back on, so
  // the peer's requests pace them, and only its patience with acknowledging is bounded.
  const bool is_peer_full = !state_.is_offered && settings_->buffer_remaining_read != 0 &&
                            peer_room_ && unacknowledged_count() >= *peer_room_;
  const std::uint64_t window =
      state_.is_offered ? limits_->source_window_max : flights_.window();
  if (flights_.size() >= window || is_peer_full) {
    return Error(ErrorCode::busy, "window");
  }
  return NumberAssigned{state_.last_assigned + 1, is_last};
}

void RmSource::apply(const NumberAssigned& fact, MonoTime now) noexcept {
  state_.last_assigned = fact.number;
  state_.has_last_message = state_.has_last_message || fact.is_last;
  flights_.add(fact.number, now);
}

Result<NumbersAcknowledged> RmSource::decide_acknowledgement(
    const Acknowledgement& acknowledgement) const {
  const bool is_final = acknowledgement.is_final && state_.version != RmVersion::rm_1_0;
  auto parsed = parse_ack_ranges(acknowledgement.ranges, state_.version, limits_->ack_ranges_max);
  NumbersAcknowledged fact;
  fact.standing = AckStanding::invalid;
  if (parsed) {
    fact.standing = judge_ack(*parsed, acked_, state_.last_assigned);
    // What is final neither drops a number that was acknowledged nor grows any more (RM-044).
    const bool drops = fact.standing == AckStanding::old && *parsed != acked_;
    if ((is_final && drops) || (state_.has_final && fact.standing == AckStanding::advance)) {
      fact.standing = AckStanding::invalid;
    }
    if (fact.standing != AckStanding::invalid && !drops && acknowledgement.buffer_remaining &&
        *acknowledgement.buffer_remaining >= 0) {
      fact.buffer_remaining = acknowledgement.buffer_remaining;
    }
  }
  const bool is_invalid = fact.standing == AckStanding::invalid;
  const SourceEvent event = is_invalid ? E::acknowledged_wrong
                            : is_final ? E::acknowledged_final
                                       : E::acknowledged;
  const SourceCell& cell = source_cell(state_.version, event, state_.phase);
  if (cell.actions.has(A::fault_unknown)) {
    return Error(ErrorCode::sequence_unknown, "acknowledgement");
  }
  fact.acked = acked_;
  fact.phase = cell.next.value_or(state_.phase);
  fact.end = state_.end;
  fact.has_final = state_.has_final || (is_final && !is_invalid);
  fact.invalid_acks = state_.invalid_acks;
  fact.actions = cell.actions;
  if (fact.standing == AckStanding::advance) {
    fact.newly = parsed->without(acked_);
    fact.acked = std::move(*parsed);  // holds everything known, so it is the union (RM-048)
  }
  if (is_invalid && ++fact.invalid_acks > settings_->invalid_acks_max) {
    fact.phase = P::none;
    fact.end = end_of(event, state_.phase);
    fact.actions.add(A::fault_terminated);
    fact.actions.add(A::report_loss);
  }
  prune_reports(fact.actions, unacknowledged_in(fact.acked) == 0);
  return fact;
}

void RmSource::apply(const NumbersAcknowledged& fact, MonoTime now) noexcept {
  acked_ = fact.acked;
  const bool is_phase_new = fact.phase != state_.phase;
  state_.phase = fact.phase;
  state_.end = fact.end;
  state_.has_final = fact.has_final;
  state_.invalid_acks = fact.invalid_acks;
  flights_.acknowledge(fact.newly, now);
  if (fact.buffer_remaining && settings_->buffer_remaining_read != 0) {
    const auto room = static_cast<std::uint64_t>(*fact.buffer_remaining);
    if (room == 0 && peer_room_ != room) {
      peer_full_since_ = now;
    }
    peer_room_ = room;
  }
  if (is_phase_new) {
    enter(fact.phase);
  }
}

void RmSource::note_nack(const std::vector<std::uint64_t>& numbers, MonoTime now) {
  if (settings_->nack_read == 0 ||
      !source_cell(state_.version, E::nacked, state_.phase).actions.has(A::retransmit)) {
    return;
  }
  std::uint64_t heeded = 0;
  for (const std::uint64_t number : numbers) {
    if (heeded++ >= settings_->nacks_max) {
      return;
    }
    flights_.hasten(number, now);
  }
}

void RmSource::record_sent(std::uint64_t number, MonoTime now, Jitter jitter) {
  flights_.record_sent(number, now, jitter);
}

void RmSource::record_lifecycle_sent(MonoTime now, Jitter jitter) {
  ++lifecycle_tries_;
  const Duration wait = backed_off(milliseconds(settings_->lifecycle_retry_ms), 2, lifecycle_tries_,
                                   milliseconds(settings_->retransmit_max_ms));
  lifecycle_due_ = now + with_jitter(wait, jitter, *settings_);
}

void RmSource::record_ack_request(MonoTime now) {
  asked_ = now;
}

void RmSource::record_heard(MonoTime now) {
  heard_ = now;
}

void RmSource::hold(std::uint64_t number, MonoTime now) {
  if (state_.phase != P::none && number >= 1 && number <= state_.last_assigned) {
    flights_.hold(number, acked_.contains(number), now);
  }
}

void RmSource::release(std::uint64_t number) {
  flights_.release(number);
}

SourceState RmSource::state() const {
  SourceState state = state_;
  state.acked = acked_.intervals();
  return state;
}

std::optional<std::uint64_t> RmSource::last_msg_number() const {
  return state_.last_assigned == 0 ? std::nullopt : std::optional(state_.last_assigned);
}

bool RmSource::is_complete() const {
  return unacknowledged_count() == 0;
}

NumberRanges RmSource::unacknowledged(std::size_t ranges_max) const {
  return state_.last_assigned == 0 ? NumberRanges()
                                   : acked_.gaps({1, state_.last_assigned}, ranges_max);
}

std::uint64_t RmSource::unacknowledged_count() const {
  return unacknowledged_in(acked_);
}

std::uint64_t RmSource::unacknowledged_in(const IntervalSet& acked) const {
  return state_.last_assigned - acked.size();
}

}  // namespace parley::sequences
