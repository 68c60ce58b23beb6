#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/demo/outcome.h"
#include "cli/demo/player.h"
#include "cli/demo/progress.h"
#include "cli/relay/relay.h"

namespace parley::cli {

struct DemoSettings {
  std::uint64_t seed = 1;
  std::uint64_t messages = 20000;
  std::uint64_t kills = 6;  ///< of each side
  std::string folder;       ///< empty of an earlier run
};

/// One run: a service, a client and a bad network between them, and whoever kills them.
class DemoRun {
 public:
  /// Throws Failure.
  explicit DemoRun(const DemoSettings& settings);
  DemoRun(const DemoRun&) = delete;
  DemoRun& operator=(const DemoRun&) = delete;
  ~DemoRun();

  /// Until the client has ended well. Throws Failure when a side ends otherwise, when nothing moves
  /// any more, or on SIGINT or SIGTERM.
  void play();

  /// What it came to, but for the cost of messages.
  DemoOutcome outcome() const;

 private:
  void carry_out_kills(std::uint64_t now_ms);
  void take_sample(std::uint64_t now_ms);
  void check_movement(std::uint64_t now_ms);
  void let_service_end();

  DemoSettings settings_;
  DemoFiles files_;
  std::unique_ptr<Relay> relay_;
  std::thread relay_thread_;
  std::uint64_t begin_ms_;
  std::unique_ptr<Player> client_;
  std::unique_ptr<Player> service_;
  std::vector<Kill> kills_;        ///< still to come
  std::uint64_t kill_due_ms_ = 0;  ///< of the first of them, once its message has come; 0 = not yet
  std::vector<Sample> samples_;
  Progress progress_;
  std::uint64_t moved_ms_;
  std::uint64_t sequences_at_first_ = 0;
  double seconds_ = 0;
};

}  // namespace parley::cli
