#include "sequences/retransmission.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace parley::sequences {
namespace {

constexpr double kGain = 1.0 / 8;  // RM-103

}  // namespace

Duration with_jitter(Duration wait, Jitter jitter, const RmSettings& settings) {
  // RM-100: an eighth at most. Only ever longer, since RM-101 forbids to be early.
  const std::uint64_t permille = std::min<std::uint64_t>(settings.retransmit_jitter_permille, 125);
  const double part = static_cast<double>(jitter.value) / 4294967296.0;
  const double longer =
      static_cast<double>(wait.count()) * part * static_cast<double>(permille) / 1000;
  return wait + Duration(static_cast<std::int64_t>(longer));
}

Duration backed_off(Duration base, std::uint64_t factor, std::uint64_t tries, Duration cap) {
  Duration wait = std::min(base, cap);
  if (factor <= 1 || wait.count() <= 0) {
    return wait;
  }
  // Ends after at most 63 rounds, however many tries there were.
  for (std::uint64_t i = 1; i < tries && wait < cap; ++i) {
    const auto room = static_cast<std::uint64_t>(cap.count() / wait.count());
    wait = factor > room ? cap : Duration(wait.count() * static_cast<std::int64_t>(factor));
  }
  return wait;
}

void RoundTrip::measure(Duration sample) {
  const auto ms = static_cast<double>(std::max<std::int64_t>(sample.count(), 0));
  if (!is_known_) {
    is_known_ = true;
    mean_ms_ = ms;
    deviation_ms_ = ms / 2;
    return;
  }
  deviation_ms_ += (std::abs(ms - mean_ms_) - deviation_ms_) * kGain;
  mean_ms_ += (ms - mean_ms_) * kGain;
}

Duration RoundTrip::timeout(const RmSettings& settings) const {
  const Duration delay = milliseconds(settings.peer_ack_interval_ms);
  if (!is_known_) {
    return std::max(milliseconds(settings.retransmit_base_ms), delay + Duration(1));
  }
  const Duration mean(static_cast<std::int64_t>(std::ceil(mean_ms_)));
  const Duration spread(static_cast<std::int64_t>(std::ceil(4 * deviation_ms_)));
  return mean +
         std::max({milliseconds(settings.retransmit_margin_ms), spread, delay + Duration(1)});
}

Retransmission::Retransmission(const RmSettings& settings, const Limits& limits)
    : settings_(&settings),
      limits_(&limits),
      window_(window_max()),
      threshold_(window_),
      credit_(window_) {}

void Retransmission::add(std::uint64_t number, MonoTime now) {
  const auto [flight, is_new] = flights_.try_emplace(number);
  if (is_new) {
    ++unsent_;
    flight->second.deadline = now;
    by_deadline_.emplace(now, number);
  }
}

void Retransmission::record_sent(std::uint64_t number, MonoTime now, Jitter jitter) {
  const auto found = flights_.find(number);
  if (found == flights_.end()) {
    return;
  }
  Flight& flight = found->second;
  const bool is_timeout = flight.tries > 0 && !flight.is_hastened && !flight.is_acknowledged;
  if (flight.tries == 0) {
    --unsent_;
  }
  spent_ -= is_spent(flight) ? 1u : 0u;
  ++flight.tries;
  spent_ += is_spent(flight) ? 1u : 0u;
  set_hastened(flight, false);
  flight.last_sent = now;
  const bool is_adaptive = settings_->retransmit_adaptive != 0;
  const Duration base =
      is_adaptive ? round_trip_.timeout(*settings_) : RoundTrip().timeout(*settings_);
  const Duration wait = backed_off(base, settings_->retransmit_backoff, flight.tries,
                                   milliseconds(settings_->retransmit_max_ms));
  set_deadline(found, now + with_jitter(wait, jitter, *settings_));
  if (is_adaptive && is_timeout) {
    if (number > shrunk_until_) {
      shrink_window(number);
    }
    credit_ = credit_ > 0 ? credit_ - 1 : 0;
    if (credit_ == 0) {
      timer_ = flight.deadline;
    }
  }
}

void Retransmission::hold(std::uint64_t number, bool is_acknowledged, MonoTime now) {
  add(number, now);
  Flight& flight = flights_.find(number)->second;
  flight.is_held = true;
  spent_ -= is_spent(flight) ? 1u : 0u;
  flight.is_acknowledged = flight.is_acknowledged || is_acknowledged;
  spent_ += is_spent(flight) ? 1u : 0u;
}

void Retransmission::release(std::uint64_t number) {
  const auto found = flights_.find(number);
  if (found == flights_.end()) {
    return;
  }
  found->second.is_held = false;
  if (found->second.is_acknowledged) {
    erase(found);
  }
}

