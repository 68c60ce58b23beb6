#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "tests/sim/model.h"
#include "tests/sim/site.h"
#include "tests/sim/timeline.h"

namespace parley::sim {

/// The application of the service: takes its deliveries one by one, keeps a journal of them in its
/// own records, in the batch that ends the delivery, answers requests, and sometimes declines. Like
/// a real one it reads its records through a cache, which dies with the process.
class ServiceApp {
 public:
  /// The others are borrowed.
  ServiceApp(const Plan& plan, Timeline& timeline, Site& site, Model& model);
  ServiceApp(const ServiceApp&) = delete;
  ServiceApp& operator=(const ServiceApp&) = delete;

  void started();
  void died();

  void deliver(const engine::Delivery& delivery);
  void consumed(const engine::Consumed& consumed);
  void report(const engine::Report& report);

  /// The disk is lost, and with it every name that was given.
  void forgot() { consumed_.clear(); }

  /// Hands the journal on the disk to the model: at the end, and before the disk is lost.
  void read_records() const;

 private:
  struct Work {
    engine::Delivery delivery;
    MessageName name;
  };

  void schedule_work();
  void work();
  Result<void> finish(const Work& work, engine::Engine& engine, Now now);
  bool must_wait(const Work& work) const;

  const Plan& plan_;
  Timeline& timeline_;
  Site& site_;
  Model& model_;
  Random random_;
  std::deque<Work> work_;
  /// By sequence: what was declined, and has to come again before anything after it is taken.
  std::map<std::string, std::uint64_t> declined_;
  std::map<std::string, std::uint64_t> newest_;  ///< by sequence: highest number delivered
  bool is_work_scheduled_ = false;
  std::uint64_t journal_size_ = 0;
  std::set<engine::DeliveryName> consumed_;  ///< told to be durable: must not come again
};

}  // namespace parley::sim
