#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/interval_set.h"
#include "base/limits.h"
#include "base/time.h"
#include "sequences/rm_settings.h"

namespace parley::sequences {

/// Randomness for one wait, from the engine's Entropy: any value is fine, 0 = no jitter.
struct Jitter {
  std::uint32_t value = 0;
};

/// `wait` lengthened by at most the part of it that the settings allow (RM-100).
Duration with_jitter(Duration wait, Jitter jitter, const RmSettings& settings);

/// base * factor^(try - 1), at most `cap` (RM-100). `tries` counts from 1.
Duration backed_off(Duration base, std::uint64_t factor, std::uint64_t tries, Duration cap);

/// Mean and mean deviation of measured round trips, with gain 1/8 (RM-103).
class RoundTrip {
 public:
  void measure(Duration sample);

  bool is_known() const { return is_known_; }

  /// How long to wait for an acknowledgement at first (RM-101, RM-103).
  Duration timeout(const RmSettings& settings) const;

 private:
  bool is_known_ = false;
  double mean_ms_ = 0;
  double deviation_ms_ = 0;
};

/// The numbers of one source that are under way, and when each is sent again. Volatile: after a
/// restart it is filled from the acknowledged set. Finding and changing one number is logarithmic.
class Retransmission {
 public:
  Retransmission(const RmSettings& settings, const Limits& limits);

  /// A number that is to be sent (again) as soon as possible.
  void add(std::uint64_t number, MonoTime now);

  /// The number has been sent. If that was because its time was over, a loss is taken for granted
  /// and the window falls (RM-103).
  void record_sent(std::uint64_t number, MonoTime now, Jitter jitter);

  /// Keeps sending the number when it is acknowledged (which it may be already), until `release`
  /// (RM-151).
  void hold(std::uint64_t number, bool is_acknowledged, MonoTime now);

  /// The reply has come: a number that is acknowledged is under way no more.
  void release(std::uint64_t number);

  /// All of these are acknowledged. Measures round trips and opens the window.
  void acknowledge(const IntervalSet& newly, MonoTime now);

  /// The peer lacks the number (a Nack): send it at once. False if it is not under way.
  bool hasten(std::uint64_t number, MonoTime now);

  /// Numbers to send now, the longest overdue first.
  std::vector<std::uint64_t> due(MonoTime now) const;

  /// Whether some number was sent as often as allowed, and its last wait is over (RM-102).
  bool is_exhausted(MonoTime now) const;

  /// When `due` or `is_exhausted` changes by the passing of time; kNever = not at all.
  MonoTime deadline() const;

  /// Numbers under way, held ones too.
  std::size_t size() const { return flights_.size(); }

  bool contains(std::uint64_t number) const { return flights_.contains(number); }

  /// How many numbers may be under way.
  std::uint64_t window() const;

  std::uint64_t tries(std::uint64_t number) const;

  void clear();

 private:
  struct Flight {
    MonoTime last_sent;
    MonoTime deadline;
    std::uint64_t tries = 0;
    bool is_held = false;
    bool is_acknowledged = false;
    bool is_hastened = false;  ///< sent again because the peer asked, not because its time was over
  };

  using Flights = std::map<std::uint64_t, Flight>;

  void set_hastened(Flight& flight, bool is_hastened);
  void set_deadline(Flights::iterator flight, MonoTime deadline);
  void erase(Flights::iterator flight);
  bool is_spent(const Flight& flight) const;
  std::uint64_t credit(MonoTime now) const;
  std::uint64_t window_max() const;
  void shrink_window(std::uint64_t number);
  void grow_window(std::uint64_t acknowledged);

  const RmSettings* settings_;
  const Limits* limits_;
  Flights flights_;
  std::set<std::pair<MonoTime, std::uint64_t>> by_deadline_;
  std::size_t unsent_ = 0;    ///< flights without any try
  std::size_t hastened_ = 0;  ///< flights that the peer asked for
  std::size_t spent_ = 0;     ///< flights that were sent as often as allowed
  RoundTrip round_trip_;
  // Adaptive only: how many may be under way, where its growth turns linear, what counts towards
  // the next linear step, the highest number that was under way when the window last fell, how many
  // of the overdue may go until something is acknowledged, and without any, when one more may.
  std::uint64_t window_;
  std::uint64_t threshold_;
  std::uint64_t grown_ = 0;
  std::uint64_t shrunk_until_ = 0;
  std::uint64_t credit_;
  MonoTime timer_ = kNever;
};

}  // namespace parley::sequences
