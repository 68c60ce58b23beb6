#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/demo/board.h"
#include "cli/demo/child.h"
#include "cli/demo/roles.h"
#include "cli/demo/timeline.h"

namespace parley::cli {

/// One side of the demonstration over all its lives: starts it, kills it by plan, starts it again,
/// and writes its lives down. Time is the shared clock of the machine, in milliseconds.
class Player {
 public:
  /// `arguments` start the side. Throws Failure.
  Player(Side side,
         std::vector<std::string> arguments,
         const DemoFiles& files,
         std::uint64_t begin_ms);

  void start(std::uint64_t now_ms);

  /// Whether a kill can be carried out now: it runs, and no other kill is to come.
  bool is_ready_to_die() const { return !is_away() && !strike_due_ && !strike_after_start_; }

  /// Dies now, comes back as the plan says, and may die again soon after that. It is ready.
  void kill(const Kill& kill, std::uint64_t now_ms);

  /// Does what is due. Throws Failure when the side ended by itself and not well.
  void tick(std::uint64_t now_ms);

  /// SIGTERM; then `has_ended` sooner or later.
  void terminate() { child_.terminate(); }

  /// By itself, and well.
  bool has_ended() const { return has_ended_; }

  bool is_away() const { return !child_.is_running(); }

  std::uint64_t kills() const { return kills_; }

  const Board& board() const { return **board_; }

  const std::vector<Life>& lives() const { return lives_; }

 private:
  void strike(std::uint64_t now_ms);
  void watch(std::uint64_t now_ms);
  double second(std::uint64_t ms) const;
  std::uint64_t progress() const;

  Side side_;
  std::vector<std::string> arguments_;
  DemoFiles files_;
  std::uint64_t begin_ms_;
  std::unique_ptr<BoardFile> board_;
  Child child_;
  std::vector<Life> lives_;
  std::uint64_t progress_at_start_ = 0;
  std::optional<std::uint64_t> start_due_;
  std::optional<std::uint64_t> strike_due_;
  /// After the next start, and how long it is away then.
  std::optional<Duration> strike_after_start_;
  Duration away_{0};
  std::uint64_t kills_ = 0;
  bool has_ended_ = false;
};

}  // namespace parley::cli
