#include "sequences/rm_destination.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace parley::sequences {
namespace {

using A = DestinationAction;
using E = DestinationEvent;
using P = DestinationPhase;

// addressing.md: what can never be sent to, in the spellings of both versions.
constexpr std::string_view kNoneAddress = "http://www.w3.org/2005/08/addressing/none";

std::optional<Duration> finite(std::optional<Duration> lifetime) {
  return lifetime && lifetime->count() > 0 ? lifetime : std::nullopt;
}

std::set<std::uint64_t> numbers_of(const IntervalSet& set) {
  // Bounded by the buffer: nothing is accepted beyond it.
  std::set<std::uint64_t> numbers;
  for (const Interval& interval : set.intervals()) {
    for (std::uint64_t number = interval.first; number <= interval.second; ++number) {
      numbers.insert(numbers.end(), number);
    }
  }
  return numbers;
}

}  // namespace

RmDestination::RmDestination(DestinationState state,
                             const RmSettings& settings,
                             const Limits& limits,
                             MonoTime now)
    : settings_(&settings), limits_(&limits), state_(std::move(state)), heard_(now) {
  load();
  ready_ = pending_;
  if (state_.assurance == DeliveryAssurance::at_most_once) {
    handed_out_ = consumed_.highest();
  }
}

// Takes the ranges out of `state_`, where they are kept for the store only.
void RmDestination::load() noexcept {
  auto received = IntervalSet::from(std::exchange(state_.received, {}), SIZE_MAX);
  auto consumed = IntervalSet::from(std::exchange(state_.consumed, {}), SIZE_MAX);
  received_ = std::move(received).value();
  consumed_ = std::move(consumed).value();
  pending_ = numbers_of(received_.without(consumed_));
}

Result<DestinationState> RmDestination::open(const DestinationOpening& opening,
                                             const RmSettings& settings,
                                             WallTime now) {
  if (opening.identifier.empty() || opening.acks_to.empty() || opening.acks_to == kNoneAddress) {
    return Error(ErrorCode::sequence_refused, "create sequence");  // RM-011
  }
  DestinationState state;
  state.version = opening.version;
  state.phase = *destination_cell(opening.version, E::create, P::none).next;
  state.identifier = opening.identifier;
  state.create_message_id = opening.create_message_id;
  state.offered_identifier = opening.offered_identifier;
  state.context_identifier = opening.context_identifier;
  state.acks_to = opening.acks_to;
  state.acks_to_parameters = opening.acks_to_parameters;
  state.replies_to = opening.replies_to;
  state.assurance = settings.assurance;
  state.in_order = settings.in_order;
  state.incomplete = settings.incomplete;
  // RM-020: never longer than asked for.
  std::optional<Duration> lifetime = finite(opening.expires);
  if (settings.expires_ms != 0) {
    const Duration longest = milliseconds(settings.expires_ms);
    lifetime = lifetime ? std::min(*lifetime, longest) : longest;
  }
  if (lifetime) {
    state.expires = now + std::min(*lifetime, milliseconds(UINT64_MAX));  // RM-021
  }
  return state;
}

Result<DestinationState> RmDestination::offer(const DestinationOpening& opening,
                                              const RmSettings& settings,
                                              WallTime now) {
  PARLEY_ASSIGN_OR_RETURN(DestinationState state, open(opening, settings, now));
  state.is_offered = true;
  state.is_confirmed = false;
  return state;
}

bool RmDestination::is_repeat(std::string_view create_message_id,
                              std::string_view offered_identifier,
                              std::string_view context_identifier) const {
  if (state_.is_offered || context_identifier != state_.context_identifier) {
    return false;
  }
  const bool is_same_message =
      !create_message_id.empty() && create_message_id == state_.create_message_id;
  const bool is_same_offer =
      !offered_identifier.empty() && offered_identifier == state_.offered_identifier;
  return is_same_message || is_same_offer;
}

