#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "bindings/http/io_loop.h"
#include "engine/engine.h"
#include "host/commit_thread.h"

namespace parley::host {

/// Runs one engine on a loop: queues its inputs while its turn is full, hands every turn to the
/// commit thread, and gives the effects out when the receipt has come. All calls are on the loop's
/// thread.
///
/// After a failed commit the engine is dropped with all that was not committed, the store is opened
/// anew, and another engine recovers from it; until then there is none.
class ShardLoop {
 public:
  /// What the rest of the node learns.
  class Observer {
   public:
    virtual ~Observer() = default;

    /// The next effect of a committed turn.
    virtual void take(engine::Effect effect) = 0;
    /// All effects of a turn have been taken.
    virtual void turn_ended() = 0;
    /// The engine has gone; the reason is that of the commit.
    virtual void engine_lost(const Error& reason) = 0;
    /// The store could not be opened anew; `is_last`: it will not be tried again.
    virtual void reopen_failed(const Error& reason, bool is_last) = 0;
    /// There is an engine (again).
    virtual void engine_ready() = 0;
  };

  /// Something that happens to the engine.
  struct Input {
    std::function<void(engine::Engine&, Now)> run;
    /// Called instead when there is no engine; may be empty.
    std::function<void(const Error&)> refuse;
  };

  struct Reopening {
    std::uint64_t tries_max = 5;
    Duration pause{500};
    CommitThread::Recover recover;
  };

  /// The others are borrowed.
  ShardLoop(http::IoLoop& loop, CommitThread& commits, Observer& observer, Reopening reopening);
  ShardLoop(const ShardLoop&) = delete;
  ShardLoop& operator=(const ShardLoop&) = delete;
  ~ShardLoop() = default;

  void start(std::unique_ptr<engine::Engine> engine);

  /// Runs the input as soon as the turn has room for it, after all earlier ones.
  void input(Input input);

  /// From within an input: calls `done` when what was judged so far is durable, or is known not to
  /// be.
  void when_durable(std::function<void(Result<void>)> done);

  /// What the commit thread has decided.
  void decided(std::vector<store::CommitOutcome> outcomes);

  /// Calls `done` when nothing is left to judge or to commit, or there is no engine.
  void drain(std::function<void()> done);

  /// Null while there is none.
  const engine::Engine* engine() const { return engine_.get(); }

  /// Counts the engines: what was meant for an earlier one is not for this.
  std::uint64_t incarnation() const { return incarnation_; }

  /// Inputs that wait for room.
  std::size_t queued() const { return inputs_.size(); }

  /// Why there is no engine.
  const Error& failure() const { return failure_; }

 private:
  struct InFlight {
    engine::Turn turn;
    std::vector<std::function<void(Result<void>)>> waiting;
  };

  void schedule();
  void step();
  void submit_turns(Now now);
  void set_timer(Now now);
  void fail(const Error& reason);
  void refuse_inputs();

  http::IoLoop& loop_;
  CommitThread& commits_;
  Observer& observer_;
  const Reopening reopening_;
  http::Timer timer_;
  std::unique_ptr<engine::Engine> engine_;
  std::uint64_t incarnation_ = 0;
  Error failure_{ErrorCode::store_poisoned, "the node is starting"};
  std::deque<Input> inputs_;
  std::deque<InFlight> in_flight_;
  std::vector<std::function<void(Result<void>)>> waiting_;  ///< for the turn in the making
  std::function<void()> drained_;
  bool is_scheduled_ = false;
};

}  // namespace parley::host
