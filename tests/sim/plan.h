#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/sim_station.h"

namespace parley::sim {

/// A message that an application of a schedule sends. Its ticket is its place in the workload.
struct PlannedMessage {
  bool is_request = false;
  bool is_refused = false;  ///< a request that is answered with a fault
  std::uint64_t size = 0;
  std::uint64_t pause_ms = 0;  ///< before it
};

/// What one conversation has to carry.
using Workload = std::vector<PlannedMessage>;

/// How bad the network is, in percent of messages.
struct NetworkPlan {
  std::uint64_t loss = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t cut = 0;       ///< exchanges that lose their connection
  std::uint64_t straggle = 0;  ///< messages that take up to `straggle_ms_max`
  std::uint64_t tamper = 0;    ///< messages of which a changed copy arrives too
  std::uint64_t forge = 0;     ///< messages that are followed by an unprotected invention
  std::uint64_t latency_ms_max = 20;
  std::uint64_t straggle_ms_max = 5000;
  std::uint64_t timeout_ms = 5000;  ///< of a request, at its sender
};

/// How bad a machine is.
struct SitePlan {
  std::uint64_t crashes_max = 0;
  std::uint64_t crash_odds = 100;  ///< one in so many of the places where it could
  std::uint64_t down_ms_max = 3000;
  std::uint64_t commit_ms_max = 20;
  std::uint64_t gather_ms_max = 10;         ///< inputs of so long make one turn
  std::uint64_t failed_commit_percent = 0;  ///< of processes that have one
  std::int64_t skew_ms = 0;                 ///< of its wall clock
};

/// How an application behaves.
struct AppPlan {
  std::uint64_t think_ms_max = 30;
  std::uint64_t decline_percent = 0;
  std::uint64_t repeat_percent = 0;  ///< sends that are repeated without need
  bool closes_early = false;         ///< as soon as everything is accepted
};

/// What may befall a conversation besides: in all cases but `none` its messages may be lost, but
/// never silently.
enum class Misfortune : std::uint8_t {
  none,
  service_forgets,  ///< the service loses its disk
  client_vanishes,  ///< the client never comes back
  patience_ends,    ///< retries are limited, and the network fails for a while
  sequence_expires,
};

/// Everything that a schedule is made of, drawn from its seed.
struct Plan {
  std::uint64_t seed = 0;
  Misfortune misfortune = Misfortune::none;
  std::int64_t misfortune_ms = 0;
  std::int64_t calm_ms = 0;  ///< from then on network and machines are perfect
  NetworkPlan network;
  SitePlan client_site;
  SitePlan service_site;
  AppPlan client_app;
  AppPlan service_app;
  StationSetup client;
  StationSetup service;
  std::vector<Workload> workloads;  ///< one conversation each

  const engine::Profile& profile() const { return client.profiles.front(); }

  /// Whether every message must arrive and be answered.
  bool is_lossless() const;
};

Plan draw_plan(std::uint64_t seed);

/// One line.
std::string describe(const Plan& plan);

/// The address of the conversation with this index, and the path that it leads to.
std::string address_of(std::size_t conversation);
std::string path_of(std::size_t conversation);

}  // namespace parley::sim