void Retransmission::acknowledge(const IntervalSet& newly, MonoTime now) {
  std::uint64_t count = 0;
  std::optional<Duration> sample;
  for (const Interval& range : newly.intervals()) {
    auto flight = flights_.lower_bound(range.first);
    while (flight != flights_.end() && flight->first <= range.second) {
      const auto here = flight++;
      ++count;
      if (here->second.tries == 1) {
        // A number sent twice tells nothing: the answer may be to either.
        sample = now - here->second.last_sent;
      }
      if (!here->second.is_held) {
        erase(here);
        continue;
      }
      spent_ -= is_spent(here->second) ? 1u : 0u;
      here->second.is_acknowledged = true;
      set_hastened(here->second, false);
      if (here->second.tries > 0) {
        here->second.tries = 1;
        set_deadline(here, now + round_trip_.timeout(*settings_));
      }
    }
  }
  if (sample) {
    round_trip_.measure(*sample);
  }
  if (count > 0) {
    grow_window(count);
  }
}

bool Retransmission::hasten(std::uint64_t number, MonoTime now) {
  const auto found = flights_.find(number);
  if (found == flights_.end() || found->second.is_acknowledged) {
    return false;
  }
  set_hastened(found->second, true);
  set_deadline(found, std::min(found->second.deadline, now));
  return true;
}

std::vector<std::uint64_t> Retransmission::due(MonoTime now) const {
  std::vector<std::uint64_t> numbers;
  std::uint64_t left = credit(now);
  std::size_t unsent = unsent_;
  for (const auto& [deadline, number] : by_deadline_) {
    if (deadline > now || numbers.size() >= settings_->retransmit_batch ||
        (left == 0 && unsent == 0 && hastened_ == 0)) {
      break;
    }
    const Flight& flight = flights_.find(number)->second;
    if (flight.tries == 0) {
      --unsent;
      numbers.push_back(number);
    } else if (flight.is_hastened && !is_spent(flight)) {
      numbers.push_back(number);
    } else if (left > 0 && !is_spent(flight)) {
      --left;
      numbers.push_back(number);
    }
  }
  return numbers;
}

bool Retransmission::is_exhausted(MonoTime now) const {
  if (spent_ == 0) {
    return false;
  }
  for (const auto& [deadline, number] : by_deadline_) {
    if (deadline > now) {
      break;
    }
    if (is_spent(flights_.find(number)->second)) {
      return true;
    }
  }
  return false;
}

MonoTime Retransmission::deadline() const {
  if (by_deadline_.empty()) {
    return kNever;
  }
  const MonoTime first = by_deadline_.begin()->first;
  const bool waits_for_credit =
      settings_->retransmit_adaptive != 0 && credit_ == 0 && unsent_ == 0 && hastened_ == 0;
  return waits_for_credit ? std::max(first, timer_) : first;
}

std::uint64_t Retransmission::window() const {
  return settings_->retransmit_adaptive != 0 ? std::min(window_, window_max()) : window_max();
}

std::uint64_t Retransmission::tries(std::uint64_t number) const {
  const auto found = flights_.find(number);
  return found == flights_.end() ? 0 : found->second.tries;
}

void Retransmission::clear() {
  flights_.clear();
  by_deadline_.clear();
  unsent_ = 0;
  hastened_ = 0;
  spent_ = 0;
  timer_ = kNever;
}

void Retransmission::set_hastened(Flight& flight, bool is_hastened) {
  hastened_ = hastened_ + (is_hastened ? 1u : 0u) - (flight.is_hastened ? 1u : 0u);
  flight.is_hastened = is_hastened;
}

void Retransmission::set_deadline(Flights::iterator flight, MonoTime deadline) {
  by_deadline_.erase({flight->second.deadline, flight->first});
  flight->second.deadline = deadline;
  by_deadline_.emplace(deadline, flight->first);
}

void Retransmission::erase(Flights::iterator flight) {
  if (flight->second.tries == 0) {
    --unsent_;
  }
  set_hastened(flight->second, false);
  spent_ -= is_spent(flight->second) ? 1u : 0u;
  by_deadline_.erase({flight->second.deadline, flight->first});
  flights_.erase(flight);
}

bool Retransmission::is_spent(const Flight& flight) const {
  // A request that is acknowledged and waits for its reply may wait as long as the service needs.
  return settings_->retransmit_tries_max != 0 && flight.tries >= settings_->retransmit_tries_max &&
         !flight.is_acknowledged;
}

std::uint64_t Retransmission::credit(MonoTime now) const {
  if (settings_->retransmit_adaptive == 0) {
    return UINT64_MAX;
  }
  return credit_ == 0 && now >= timer_ ? 1 : credit_;
}

std::uint64_t Retransmission::window_max() const {
  return std::max<std::uint64_t>(std::min(settings_->window, limits_->source_window_max), 1);
}

void Retransmission::shrink_window(std::uint64_t number) {
  threshold_ = std::max<std::uint64_t>(window() / 2, 1);
  window_ = 1;
  grown_ = 0;
  credit_ = 1;
  // What was under way by then was sent under the old window; its loss is the same loss.
  shrunk_until_ = std::max(number, flights_.rbegin()->first);
}

void Retransmission::grow_window(std::uint64_t acknowledged) {
  const std::uint64_t steps =
      window_ < threshold_ ? std::min(acknowledged, threshold_ - window_) : 0;
  window_ += steps;
  grown_ += acknowledged - steps;
  if (grown_ >= window_) {
    grown_ -= window_;
    ++window_;
  }
  grown_ = std::min(grown_, window_);
  window_ = std::min(window_, window_max());
  credit_ = window_;
}

}  // namespace parley::sequences
