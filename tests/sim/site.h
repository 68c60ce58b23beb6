#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "tests/sim/plan.h"
#include "tests/sim/timeline.h"
#include "tests/support/sim_station.h"

namespace parley::sim {

/// A machine of a schedule: a station whose turns become durable later, or never, whose effects go
/// to an observer, and which dies at the worst moments: before and after it submits a turn, between
/// commit and release, between one effect and the next.
class Site {
 public:
  /// Whoever carries effects out.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void take(Site& site, engine::Effect effect) = 0;
    /// A turn has become durable; perhaps others with it, before its effects are taken.
    virtual void committed(const Station::Released& turn) = 0;
    /// The process has died; what it had in hand is gone.
    virtual void died(Site& site) = 0;
    virtual void started(Site& site) = 0;
  };

  using Input = std::function<void(engine::Engine&, Now)>;

  /// The others are borrowed.
  Site(std::string name,
       StationSetup setup,
       const SitePlan& plan,
       std::uint64_t seed,
       Timeline& timeline,
       Observer& observer);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  void start();

  /// Something happens to the engine, now if its turn has room; to a dead process, nothing.
  void input(Input input);

  /// The process dies, and comes back after a while unless `is_for_good`.
  void crash(const char* where, bool is_for_good = false);

  /// From now on it is as good as a machine can be.
  void calm_down() { is_calm_ = true; }

  /// The disk is lost at the next start.
  void forget() { forgets_ = true; }

  bool is_up() const { return station_.is_up(); }

  /// Nothing is being judged or committed.
  bool is_idle() const { return is_up() && station_.in_flight() == 0 && inputs_.empty() && !is_pump_scheduled_; }

  Now now() const;

  const std::string& name() const { return name_; }

  Station& station() { return station_; }

  const Station& station() const { return station_; }

  std::uint64_t incarnation() const { return station_.incarnation(); }

  std::uint64_t crashes() const { return crashes_; }

 private:
  bool dies(const char* where);
  void schedule_pump();
  void pump();
  void set_timer();
  void on_timer(std::uint64_t incarnation);
  void schedule_commit();
  void on_commit(std::uint64_t incarnation);
  void take_inputs();

  const std::string name_;
  const SitePlan plan_;
  Timeline& timeline_;
  Observer& observer_;
  Station station_;
  Random random_;
  std::int64_t mono_base_ = 0;
  std::deque<Input> inputs_;  ///< that wait for room
  bool is_pump_scheduled_ = false;
  bool is_commit_scheduled_ = false;
  std::int64_t timer_ms_ = INT64_MAX;
  std::int64_t spin_ms_ = -1;
  std::uint64_t spins_ = 0;
  std::uint64_t crashes_ = 0;
  bool is_calm_ = false;
  bool forgets_ = false;
  bool is_gone_ = false;
};

}  // namespace parley::sim