DestinationEvent RmDestination::judge_number(const Arrival& arrival) const {
  if (received_.contains(arrival.number)) {
    return E::number_duplicate;
  }
  const bool is_old = state_.version == RmVersion::rm_1_0;
  if (is_old && state_.last_number && arrival.number > *state_.last_number) {
    return E::number_above_last;  // RM-034
  }
  if (is_old && arrival.is_last &&
      (arrival.number < received_.highest() ||
       state_.last_number.value_or(arrival.number) != arrival.number)) {
    return E::violated;
  }
  if (arrival.number > settings_->number_max) {
    return E::number_above_limit;
  }
  return has_room_for(arrival.number) ? E::number_fresh : E::number_without_room;
}

Result<ArrivalDecision> RmDestination::decide_arrival(const Arrival& arrival) const {
  if (arrival.number == 0 || arrival.number > kNumberMax) {
    return Error(ErrorCode::malformed_value, "MessageNumber");  // RM-033
  }
  if (destination_cell(state_.version, E::number_fresh, state_.phase)
          .actions.has(A::fault_unknown)) {
    return Error(ErrorCode::sequence_unknown, "destination");
  }
  const DestinationEvent event = judge_number(arrival);
  ArrivalDecision decision;
  decision.actions = destination_cell(state_.version, event, state_.phase).actions;
  if (decision.actions.has(A::fault_closed)) {
    decision.kind = ArrivalKind::after_close;
  } else if (event == E::number_duplicate) {
    decision.kind = ArrivalKind::duplicate;
  } else if (event == E::number_above_last) {
    decision.kind = ArrivalKind::above_last;
  } else if (event == E::violated) {
    decision.kind = ArrivalKind::violation;
  } else if (event == E::number_above_limit) {
    decision.kind = ArrivalKind::above_limit;
  } else if (event == E::number_without_room) {
    decision.kind = ArrivalKind::without_room;
  } else {
    const bool at_most_once = state_.assurance == DeliveryAssurance::at_most_once;
    // AtMostOnce may skip a gap; what fills it later has lost its place in the order (9.1).
    const bool is_late = at_most_once && state_.in_order && arrival.number < handed_out_;
    NumberAccepted accepted;
    accepted.number = arrival.number;
    accepted.is_last = arrival.is_last && state_.version == RmVersion::rm_1_0;
    accepted.deliver = !arrival.is_empty && !is_late;
    accepted.consumed = !accepted.deliver || (at_most_once && !consumes_before_delivery());
    decision.accepted = accepted;
  }
  return decision;
}

void RmDestination::apply(const NumberAccepted& fact, MonoTime now) noexcept {
  const bool is_next = fact.number > received_.highest();
  received_.insert({fact.number, fact.number});
  if (fact.is_last) {
    state_.last_number = fact.number;
  }
  if (fact.consumed) {
    consumed_.insert({fact.number, fact.number});
  } else {
    pending_.insert(fact.number);
  }
  if (fact.deliver) {
    ready_.insert(fact.number);
  }
  // A gap, its filling and the last message are told at once; all else may wait for company.
  const bool has_gap = received_.first_missing(1) <= received_.highest();
  ++ack_owed_;
  if (has_gap || !is_next || fact.is_last || ack_owed_ >= settings_->ack_count) {
    ack_due_ = std::min(ack_due_, now);
  } else {
    ack_due_ = std::min(ack_due_, now + milliseconds(settings_->ack_interval_ms));
  }
}

void RmDestination::note_arrival(const ArrivalDecision& decision, MonoTime now) {
  if (decision.actions.has(A::ack_now)) {
    request_ack(now);
  }
}

std::vector<std::uint64_t> RmDestination::deliverable(std::size_t count) const {
  std::vector<std::uint64_t> numbers;
  const bool is_open = state_.phase == P::created;
  if (!state_.is_confirmed ||
      (is_open && state_.incomplete == IncompleteBehavior::discard_entire_sequence)) {
    return numbers;
  }
  const std::uint64_t end =
      is_open && delivers_prefix_only() ? received_.first_missing(1) : UINT64_MAX;
  for (const std::uint64_t number : ready_) {
    if (number >= end || numbers.size() >= count) {
      break;
    }
    numbers.push_back(number);
  }
  return numbers;
}

void RmDestination::record_delivered(std::uint64_t number) {
  ready_.erase(number);
  handed_out_ = std::max(handed_out_, number);
}

