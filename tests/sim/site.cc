#include "tests/sim/site.h"

#include <algorithm>
#include <utility>

namespace parley::sim {
namespace {

// Some moment of 2026.
constexpr std::int64_t kEpochMs = 1'780'000'000'000;

// A host that is called so often without a millisecond going by burns its processor.
constexpr std::uint64_t kSpinsMax = 200;

}  // namespace

Site::Site(std::string name,
           StationSetup setup,
           const SitePlan& plan,
           std::uint64_t seed,
           Timeline& timeline,
           Observer& observer)
    : name_(std::move(name)),
      plan_(plan),
      timeline_(timeline),
      observer_(observer),
      station_(std::move(setup), seed),
      random_(seed + 1) {}

Now Site::now() const {
  return {WallTime{kEpochMs + timeline_.now() + plan_.skew_ms},
          MonoTime{mono_base_ + timeline_.now()}};
}

void Site::start() {
  if (std::exchange(forgets_, false)) {
    station_.wipe_disk();
  }
  mono_base_ = static_cast<std::int64_t>(random_.below(1'000'000'000));
  is_pump_scheduled_ = false;
  is_commit_scheduled_ = false;
  timer_ms_ = INT64_MAX;
  if (auto started = station_.start(now()); !started) {
    throw Station::Violation{name_ + " does not recover: " + started.error().message()};
  }
  if (!is_calm_ && random_.chance(plan_.failed_commit_percent)) {
    station_.faults().fail_at = random_.between(1, 30);
    station_.faults().failure = random_.chance(50) ? ErrorCode::disk_full : ErrorCode::io_failed;
  }
  if (timeline_.is_traced()) {
    timeline_.trace(name_ + " starts");
  }
  observer_.started(*this);
  schedule_pump();
}

void Site::crash(const char* where, bool is_for_good) {
  if (!is_up()) {
    is_gone_ = is_gone_ || is_for_good;
    return;
  }
  if (timeline_.is_traced()) {
    timeline_.trace(name_ + " DIES " + where);
  }
  is_gone_ = is_gone_ || is_for_good;
  inputs_.clear();
  station_.crash();
  observer_.died(*this);
  timeline_.after(random_.below(plan_.down_ms_max + 1), [this] {
    if (!is_gone_ && !is_up()) {
      start();
    }
  });
}

bool Site::dies(const char* where) {
  if (is_calm_ || crashes_ >= plan_.crashes_max || !random_.chance_in(plan_.crash_odds)) {
    return false;
  }
  ++crashes_;
  crash(where);
  return true;
}

void Site::input(Input input) {
  if (!is_up()) {
    return;
  }
  inputs_.push_back(std::move(input));
  take_inputs();
  schedule_pump();
}

void Site::take_inputs() {
  while (!inputs_.empty() && !station_.engine().is_full()) {
    const Input input = std::move(inputs_.front());
    inputs_.pop_front();
    input(station_.engine(), now());
  }
}

void Site::schedule_pump() {
  if (std::exchange(is_pump_scheduled_, true)) {
    return;
  }
  timeline_.after(random_.below(plan_.gather_ms_max + 1), [this, incarnation = incarnation()] {
    if (is_up() && incarnation == this->incarnation()) {
      is_pump_scheduled_ = false;
      pump();
    }
  });
}

void Site::pump() {
  if (dies("before it submits")) {
    return;
  }
  std::size_t turns = station_.submit(now());
  while (!inputs_.empty() && !station_.engine().is_full()) {
    take_inputs();
    turns += station_.submit(now());
  }
  if (turns > 0) {
    if (dies("before its turn is committed")) {
      return;
    }
    schedule_commit();
  }
  set_timer();
}

void Site::set_timer() {
  const MonoTime deadline = station_.engine().deadline();
  if (deadline == kNever) {
    return;
  }
  const std::int64_t ms = std::max(timeline_.now(), deadline.ms - mono_base_);
  if (ms >= timer_ms_) {
    return;
  }
  timer_ms_ = ms;
  timeline_.at(ms, [this, ms, incarnation = incarnation()] {
    if (ms == timer_ms_) {
      on_timer(incarnation);
    }
  });
}

void Site::on_timer(std::uint64_t incarnation) {
  if (!is_up() || incarnation != this->incarnation()) {
    return;
  }
  timer_ms_ = INT64_MAX;
  spins_ = spin_ms_ == timeline_.now() ? spins_ + 1 : 0;
  spin_ms_ = timeline_.now();
  if (spins_ > kSpinsMax) {
    throw Station::Violation{name_ + ": the deadline does not move"};
  }
  if (station_.engine().is_full()) {
    // The deadline is looked at again when a commit has made room.
    return;
  }
  station_.engine().advance(now());
  pump();
}

void Site::schedule_commit() {
  if (std::exchange(is_commit_scheduled_, true)) {
    return;
  }
  timeline_.after(random_.below(plan_.commit_ms_max + 1), [this, incarnation = incarnation()] {
    if (is_up() && incarnation == this->incarnation()) {
      is_commit_scheduled_ = false;
      on_commit(incarnation);
    }
  });
}

void Site::on_commit(std::uint64_t incarnation) {
  if (station_.in_flight() == 0) {
    return;
  }
  auto released = station_.commit(random_.between(1, station_.in_flight()));
  if (!released) {
    crash("for a failed commit");
    return;
  }
  for (const Station::Released& turn : *released) {
    observer_.committed(turn);
  }
  for (Station::Released& turn : *released) {
    if (dies("between commit and release")) {
      return;
    }
    for (engine::Effect& effect : turn.effects) {
      observer_.take(*this, std::move(effect));
      if (!is_up() || incarnation != this->incarnation() || dies("between two effects")) {
        return;
      }
    }
  }
  if (station_.in_flight() > 0) {
    schedule_commit();
  }
  pump();
}

}  // namespace parley::sim
