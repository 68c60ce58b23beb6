// What time demands of a source (reliable-messaging.md, section 8).

#include <algorithm>

#include "sequences/rm_source.h"

namespace parley::sequences {
namespace {

using A = SourceAction;
using E = SourceEvent;
using P = SourcePhase;

MonoTime after_ms(MonoTime from, std::uint64_t ms) {
  return from + milliseconds(ms);
}

}  // namespace

bool RmSource::has_effect(SourceEvent event) const {
  const SourceCell& cell = source_cell(state_.version, event, state_.phase);
  return cell.next.has_value() || !cell.actions.empty();
}

bool RmSource::has_lifecycle() const {
  return has_effect(E::create_timer) || has_effect(E::close_timer) ||
         has_effect(E::terminate_timer);
}

bool RmSource::is_lifecycle_exhausted(MonoTime now) const {
  return has_lifecycle() && settings_->lifecycle_tries_max != 0 &&
         lifecycle_tries_ >= settings_->lifecycle_tries_max && now >= lifecycle_due_;
}

MonoTime RmSource::inactivity_time() const {
  return settings_->inactivity_ms == 0 ? kNever : after_ms(heard_, settings_->inactivity_ms);
}

MonoTime RmSource::ack_request_time() const {
  if (!has_effect(E::ack_timer)) {
    return kNever;
  }
  MonoTime time = kNever;
  // RM-121: a peer without room is asked again and again, so that its resumption cannot be missed.
  if (state_.phase == P::created && peer_room_ && *peer_room_ == 0) {
    time = std::min(time, after_ms(std::max(asked_, peer_full_since_), settings_->buffer_poll_ms));
  }
  // RM-112: only who created the sequence asks for signs of life.
  if (settings_->keep_alive_ms != 0 && !state_.is_offered) {
    const MonoTime first = after_ms(heard_, settings_->keep_alive_ms);
    const MonoTime again =
        asked_ > heard_ ? after_ms(asked_, settings_->keep_alive_retry_ms) : first;
    time = std::min(time, std::max(first, again));
  }
  if (state_.phase == P::closed && !state_.has_final) {
    time = std::min(time, after_ms(asked_, settings_->lifecycle_retry_ms));
  }
  return time;
}

SourceDue RmSource::due(Now now) const {
  SourceDue due;
  if (state_.expires && now.wall >= *state_.expires && has_effect(E::expires)) {
    due.event = E::expires;
  } else if (now.mono >= inactivity_time() && has_effect(E::inactive)) {
    due.event = E::inactive;
  } else if (is_lifecycle_exhausted(now.mono)) {
    due.event = E::unanswered;
  } else if (has_effect(E::retries_exhausted) && flights_.is_exhausted(now.mono)) {
    due.event = E::retries_exhausted;
  }
  if (due.event) {
    return due;
  }
  due.lifecycle = has_lifecycle() && now.mono >= lifecycle_due_;
  due.ack_request = now.mono >= ack_request_time();
  if (has_effect(E::retransmit_timer)) {
    due.retransmit = flights_.due(now.mono);
  }
  return due;
}

MonoTime RmSource::deadline(Now now) const {
  MonoTime time = ack_request_time();
  if (has_effect(E::inactive)) {
    time = std::min(time, inactivity_time());
  }
  if (has_lifecycle()) {
    time = std::min(time, lifecycle_due_);
  }
  if (has_effect(E::retransmit_timer)) {
    time = std::min(time, flights_.deadline());
  }
  if (state_.expires && has_effect(E::expires)) {
    time = std::min(time, now.mono + std::max(*state_.expires - now.wall, Duration(0)));
  }
  return std::max(time, now.mono);
}

}  // namespace parley::sequences
