#include <sys/stat.h>

#include "crypto/entropy.h"
#include "store/leveldb/leveldb_directory.h"
#include "tests/unit/cli/program_run.h"

using namespace parley;
using namespace parley::cli;

namespace {

class IgnoringSink final : public store::FactSink {
 public:
  Result<void> take(store::Fact) override { return {}; }
};

// A store with one conversation, made without the program under test.
class MadeStore {
 public:
  MadeStore() {
    crypto::SystemEntropy entropy;
    const crypto::SealingKey master = crypto::SealingKey::generate(entropy);
    key_ = folder_.write("store.key", to_hex(master.bytes().view()) + "\n");
    REQUIRE(::chmod(key_.c_str(), 0600) == 0);
    store::LevelDbDirectory::Options options;
    options.shards = 2;
    const auto directory = store::LevelDbDirectory::open(path(), master, entropy, options).value();
    const auto shard = directory->shard(0, entropy).value();
    IgnoringSink sink;
    const store::OwnerEpoch epoch = shard->recover(sink).value();
    shard->submit({epoch, store::TurnNumber{1}, facts(), true});
    REQUIRE(shard->collect().back().receipt.has_value());
  }

  std::string path() const { return folder_.file("store"); }

  const std::string& key() const { return key_; }

  const Folder& folder() const { return folder_; }

 private:
  static std::vector<store::Fact> facts() {
    const store::ConversationId id{7};
    store::ConversationFact::Value conversation;
    conversation.profile = "ours";
    conversation.address = "http://example.org/orders\x1b[2J";
    contexts::ContextState context;
    context.identifier = "urn:uuid:context-of-seven";
    contexts::InstanceState instance;
    instance.name.identifier = context.identifier;
    instance.secret.sealed = to_bytes("SEALED-SECRET");
    instance.key_bits = 256;
    instance.lifetime = {{1'800'000'000'000}, {1'800'036'000'000}};
    context.instances.push_back(instance);
    sequences::SourceState source;
    source.phase = sequences::SourcePhase::created;
    source.identifier = "urn:uuid:source-of-seven";
    source.last_assigned = 9;
    source.acked = {{1, 4}, {6, 6}};
    sequences::DestinationState destination;
    destination.phase = sequences::DestinationPhase::created;
    destination.identifier = "urn:uuid:destination-of-seven";
    destination.received = {{1, 3}};
    store::OutboxCounters::Value counters;
    counters.last_ticket = store::Ticket{12};
    counters.last_position = store::Position{12};
    counters.last_windowed = store::Position{9};
    store::OutboxEntry::Value entry;
    entry.ticket = store::Ticket{5};
    entry.slot = 1;
    entry.number = 5;
    store::OutboxBody::Value body;
    body.ticket = store::Ticket{5};
    body.body = to_bytes("<secret-body/>");
    return {store::ConversationFact{id, conversation},
            store::ContextFact{id, context},
            store::SourceFact{id, 1, source},
            store::DestinationFact{id, destination.identifier, destination},
            store::OutboxCounters{id, counters},
            store::OutboxEntry{id, store::Position{5}, entry},
            store::OutboxBody{id, store::Position{5}, body}};
  }

  Folder folder_;
  std::string key_;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("store ls and show tell conversations, sequences, ranges and outboxes, and no secret") {
  const MadeStore made;
  const Ran list = run_parley({"store", "ls", made.path()});
  INFO(list.out << list.err);
  CHECK(list.status == 0);
  CHECK(holds(list.out, "initiator"));
  CHECK(holds(list.out, "http://example.org/orders\\x1b[2J"));
  CHECK(holds(list.out, "1 conversations"));
  const Ran shown = run_parley({"store", "show", made.path(), "7"});
  INFO(shown.out << shown.err);
  CHECK(shown.status == 0);
  for (const std::string part :
       {"urn:uuid:context-of-seven", "key of 256 bits", "urn:uuid:source-of-seven", "up to 9",
        "1-4, 6", "urn:uuid:destination-of-seven", "1-3", "1 under way, 3 in the backlog",
        "ticket 5, number 5", "2027-01-15T08:00:00Z"}) {
    CHECK(holds(shown.out, part));
  }
  CHECK(!holds(shown.out, "SEALED"));
  CHECK(!holds(shown.out, "secret-body"));
  CHECK(run_parley({"store", "show", made.path()}).out == shown.out);
  CHECK(run_parley({"store", "show", made.path(), "0/7"}).out == shown.out);
}

TEST_CASE("store verify opens every record, and says so with its status") {
  const MadeStore made;
  const Ran sound = run_parley({"store", "verify", made.path()});
  INFO(sound.out << sound.err);
  CHECK(sound.status == 0);
  CHECK(holds(sound.out, "7 sound records"));
  // A record that lies in the wrong place does not open there.
  {
    auto database = store::Database::open(made.path(), {}).value();
    store::WriteBatch batch;
    batch.put(std::string("\x01\x00\x00s\x00\x00\x00\x00\x00\x00\x00\x07\x10", 13), "no record");
    REQUIRE(database->write(batch, true));
  }
  const Ran damaged = run_parley({"store", "verify", made.path()});
  INFO(damaged.out << damaged.err);
  CHECK(damaged.status == 1);
  CHECK(is_one_line(damaged.err));
  CHECK(holds(damaged.out, "damaged: "));
}

TEST_CASE("a store that cannot be looked at is refused in one line that says what to do") {
  const MadeStore made;
  crypto::SystemEntropy entropy;
  const std::string other = made.folder().write(
      "other.key", to_hex(crypto::SealingKey::generate(entropy).bytes().view()) + "\n");
  REQUIRE(::chmod(other.c_str(), 0600) == 0);
  const Ran wrong_key = run_parley({"store", "ls", made.path(), "--master-key", other});
  CHECK(wrong_key.status == 4);
  CHECK(is_one_line(wrong_key.err));
  CHECK(holds(wrong_key.err, "--master-key"));
  const Ran no_store =
      run_parley({"store", "ls", made.folder().file("none"), "--master-key", made.key()});
  CHECK(no_store.status == 3);
  CHECK(is_one_line(no_store.err));
  CHECK(!std::filesystem::exists(made.folder().file("none")));
  const Ran no_key = run_parley({"store", "ls", made.folder().file("none")});
  CHECK(no_key.status == 3);
  CHECK(!std::filesystem::exists(made.folder().file("none.key")));
  const Ran no_conversation = run_parley({"store", "show", made.path(), "8"});
  CHECK(no_conversation.status == 3);
  CHECK(is_one_line(no_conversation.err));
  for (const std::string which : {"seven", "7/", "/7", "-7", "4294967296/7"}) {
    CHECK(run_parley({"store", "show", made.path(), which}).status == 2);
  }
  REQUIRE(::chmod(made.key().c_str(), 0644) == 0);
  const Ran open_key = run_parley({"store", "ls", made.path()});
  CHECK(open_key.status == 3);
  CHECK(is_one_line(open_key.err));
}

TEST_CASE("a store in use is not touched") {
  const MadeStore made;
  const auto holder = store::Database::open(made.path(), {}).value();
  const Ran ran = run_parley({"store", "verify", made.path()});
  CHECK(ran.status == 4);
  CHECK(is_one_line(ran.err));
  CHECK(holds(ran.err, "end the program"));
}
