#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "store/memory_store.h"
#include "tests/support/sim_codec.h"
#include "tests/support/sim_random.h"

namespace parley::sim {

/// What the processes of one station are made of, one after the other.
struct StationSetup {
  std::string principal;  ///< whom its bootstrap messages name
  std::vector<engine::Profile> profiles;
  std::vector<engine::Endpoint> endpoints;
  engine::EngineSettings settings;
  contexts::ContextSettings contexts;
  Limits limits;
  std::string reply_address;
  std::vector<std::string> answer_prefixes{"http://", "sim://"};
};

/// A disk, and the process on it: an engine with its store. The process can be crashed and started
/// again; what it had committed is all that remains. After every turn it is checked that the memory
/// of the engine is what the store will hold.
class Station {
 public:
  /// One turn that has become durable.
  struct Released {
    store::TurnNumber turn;
    std::vector<store::DestinationFact> destinations;  ///< of its batch
    std::vector<engine::Effect> effects;
  };

  /// A broken promise of the engine's, in words; thrown by the checks.
  struct Violation {
    std::string what;
  };

  Station(StationSetup setup, std::uint64_t seed);
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;
  ~Station() = default;

  // Process.

  /// Opens the store and recovers. Fails like Engine::recover; then there is no process.
  Result<void> start(Now now);

  /// The process dies with all that is not committed.
  void crash();

  bool is_up() const { return engine_ != nullptr; }

  engine::Engine& engine() { return *engine_; }

  const engine::Engine& engine() const { return *engine_; }

  /// Counts the processes, from 1.
  std::uint64_t incarnation() const { return incarnation_; }

  // Turns.

  /// Takes every turn that there is and submits it. Returns how many.
  std::size_t submit(Now now);

  /// Turns submitted and not committed.
  std::size_t in_flight() const { return in_flight_.size(); }

  /// Commits at most `turns_max` turns and frees their effects. Nothing if a commit failed: then
  /// the engine has been told, and the process is to be crashed.
  std::optional<std::vector<Released>> commit(std::size_t turns_max = SIZE_MAX);

  // Disk.

  /// How the commits of the present process misbehave.
  store::MemoryStore::Faults& faults() { return store_->faults(); }

  Result<store::Fact> read(ByteView key) const { return store_->read(key); }

  const std::map<Bytes, store::Fact>& disk() const { return disk_->facts; }

  /// Puts an empty disk in. The process is to be down.
  void wipe_disk();

  /// The committed record of the application; empty if there is none.
  Bytes record(std::string_view name) const;

  StationSetup& setup() { return setup_; }

  SimCodec& codec() { return codec_; }

  SimEntropy& entropy() { return entropy_; }

 private:
  struct InFlight {
    engine::Turn turn;
    std::vector<store::DestinationFact> destinations;
  };

  void check_memory() const;

  StationSetup setup_;
  SimCodec codec_;
  SimEntropy entropy_;
  crypto::SealingKey sealing_;
  std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::deque<InFlight> in_flight_;
  std::map<Bytes, store::Fact> expected_;  ///< the state facts once all turns are committed
  std::uint64_t incarnation_ = 0;
};

/// One line about a fact, for failures and traces: never the body.
std::string describe(const store::Fact& fact);

}  // namespace parley::sim
