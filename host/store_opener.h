#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "store/leveldb/leveldb_directory.h"
#include "store/store.h"

namespace parley::host {

/// A store, with the directory that it lies in, if it lies in one.
struct OpenStore {
  std::unique_ptr<store::LevelDbDirectory> directory;
  std::unique_ptr<store::Store> store;
};

/// Opens the store, again and again if need be. Called on the thread that will own the store.
using StoreOpener = std::function<Result<OpenStore>()>;

/// The store of one shard in the folder `path`. Errors of opening: those of LevelDbDirectory::open;
/// invalid_argument for a store of several shards.
StoreOpener leveldb_opener(std::string path,
                           const crypto::SealingKey& master,
                           std::shared_ptr<crypto::Entropy> entropy);

/// A store in memory, which keeps what was committed until the opener goes.
StoreOpener memory_opener();

}  // namespace parley::host
