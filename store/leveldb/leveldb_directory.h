#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "store/leveldb/database.h"
#include "store/leveldb/record_seal.h"
#include "store/store.h"

namespace parley::store {

/// The newest layout of a directory that this program makes and opens.
inline constexpr std::uint32_t kDirectoryFormat = 1;

/// One store on disk: a LevelDB directory that holds the shards of a program, each of which is a
/// Store of its own. One process at a time has it open. It must outlive the Stores it gives.
///
/// A failed commit poisons all shards of the directory; it is then closed and opened anew.
class LevelDbDirectory {
 public:
  struct Options {
    std::uint32_t shards = 64;  ///< of a new store; fixed from then on (1 to kShardsMax)
    Database::Options database;
  };

  /// Opens the store at `path`, or makes one there if the options allow it. `master` seals every
  /// record and is kept nowhere in the store. Errors: not_found, store_locked, store_version (made
  /// by a newer program), store_wrong_key, store_corrupt, disk_full, io_failed; invalid_argument
  /// (number of shards).
  static Result<std::unique_ptr<LevelDbDirectory>> open(const std::string& path,
                                                        const crypto::SealingKey& master,
                                                        crypto::Entropy& entropy,
                                                        const Options& options);

  /// How many shards the store was made with, numbered from 0.
  std::uint32_t shards() const { return static_cast<std::uint32_t>(epochs_.size()); }

  /// The Store of one shard. `entropy` (for the nonces of records) is borrowed and used by the thread
  /// that owns the Store alone. Errors: invalid_argument (no such shard).
  Result<std::unique_ptr<Store>> shard(std::uint32_t number, crypto::Entropy& entropy);

 private:
  friend class LevelDbStore;
  friend class Inspector;

  LevelDbDirectory(std::unique_ptr<Database> database, RecordSeal seal, std::uint32_t shards);

  std::unique_ptr<Database> database_;
  RecordSeal seal_;
  /// Of each shard's present owner; 0 = not recovered yet.
  std::vector<std::atomic<std::uint64_t>> epochs_;
};

}  // namespace parley::store
