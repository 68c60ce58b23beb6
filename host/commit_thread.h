#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "host/store_opener.h"
#include "host/task_thread.h"

namespace parley::host {

/// Owns the store: commits what is submitted, as many batches with one flush as have queued up, and
/// reads what is asked for. Its own thread, because all of that may block; the callbacks are called
/// there.
class CommitThread {
 public:
  using Decided = std::function<void(std::vector<store::CommitOutcome>)>;
  using Recover = std::function<Result<std::unique_ptr<engine::Engine>>(store::Store&)>;

  /// How a store is opened, and an engine takes its state over.
  struct Opening {
    std::uint64_t tries_max = 1;
    Duration pause{0};  ///< before the first try; doubles
    Recover recover;
    std::function<void(std::unique_ptr<engine::Engine>)> opened;
    /// After every failed try; `is_last`: no more will follow.
    std::function<void(Error, bool is_last)> failed;
  };

  CommitThread(StoreOpener opener, Decided decided);

  /// Drops the store that is open, with what was submitted to it, and opens it anew.
  void open(Opening opening);

  void submit(store::Batch batch);

  /// Errors: those of Store::read; store_poisoned while no store is open.
  void read(Bytes key, std::function<void(Result<store::Fact>)> done);

  /// What is not committed yet is lost.
  void stop() { thread_.stop(); }

 private:
  void try_open(const Opening& opening);
  Result<std::unique_ptr<engine::Engine>> open_once(const Opening& opening);
  void collect();

  const StoreOpener opener_;
  const Decided decided_;
  OpenStore open_;
  bool has_submitted_ = false;
  TaskThread thread_;  // last: it uses all the others
};

}  // namespace parley::host