void RmDestination::decline(std::uint64_t number) {
  if (pending_.contains(number)) {
    ready_.insert(number);
  }
}

bool RmDestination::consumes_before_delivery() const {
  return state_.assurance == DeliveryAssurance::at_most_once &&
         state_.incomplete != IncompleteBehavior::no_discard;
}

Result<NumberConsumed> RmDestination::decide_consumed(std::uint64_t number) const {
  if (!pending_.contains(number)) {
    return Error(ErrorCode::not_found, "consumed");
  }
  return NumberConsumed{number};
}

void RmDestination::apply(const NumberConsumed& fact) noexcept {
  consumed_.insert({fact.number, fact.number});
  pending_.erase(fact.number);
  if (!consumes_before_delivery()) {
    ready_.erase(fact.number);
  }
}

AckContent RmDestination::acknowledgement() const {
  AckContent content;
  content.ranges = received_.intervals();
  const bool is_open = state_.phase == P::created;
  content.is_final = !is_open && state_.version == RmVersion::rm_1_1;  // RM-044
  if (is_open && settings_->buffer_remaining_send != 0) {
    content.buffer_remaining =
        static_cast<std::int32_t>(std::min<std::uint64_t>(room(), INT32_MAX));
  }
  return content;
}

std::vector<std::uint64_t> RmDestination::nacks() const {
  std::vector<std::uint64_t> numbers;
  if (settings_->nack_send == 0 || state_.phase != P::created) {
    return numbers;
  }
  for (const NumberRange& gap : missing(settings_->nacks_max)) {
    for (std::uint64_t n = gap.first; n <= gap.second; ++n) {
      if (numbers.size() >= settings_->nacks_max) {
        return numbers;
      }
      numbers.push_back(n);
    }
  }
  return numbers;
}

void RmDestination::request_ack(MonoTime now) {
  ack_due_ = std::min(ack_due_, now);
}

void RmDestination::record_ack() {
  ack_due_ = kNever;
  ack_owed_ = 0;
}

void RmDestination::record_heard(MonoTime now) {
  heard_ = now;
}

DestinationState RmDestination::state() const {
  DestinationState state = state_;
  state.received = received_.intervals();
  state.consumed = consumed_.intervals();
  return state;
}

std::uint64_t RmDestination::capacity() const {
  return std::max<std::uint64_t>(std::min(settings_->buffer, limits_->destination_buffer_max), 1);
}

std::uint64_t RmDestination::used() const {
  return std::max(pending_.size(), ready_.size());
}

std::uint64_t RmDestination::room() const {
  return capacity() - std::min<std::uint64_t>(used(), capacity());
}

bool RmDestination::has_room_for(std::uint64_t number) const {
  const bool is_next = number == received_.first_missing(1);
  const std::uint64_t ranges = received_.interval_count_with({number, number});
  // RM-123: the number that everything waits for always finds a place and a range.
  const bool is_start_missing = !received_.contains(1);
  const std::uint64_t ranges_kept = !is_next && is_start_missing ? 1 : 0;
  const std::uint64_t places_kept = !is_next && delivers_prefix_only() ? 1 : 0;
  return ranges + ranges_kept <= limits_->ack_ranges_max && used() + places_kept < capacity();
}

bool RmDestination::delivers_prefix_only() const {
  return state_.incomplete == IncompleteBehavior::discard_following_first_gap ||
         (state_.in_order && state_.assurance != DeliveryAssurance::at_most_once);
}

std::uint64_t RmDestination::highest_expected(std::optional<std::uint64_t> last) const {
  return std::max(last.value_or(0), received_.highest());
}

bool RmDestination::is_whole_up_to(std::optional<std::uint64_t> last) const {
  return received_.first_missing(1) > highest_expected(last);
}

bool RmDestination::is_whole() const {
  return is_whole_up_to(state_.last_number);
}

NumberRanges RmDestination::missing(std::size_t ranges_max) const {
  const std::uint64_t highest = highest_expected(state_.last_number);
  return highest == 0 ? NumberRanges() : received_.gaps({1, highest}, ranges_max);
}

std::uint64_t RmDestination::missing_count() const {
  return highest_expected(state_.last_number) - received_.size();
}

}  // namespace parley::sequences
