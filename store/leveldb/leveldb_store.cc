#include "store/leveldb/leveldb_store.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "store/key_space.h"
#include "store/leveldb/disk_key.h"
#include "store/leveldb/record_codec.h"

namespace parley::store {

Result<Fact> open_fact(const RecordSeal& seal, std::string_view disk_key, std::string_view value) {
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes plain, seal.open(disk_key, value));
  PARLEY_ASSIGN_OR_RETURN(Fact fact, decode_fact(plain.view()));
  PARLEY_ASSIGN_OR_RETURN(const DiskKey parsed, parse_disk_key(disk_key));
  if (key_of(fact) != parsed.key) {
    return Error(ErrorCode::store_corrupt, "record under another key");
  }
  return fact;
}

LevelDbStore::LevelDbStore(LevelDbDirectory& directory, std::uint32_t shard,
                           crypto::Entropy& entropy)
    : directory_(directory), shard_(shard), entropy_(entropy) {}

Result<OwnerEpoch> LevelDbStore::recover(FactSink& sink) {
  PARLEY_ASSIGN_OR_RETURN(const OwnerEpoch epoch, take_ownership());
  const KeyRange state = state_range(shard_);
  PARLEY_TRY(directory_.database_->scan(
      state.begin, state.end, [&](std::string_view key, std::string_view value) -> Result<void> {
        PARLEY_ASSIGN_OR_RETURN(Fact fact, open_record(key, value));
        return sink.take(std::move(fact));
      }));
  return epoch;
}

void LevelDbStore::submit(Batch batch) { queue_.push_back(std::move(batch)); }

std::vector<CommitOutcome> LevelDbStore::collect() {
  std::vector<CommitOutcome> outcomes;
  while (!queue_.empty()) {
    std::vector<Batch> group;
    std::size_t facts = 0;
    const OwnerEpoch epoch = queue_.front().epoch;
    while (!queue_.empty() && queue_.front().epoch == epoch &&
           (group.empty() || facts + queue_.front().facts.size() <= kGroupFactsMax)) {
      facts += queue_.front().facts.size();
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    const Result<void> committed = commit(group);
    for (const Batch& batch : group) {
      if (committed) {
        outcomes.push_back(CommitOutcome{batch.turn, make_receipt(batch.turn)});
      } else {
        outcomes.push_back(CommitOutcome{batch.turn, committed.error()});
      }
    }
  }
  return outcomes;
}

Result<Fact> LevelDbStore::read(ByteView key) const {
  const std::string at = disk_key(shard_, key);
  PARLEY_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                          directory_.database_->get(at));
  if (!value) {
    return Error(ErrorCode::not_found, "record of the store");
  }
  return open_record(at, *value);
}

Result<OwnerEpoch> LevelDbStore::take_ownership() {
  const std::string key = owner_key(shard_);
  PARLEY_ASSIGN_OR_RETURN(const std::optional<std::string> stored, directory_.database_->get(key));
  std::uint64_t epoch = 0;
  if (stored) {
    PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes plain, directory_.seal_.open(key, *stored));
    PARLEY_ASSIGN_OR_RETURN(epoch, decode_epoch(plain.view()));
  }
  ++epoch;
  WriteBatch batch;
  const std::string plain = encode_epoch(epoch);
  batch.put(key, as_text(directory_.seal_.seal(key, as_bytes(plain), entropy_)));
  PARLEY_TRY(directory_.database_->write(batch, true));
  directory_.epochs_[shard_] = epoch;
  return OwnerEpoch{epoch};
}

Result<void> LevelDbStore::commit(const std::vector<Batch>& group) {
  if (is_poisoned_) {
    return Error(ErrorCode::store_poisoned, "commit");
  }
  if (group.front().epoch.value != directory_.epochs_[shard_]) {
    is_poisoned_ = true;
    return Error(ErrorCode::store_locked, "commit of an earlier owner");
  }
  bool must_sync = false;
  // The last fact of a key is all that has to be written; sealing is most of the work.
  std::unordered_map<std::string, const Fact*> last;
  std::vector<const std::string*> order;
  for (const Batch& batch : group) {
    must_sync = must_sync || batch.must_sync;
    for (const Fact& fact : batch.facts) {
      const auto [at, is_new] = last.insert_or_assign(disk_key(shard_, key_of(fact)), &fact);
      if (is_new) {
        order.push_back(&at->first);
      }
    }
  }
  if (order.empty()) {
    return {};
  }
  WriteBatch batch;
  for (const std::string* key : order) {
    const Fact& fact = *last.at(*key);
    if (is_deletion(fact)) {
      batch.erase(*key);
    } else {
      const std::string plain = encode_fact(fact);
      batch.put(*key, as_text(directory_.seal_.seal(*key, as_bytes(plain), entropy_)));
    }
  }
  const Result<void> written = directory_.database_->write(batch, must_sync);
  if (!written) {
    is_poisoned_ = true;
  }
  return written;
}

Result<Fact> LevelDbStore::open_record(std::string_view disk_key, std::string_view value) const {
  return open_fact(directory_.seal_, disk_key, value);
}

}  // namespace parley::store
