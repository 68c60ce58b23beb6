#include "host/shard_loop.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "host/clock.h"

namespace parley::host {

ShardLoop::ShardLoop(http::IoLoop& loop,
                     CommitThread& commits,
                     Observer& observer,
                     Reopening reopening)
    : loop_(loop),
      commits_(commits),
      observer_(observer),
      reopening_(std::move(reopening)),
      timer_(loop) {}

void ShardLoop::start(std::unique_ptr<engine::Engine> engine) {
  engine_ = std::move(engine);
  ++incarnation_;
  observer_.engine_ready();
  schedule();
}

void ShardLoop::input(Input input) {
  inputs_.push_back(std::move(input));
  schedule();
}

void ShardLoop::when_durable(std::function<void(Result<void>)> done) {
  waiting_.push_back(std::move(done));
}

void ShardLoop::schedule() {
  if (is_scheduled_) {
    return;
  }
  is_scheduled_ = true;
  // Posted, so that all inputs that the sockets have ready go into one turn.
  loop_.post([this] {
    is_scheduled_ = false;
    step();
  });
}

void ShardLoop::step() {
  if (!engine_) {
    refuse_inputs();
  } else {
    const Now now = read_clocks();
    while (!inputs_.empty() && !engine_->is_full()) {
      const Input input = std::move(inputs_.front());
      inputs_.pop_front();
      input.run(*engine_, now);
    }
    engine_->advance(now);
    submit_turns(now);
    if (!inputs_.empty() && !engine_->is_full()) {
      schedule();
    }
    set_timer(now);
  }
  if (drained_ && inputs_.empty() && in_flight_.empty()) {
    std::exchange(drained_, nullptr)();
  }
}

void ShardLoop::submit_turns(Now now) {
  while (auto turn = engine_->take_turn(now)) {
    commits_.submit(turn->batch());
    in_flight_.push_back({std::move(*turn), std::exchange(waiting_, {})});
  }
  // Nothing was judged that a turn would carry: it is as durable as it will ever be.
  if (in_flight_.empty()) {
    for (const auto& done : std::exchange(waiting_, {})) {
      done({});
    }
  }
}

void ShardLoop::set_timer(Now now) {
  const MonoTime deadline = engine_->deadline();
  // While turns are in flight a deadline may be due and yet have to wait for a receipt.
  const bool must_wait = deadline <= now.mono && !in_flight_.empty();
  if (deadline == kNever || must_wait) {
    timer_.cancel();
    return;
  }
  timer_.after(std::max(deadline - now.mono, Duration(1)), [this] { step(); });
}

void ShardLoop::decided(std::vector<store::CommitOutcome> outcomes) {
  for (store::CommitOutcome& outcome : outcomes) {
    if (!engine_) {
      return;  // of a store that has been dropped
    }
    if (!outcome.receipt) {
      fail(outcome.receipt.error());
      return;
    }
    PARLEY_CHECK(!in_flight_.empty());
    InFlight decided = std::move(in_flight_.front());
    in_flight_.pop_front();
    engine_->committed(outcome.turn);
    for (engine::Effect& effect : std::move(decided.turn).release(*outcome.receipt)) {
      observer_.take(std::move(effect));
    }
    for (const auto& done : decided.waiting) {
      done({});
    }
    observer_.turn_ended();
  }
  schedule();
}

void ShardLoop::fail(const Error& reason) {
  engine_->commit_failed();
  engine_.reset();
  failure_ = reason;
  timer_.cancel();
  const Error lost(ErrorCode::store_poisoned, "a commit failed");
  for (const InFlight& turn : std::exchange(in_flight_, {})) {
    for (const auto& done : turn.waiting) {
      done(lost);
    }
  }
  for (const auto& done : std::exchange(waiting_, {})) {
    done(lost);
  }
  refuse_inputs();
  observer_.engine_lost(reason);

  CommitThread::Opening opening;
  opening.tries_max = reopening_.tries_max;
  opening.pause = reopening_.pause;
  opening.recover = reopening_.recover;
  opening.opened = [this](std::unique_ptr<engine::Engine> engine) {
    auto shared = std::make_shared<std::unique_ptr<engine::Engine>>(std::move(engine));
    loop_.post([this, shared] { start(std::move(*shared)); });
  };
  opening.failed = [this](const Error& error, bool is_last) {
    loop_.post([this, error, is_last] {
      failure_ = error;
      observer_.reopen_failed(error, is_last);
    });
  };
  commits_.open(std::move(opening));
}

void ShardLoop::refuse_inputs() {
  for (const Input& input : std::exchange(inputs_, {})) {
    if (input.refuse) {
      input.refuse(failure_);
    }
  }
}

void ShardLoop::drain(std::function<void()> done) {
  drained_ = std::move(done);
  schedule();
}

}  // namespace parley::host
