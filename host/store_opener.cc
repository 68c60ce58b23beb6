#include "host/store_opener.h"

#include <utility>

#include "store/memory_store.h"

namespace parley::host {

StoreOpener leveldb_opener(std::string path,
                           const crypto::SealingKey& master,
                           std::shared_ptr<crypto::Entropy> entropy) {
  auto key = std::make_shared<const crypto::SealingKey>(master.clone());
  return [path = std::move(path), key, entropy]() -> Result<OpenStore> {
    store::LevelDbDirectory::Options options;
    options.shards = 1;
    OpenStore open;
    PARLEY_ASSIGN_OR_RETURN(open.directory,
                            store::LevelDbDirectory::open(path, *key, *entropy, options));
    if (open.directory->shards() != 1) {
      return Error(ErrorCode::invalid_argument, "the store has several shards");
    }
    PARLEY_ASSIGN_OR_RETURN(open.store, open.directory->shard(0, *entropy));
    return open;
  };
}

StoreOpener memory_opener() {
  auto disk = std::make_shared<store::MemoryDisk>();
  return [disk]() -> Result<OpenStore> {
    OpenStore open;
    open.store = std::make_unique<store::MemoryStore>(disk);
    return open;
  };
}

}  // namespace parley::host
