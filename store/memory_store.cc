#include "store/memory_store.h"

#include <algorithm>
#include <utility>

namespace parley::store {

std::vector<Fact> MemoryDisk::state() const {
  std::vector<Fact> facts_of_state;
  for (const auto& [key, fact] : facts) {
    if (key.front() == kStatePrefix) {
      facts_of_state.push_back(fact);
    }
  }
  return facts_of_state;
}

Result<OwnerEpoch> MemoryStore::recover(FactSink& sink) {
  disk_->epoch.value += 1;
  for (const auto& [key, fact] : disk_->facts) {
    if (key.front() == kStatePrefix) {
      PARLEY_TRY(sink.take(fact));
    }
  }
  return disk_->epoch;
}

void MemoryStore::submit(Batch batch) { queue_.push_back(std::move(batch)); }

std::vector<CommitOutcome> MemoryStore::collect() {
  std::vector<CommitOutcome> outcomes;
  while (!queue_.empty() && outcomes.size() < faults_.commits_per_collect) {
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    const TurnNumber turn = batch.turn;
    outcomes.push_back({turn, commit(std::move(batch))});
  }
  return outcomes;
}

Result<CommitReceipt> MemoryStore::commit(Batch batch) {
  if (is_poisoned_) {
    return Error(ErrorCode::store_poisoned, "memory store");
  }
  ++commits_;
  if (batch.epoch != disk_->epoch) {
    is_poisoned_ = true;
    return Error(ErrorCode::store_locked, "memory store");
  }
  if (commits_ == faults_.fail_at) {
    is_poisoned_ = true;
    return Error(faults_.failure, "memory store");
  }
  for (Fact& fact : batch.facts) {
    Bytes key = key_of(fact);
    if (is_deletion(fact)) {
      disk_->facts.erase(key);
    } else {
      disk_->facts.insert_or_assign(std::move(key), std::move(fact));
    }
  }
  return make_receipt(batch.turn);
}

Result<Fact> MemoryStore::read(ByteView key) const {
  const auto found = disk_->facts.find(Bytes(key.begin(), key.end()));
  if (found == disk_->facts.end()) {
    return Error(ErrorCode::not_found, "memory store");
  }
  return found->second;
}

}  // namespace parley::store
