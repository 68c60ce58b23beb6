#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "store/leveldb/leveldb_directory.h"
#include "unit/store/leveldb_fault_env.h"

namespace parley::store {

/// A new folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Remembers what a recovery gave.
class GatheringSink final : public FactSink {
 public:
  Result<void> take(Fact fact) override {
    facts.push_back(std::move(fact));
    return {};
  }

  std::vector<Fact> facts;
};

/// A store on a folder, with one shard open at a time.
struct LevelDbPlace {
  TemporaryFolder folder;
  FaultEnv env;
  crypto::SystemEntropy entropy;
  crypto::SealingKey master = crypto::SealingKey::generate(entropy);
  std::unique_ptr<LevelDbDirectory> directory;
  std::unique_ptr<Store> store;
  OwnerEpoch epoch;
  std::uint64_t turn = 0;

  std::string path() const { return (folder.path() / "store").string(); }

  LevelDbDirectory::Options options() {
    LevelDbDirectory::Options options;
    options.shards = 4;
    options.database.env = &env;
    return options;
  }

  Result<void> open_directory() {
    close();
    PARLEY_ASSIGN_OR_RETURN(directory,
                            LevelDbDirectory::open(path(), master, entropy, options()));
    return {};
  }

  /// Opens the directory and recovers a shard; the facts are in `recovered`.
  Result<void> open(std::uint32_t shard = 0) {
    PARLEY_TRY(open_directory());
    PARLEY_ASSIGN_OR_RETURN(store, directory->shard(shard, entropy));
    GatheringSink sink;
    PARLEY_ASSIGN_OR_RETURN(epoch, store->recover(sink));
    recovered = std::move(sink.facts);
    return {};
  }

  void close() {
    store.reset();
    directory.reset();
  }

  void submit(std::vector<Fact> facts, bool must_sync = true) {
    store->submit(Batch{epoch, TurnNumber{++turn}, std::move(facts), must_sync});
  }

  /// Submits and commits; true if it succeeded.
  bool commit(std::vector<Fact> facts) {
    submit(std::move(facts));
    return store->collect().back().receipt.has_value();
  }

  /// Files of the closed or open store whose name ends so.
  std::vector<std::filesystem::path> files(const std::string& suffix) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      const std::string name = entry.path().filename().string();
      if (name.size() >= suffix.size() &&
          name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0) {
        found.push_back(entry.path());
      }
    }
    return found;
  }

  std::vector<Fact> recovered;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
}

inline Fact conversation_fact(std::uint64_t id, const std::string& address) {
  ConversationFact::Value value;
  value.address = address;
  value.profile = "ours";
  return ConversationFact{ConversationId{id}, value};
}

inline Fact body_fact(std::uint64_t conversation, std::uint64_t position, Bytes body) {
  OutboxBody::Value value;
  value.ticket = Ticket{position};
  value.action = "urn:action";
  value.body = std::move(body);
  return OutboxBody{ConversationId{conversation}, Position{position}, value};
}

}  // namespace parley::store
