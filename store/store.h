#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/fact.h"

namespace parley::store {

/// Who writes to a shard. Grows with every recovery, so that an owner that lost its shard cannot
/// write to it any more.
using OwnerEpoch = Strong<std::uint64_t, struct OwnerEpochTag>;

/// Turns are numbered 1, 2, 3, … by each engine from its recovery on.
using TurnNumber = Strong<std::uint64_t, struct TurnTag>;

/// The facts of one turn, which become durable together or not at all.
struct Batch {
  OwnerEpoch epoch;
  TurnNumber turn;
  std::vector<Fact> facts;
  /// False if losing it in a power failure harms nobody: then the receipt may come before the disk
  /// has it (but never before the batches before it have theirs).
  bool must_sync = true;
};

/// Proof that a turn, and every turn before it, is durable. Only a Store can make one.
class CommitReceipt {
 public:
  CommitReceipt(CommitReceipt&&) noexcept = default;
  CommitReceipt& operator=(CommitReceipt&&) noexcept = default;
  CommitReceipt(const CommitReceipt&) = delete;
  CommitReceipt& operator=(const CommitReceipt&) = delete;
  ~CommitReceipt() = default;

  TurnNumber turn() const { return turn_; }

 private:
  friend class Store;

  explicit CommitReceipt(TurnNumber turn) : turn_(turn) {}

  TurnNumber turn_;
};

/// What became of one submitted batch.
struct CommitOutcome {
  TurnNumber turn;
  Result<CommitReceipt> receipt;
};

/// Takes the state facts of a shard at recovery, in the order of their keys.
class FactSink {
 public:
  virtual ~FactSink() = default;

  /// Errors end the recovery and are returned by it.
  virtual Result<void> take(Fact fact) = 0;
};

/// Where the facts of one shard are kept. Owned by one thread at a time: `submit` returns at once,
/// `collect` and the reads do the work and may block, so a host that must not block gives the store
/// a thread of its own.
///
/// The first commit that fails poisons the store: that batch and all later ones fail, and what was
/// in them is not durable. The owner then drops its engine, reopens the store and recovers.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Makes the caller the owner (batches of earlier owners are refused from now on) and gives every
  /// state fact to `sink`. Errors: store_corrupt, store_version, store_wrong_key, store_locked,
  /// io_failed, and those of the sink.
  virtual Result<OwnerEpoch> recover(FactSink& sink) = 0;

  /// Queues a batch. Within a batch the last fact of a key counts.
  virtual void submit(Batch batch) = 0;

  /// Commits what is queued, several batches with one flush where it can, and returns what has been
  /// decided since the last call, in the order of submission. Errors of an outcome: disk_full,
  /// io_failed, store_poisoned (after a failed one), store_locked (an old epoch).
  virtual std::vector<CommitOutcome> collect() = 0;

  /// The fact under `key` (store/key_space.h), as committed. Errors: not_found, store_corrupt,
  /// io_failed.
  virtual Result<Fact> read(ByteView key) const = 0;

 protected:
  /// For implementations, once `turn` is durable.
  static CommitReceipt make_receipt(TurnNumber turn) { return CommitReceipt(turn); }
};

}  // namespace parley::store
