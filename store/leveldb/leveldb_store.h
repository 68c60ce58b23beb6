#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/entropy.h"
#include "store/leveldb/leveldb_directory.h"
#include "store/store.h"

namespace parley::store {

/// One shard of a LevelDbDirectory. `collect` takes all that queued up since the last flush, one
/// synced write for as many batches as fit kGroupFactsMax, so that the size of a group adapts to the
/// speed of the disk.
class LevelDbStore final : public Store {
 public:
  /// Facts that one write takes together; beyond it nothing is gained but latency.
  static constexpr std::size_t kGroupFactsMax = 4096;

  LevelDbStore(LevelDbDirectory& directory, std::uint32_t shard, crypto::Entropy& entropy);

  Result<OwnerEpoch> recover(FactSink& sink) override;
  void submit(Batch batch) override;
  std::vector<CommitOutcome> collect() override;
  Result<Fact> read(ByteView key) const override;

 private:
  Result<OwnerEpoch> take_ownership();
  Result<void> commit(const std::vector<Batch>& group);
  Result<Fact> open_record(std::string_view disk_key, std::string_view value) const;

  LevelDbDirectory& directory_;
  std::uint32_t shard_;
  crypto::Entropy& entropy_;
  std::deque<Batch> queue_;
  bool is_poisoned_ = false;
};

/// Opens and reads one record, and checks that it is the fact of its key. Errors: store_version,
/// store_corrupt.
Result<Fact> open_fact(const RecordSeal& seal, std::string_view disk_key, std::string_view value);

}  // namespace parley::store
