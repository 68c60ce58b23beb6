#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "store/key_space.h"
#include "store/store.h"

namespace parley::store {

/// What survives a crash of a memory store: the committed facts of one shard, by key, and who owns
/// it. Shared by the stores opened on it one after the other.
struct MemoryDisk {
  std::map<Bytes, Fact> facts;
  OwnerEpoch epoch;

  /// All that recovery reads, in the order of the keys.
  std::vector<Fact> state() const;
};

/// A store in memory: for tests, for simulations, and for programs that may lose everything. What
/// was submitted and not collected is forgotten with the store; what was committed stays on the disk
/// it was given.
class MemoryStore final : public Store {
 public:
  /// How commits misbehave on purpose.
  struct Faults {
    /// Counted from 1 over the life of this store: the first batch that fails; 0 = none.
    std::uint64_t fail_at = 0;
    ErrorCode failure = ErrorCode::disk_full;
    /// The most batches that one `collect` commits.
    std::size_t commits_per_collect = SIZE_MAX;
  };

  /// On a disk of its own.
  MemoryStore() : MemoryStore(std::make_shared<MemoryDisk>()) {}

  explicit MemoryStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  Result<OwnerEpoch> recover(FactSink& sink) override;
  void submit(Batch batch) override;
  std::vector<CommitOutcome> collect() override;
  Result<Fact> read(ByteView key) const override;

  Faults& faults() { return faults_; }

  /// Batches submitted and not committed.
  std::size_t queued() const { return queue_.size(); }

  bool is_poisoned() const { return is_poisoned_; }

 private:
  Result<CommitReceipt> commit(Batch batch);

  std::shared_ptr<MemoryDisk> disk_;
  std::deque<Batch> queue_;
  Faults faults_;
  std::uint64_t commits_ = 0;
  bool is_poisoned_ = false;
};

}  // namespace parley::store
