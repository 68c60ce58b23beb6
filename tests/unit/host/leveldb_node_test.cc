#include "host/node.h"
#include "unit/host/node_place.h"
#include "unit/host/temporary_folder.h"

using namespace parley;
using namespace parley::host;

namespace {

NodeSettings on(const std::string& store) {
  NodeSettings settings;
  settings.store = store;
  return settings;
}

}  // namespace

TEST_CASE("A node makes its store and its key, and opens both again") {
  const TemporaryFolder folder;
  const std::string store = folder.file("store");
  Journal log;
  NodeSettings settings = on(store);
  settings.log = [&](std::string_view line) { log.add(line); };
  engine::ConversationId id;
  {
    const auto node = Node::start(std::move(settings)).value();
    CHECK(log.has("made a new master key"));
    id = node->open("http://127.0.0.1:1/").value().id();
    CHECK(Node::start(on(store)).error().code() == ErrorCode::store_locked);
  }
  const auto node = Node::start(on(store)).value();
  REQUIRE(node->conversations().size() == 1);
  CHECK(node->conversations().front().conversation == id);
}

TEST_CASE("A node does not hide that the key of its store is missing, or another one") {
  const TemporaryFolder folder;
  const std::string store = folder.file("store");
  { const auto node = Node::start(on(store)).value(); }
  std::filesystem::rename(store + ".key", store + ".old");
  CHECK(Node::start(on(store)).error().code() == ErrorCode::key_unusable);
  CHECK_FALSE(std::filesystem::exists(store + ".key"));
  NodeSettings settings = on(store);
  settings.master_key.callback = [] {
    crypto::SystemEntropy entropy;
    return Result<crypto::SealingKey>(crypto::SealingKey::generate(entropy));
  };
  CHECK(Node::start(std::move(settings)).error().code() == ErrorCode::store_wrong_key);
}

TEST_CASE("A node does not take a store of several shards for its own") {
  const TemporaryFolder folder;
  const std::string store = folder.file("store");
  crypto::SystemEntropy entropy;
  const auto master = std::make_shared<crypto::SealingKey>(crypto::SealingKey::generate(entropy));
  {
    store::LevelDbDirectory::Options options;
    options.shards = 2;
    REQUIRE(store::LevelDbDirectory::open(store, *master, entropy, options));
  }
  NodeSettings settings = on(store);
  settings.master_key.callback = [master] { return Result<crypto::SealingKey>(master->clone()); };
  CHECK(Node::start(std::move(settings)).error().code() == ErrorCode::invalid_argument);
}
