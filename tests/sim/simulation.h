#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/client_app.h"
#include "tests/sim/model.h"
#include "tests/sim/network.h"
#include "tests/sim/plan.h"
#include "tests/sim/service_app.h"
#include "tests/sim/site.h"
#include "tests/sim/watch.h"

namespace parley::sim {

/// What a schedule cost, for statistics.
struct Tally {
  std::uint64_t messages = 0;
  std::uint64_t requests = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t crashes = 0;
  std::uint64_t steps = 0;
  std::uint64_t virtual_ms = 0;
};

/// One schedule: two machines, a network, their applications, and all that goes wrong.
class Simulation final : public Site::Observer {
 public:
  Simulation(std::uint64_t seed, bool is_traced);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// To the end. Nothing if all is well, else what is not.
  std::optional<std::string> run();

  const Plan& plan() const { return plan_; }

  Tally tally() const;

 private:
  void take(Site& site, engine::Effect effect) override;

  void committed(const Station::Released& turn) override { watch_.committed(turn); }

  void died(Site& site) override;
  void started(Site& site) override;

  void plan_misfortune();
  void run_to_the_end();
  bool is_done() const;
  void check_leftovers(const Site& site) const;
  void carry_out(Site& site, engine::Ask& ask);

  const Plan plan_;
  Timeline timeline_;
  Model model_;
  Watch watch_;
  Site client_;
  Site service_;
  Network network_;
  ClientApp client_app_;
  ServiceApp service_app_;
  Random random_;
};

}  // namespace parley::sim
