#include <catch2/catch.hpp>

#include <algorithm>

#include "store/key_space.h"
#include "store/leveldb/disk_key.h"
#include "store/leveldb/inspector.h"
#include "store/leveldb/leveldb_store.h"
#include "unit/store/leveldb_place.h"

namespace parley::store {
namespace {

template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}

std::string address_of(const Fact& fact) { return std::get<ConversationFact>(fact).value->address; }

Bytes key_of_body(std::uint64_t conversation, std::uint64_t position) {
  return outbox_body_key(ConversationId{conversation}, Position{position});
}

}  // namespace

TEST_CASE("What was committed is there after reopening, bodies only when asked for") {
  LevelDbPlace place;
  REQUIRE(place.open());
  CHECK(place.recovered.empty());
  REQUIRE(place.commit({conversation_fact(1, "a"), body_fact(1, 1, {1, 2, 3})}));
  REQUIRE(place.commit({conversation_fact(2, "b"), conversation_fact(1, "c")}));
  REQUIRE(place.open());
  REQUIRE(place.recovered.size() == 2);
  CHECK(address_of(place.recovered[0]) == "c");
  CHECK(address_of(place.recovered[1]) == "b");
  const Fact body = place.store->read(key_of_body(1, 1)).value();
  CHECK(std::get<OutboxBody>(body).value->body == Bytes{1, 2, 3});
  CHECK(code_of(place.store->read(key_of_body(1, 2))) == ErrorCode::not_found);
}

TEST_CASE("Shards of one directory keep apart") {
  LevelDbPlace place;
  REQUIRE(place.open(0));
  REQUIRE(place.commit({conversation_fact(1, "zero")}));
  REQUIRE(place.open(3));
  CHECK(place.recovered.empty());
  REQUIRE(place.commit({conversation_fact(1, "three")}));
  REQUIRE(place.open(0));
  CHECK(address_of(place.recovered.at(0)) == "zero");
  CHECK(place.directory->shards() == 4);
  CHECK(code_of(place.directory->shard(4, place.entropy)) == ErrorCode::invalid_argument);
}

TEST_CASE("The number of shards is fixed when a store is made") {
  LevelDbPlace place;
  REQUIRE(place.open());
  place.close();
  LevelDbDirectory::Options other = place.options();
  other.shards = 9;
  const auto opened = LevelDbDirectory::open(place.path(), place.master, place.entropy, other);
  CHECK(opened.value()->shards() == 4);
}

TEST_CASE("A store has from 1 to 65535 shards") {
  LevelDbPlace place;
  const auto made = [&](std::uint32_t shards) {
    LevelDbDirectory::Options options = place.options();
    options.shards = shards;
    return LevelDbDirectory::open((place.folder.path() / std::to_string(shards)).string(),
                                  place.master, place.entropy, options);
  };
  CHECK(code_of(made(0)) == ErrorCode::invalid_argument);
  CHECK(made(1).has_value());
  CHECK(made(kShardsMax).has_value());
  CHECK(code_of(made(kShardsMax + 1)) == ErrorCode::invalid_argument);
}

TEST_CASE("All that queued up is one synced write") {
  LevelDbPlace place;
  REQUIRE(place.open());
  const std::uint64_t before = place.env.syncs;
  for (std::uint64_t i = 1; i <= 64; ++i) {
    place.submit({conversation_fact(i, "x")});
  }
  const std::vector<CommitOutcome> outcomes = place.store->collect();
  REQUIRE(outcomes.size() == 64);
  CHECK(place.env.syncs - before == 1);
  for (std::uint64_t i = 0; i < 64; ++i) {
    CHECK(outcomes[i].turn == TurnNumber{i + 1});
    CHECK(outcomes[i].receipt.value().turn() == TurnNumber{i + 1});
  }
  place.submit({conversation_fact(1, "y")}, false);
  CHECK(place.store->collect().front().receipt.has_value());
  CHECK(place.env.syncs - before == 1);  // this one needed no flush
}

TEST_CASE("A group takes so many facts and no more") {
  LevelDbPlace place;
  REQUIRE(place.open());
  const auto batch = [](std::size_t facts) {
    std::vector<Fact> all;
    for (std::size_t i = 0; i < facts; ++i) {
      all.push_back(conversation_fact(i + 1, "x"));
    }
    return all;
  };
  const auto syncs_for = [&](std::size_t first, std::size_t second) {
    place.submit(batch(first));
    place.submit(batch(second));
    const std::uint64_t before = place.env.syncs;
    REQUIRE(place.store->collect().size() == 2);
    return place.env.syncs - before;
  };
  CHECK(syncs_for(LevelDbStore::kGroupFactsMax - 1, 1) == 1);
  CHECK(syncs_for(LevelDbStore::kGroupFactsMax, 1) == 2);
  CHECK(syncs_for(LevelDbStore::kGroupFactsMax + 1, 1) == 2);  // one batch is never divided
}

TEST_CASE("A batch without facts is committed in its turn") {
  LevelDbPlace place;
  REQUIRE(place.open());
  const std::uint64_t before = place.env.syncs;
  CHECK(place.commit({}));
  CHECK(place.env.syncs == before);
}

TEST_CASE("A deletion takes the record away, and the last fact of a key counts") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "a"), conversation_fact(2, "b")}));
  place.submit({ConversationFact{ConversationId{1}, std::nullopt}, conversation_fact(3, "c")});
  place.submit({ConversationFact{ConversationId{3}, std::nullopt}, conversation_fact(2, "d")});
  REQUIRE(place.store->collect().size() == 2);
  REQUIRE(place.open());
  REQUIRE(place.recovered.size() == 1);
  CHECK(address_of(place.recovered[0]) == "d");
}

TEST_CASE("An earlier owner can commit nothing any more") {
  LevelDbPlace place;
  REQUIRE(place.open());
  auto later = place.directory->shard(0, place.entropy).value();
  GatheringSink sink;
  CHECK(later->recover(sink).value().value == place.epoch.value + 1);
  place.submit({conversation_fact(1, "late")});
  const std::vector<CommitOutcome> outcomes = place.store->collect();
  CHECK(code_of(outcomes.front().receipt) == ErrorCode::store_locked);
  place.submit({});
  CHECK(code_of(place.store->collect().front().receipt) == ErrorCode::store_poisoned);
  const std::uint64_t last = place.epoch.value + 1;
  later.reset();
  REQUIRE(place.open());
  CHECK(place.recovered.empty());
  CHECK(place.epoch.value == last + 1);  // epochs grow over restarts
}

TEST_CASE("A full disk fails the commit and poisons every shard until the store is reopened") {
  LevelDbPlace place;
  REQUIRE(place.open());
  auto other = place.directory->shard(1, place.entropy).value();
  GatheringSink sink;
  const OwnerEpoch other_epoch = other->recover(sink).value();
  REQUIRE(place.commit({conversation_fact(1, "before")}));
  place.env.is_full = true;
  place.submit({conversation_fact(2, "lost")});
  CHECK(code_of(place.store->collect().front().receipt) == ErrorCode::disk_full);
  place.env.is_full = false;
  place.submit({conversation_fact(3, "lost too")});
  CHECK(code_of(place.store->collect().front().receipt) == ErrorCode::store_poisoned);
  other->submit(Batch{other_epoch, TurnNumber{1}, {conversation_fact(1, "other")}, true});
  CHECK(code_of(other->collect().front().receipt) == ErrorCode::store_poisoned);
  other.reset();
  REQUIRE(place.open());
  CHECK(address_of(place.recovered.at(0)) == "before");
  CHECK(place.commit({conversation_fact(4, "after")}));
}

TEST_CASE("A failed sync is a failed commit of the whole group") {
  LevelDbPlace place;
  REQUIRE(place.open());
  place.env.sync_fails = true;
  place.submit({conversation_fact(1, "a")});
  place.submit({conversation_fact(2, "b")});
  const std::vector<CommitOutcome> outcomes = place.store->collect();
  REQUIRE(outcomes.size() == 2);
  CHECK(code_of(outcomes[0].receipt) == ErrorCode::io_failed);
  CHECK(code_of(outcomes[1].receipt) == ErrorCode::io_failed);
  place.env.sync_fails = false;
}

TEST_CASE("A full disk when the store is made or opened says so") {
  LevelDbPlace place;
  place.env.is_full = true;
  CHECK(code_of(place.open()) == ErrorCode::disk_full);
}

TEST_CASE("A store is open in one place at a time") {
  LevelDbPlace place;
  REQUIRE(place.open());
  CHECK(code_of(LevelDbDirectory::open(place.path(), place.master, place.entropy,
                                       place.options())) == ErrorCode::store_locked);
  place.close();
  CHECK(place.open().has_value());
}

TEST_CASE("A store that is not there is not made unless that was asked for") {
  LevelDbPlace place;
  LevelDbDirectory::Options options = place.options();
  options.database.create_if_missing = false;
  CHECK(code_of(LevelDbDirectory::open(place.path(), place.master, place.entropy, options)) ==
        ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(place.path()));
}

TEST_CASE("A wrong master key is found when the store is opened") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "a")}));
  place.close();
  const crypto::SealingKey right = place.master.clone();
  place.master = crypto::SealingKey::generate(place.entropy);
  CHECK(code_of(place.open()) == ErrorCode::store_wrong_key);
  place.master = right.clone();
  REQUIRE(place.open());
  CHECK(place.recovered.size() == 1);
}

TEST_CASE("Nothing of a record is in clear on the disk") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "urn:find-me"),
                        body_fact(1, 1, to_bytes("<find-me-too>body</find-me-too>"))}));
  place.close();
  for (const auto& entry : std::filesystem::directory_iterator(place.path())) {
    const std::string content = read_file(entry.path());
    CHECK(content.find("find-me") == std::string::npos);
  }
}

TEST_CASE("A directory or a record of a newer program is refused") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "a")}));
  place.close();
  Database::Options options;
  {
    auto database = Database::open(place.path(), options).value();
    const std::string key = disk_key(0, key_of(conversation_fact(1, "")));
    std::string value = **database->get(key);
    value[0] = static_cast<char>(kRecordVersion + 1);
    WriteBatch batch;
    batch.put(key, value);
    REQUIRE(database->write(batch, true));
  }
  CHECK(code_of(place.open()) == ErrorCode::store_version);
  place.close();
  {
    auto database = Database::open(place.path(), options).value();
    std::string header = **database->get(header_key());
    header[1] = static_cast<char>(kDirectoryFormat + 1);  // field 1, `format`
    WriteBatch batch;
    batch.put(header_key(), header);
    REQUIRE(database->write(batch, true));
  }
  CHECK(code_of(place.open_directory()) == ErrorCode::store_version);
}

TEST_CASE("A lost header, an unreadable one, or a header of other shards is damage") {
  LevelDbPlace place;
  REQUIRE(place.open());
  place.close();
  const auto with_header = [&](const std::optional<std::string>& header) {
    {
      auto database = Database::open(place.path(), {}).value();
      WriteBatch batch;
      if (header) {
        batch.put(header_key(), *header);
      } else {
        batch.erase(header_key());
      }
      REQUIRE(database->write(batch, true));
    }
    return code_of(place.open_directory());
  };
  std::string header;
  {
    header = **Database::open(place.path(), {}).value()->get(header_key());
  }
  CHECK(with_header(std::nullopt) == ErrorCode::store_corrupt);
  CHECK(with_header("\xff\xff") == ErrorCode::store_corrupt);
  CHECK(with_header("") == ErrorCode::store_corrupt);
  std::string shards = header;
  shards[3] = 5;  // field 2, `shards`
  CHECK(with_header(shards) == ErrorCode::store_wrong_key);
}

TEST_CASE("A record that was moved to another key or shard is damage") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "a"), conversation_fact(2, "b")}));
  place.close();
  {
    auto database = Database::open(place.path(), {}).value();
    const std::string value = **database->get(disk_key(0, key_of(conversation_fact(1, ""))));
    WriteBatch batch;
    batch.put(disk_key(0, key_of(conversation_fact(2, ""))), value);
    batch.put(disk_key(1, key_of(conversation_fact(1, ""))), value);
    REQUIRE(database->write(batch, true));
  }
  CHECK(code_of(place.open(0)) == ErrorCode::store_corrupt);
  place.close();
  CHECK(code_of(place.open(1)) == ErrorCode::store_corrupt);
  const Verification found = Inspector(*place.directory).verify();
  CHECK(found.problem_count == 2);
  CHECK(found.problems.at(0).key == "shard 0, conversation 2, conversation");
  CHECK(found.problems.at(1).key == "shard 1, conversation 1, conversation");
}

TEST_CASE("No single flipped bit of the files goes unseen") {
  LevelDbPlace place;
  REQUIRE(place.open());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    REQUIRE(place.commit({conversation_fact(i, "a"), body_fact(i, 1, Bytes(40, 1))}));
  }
  place.close();
  const std::string suffix = GENERATE(as<std::string>(), ".log", ".ldb");
  if (suffix == ".ldb") {
    REQUIRE(place.open());  // LevelDB writes its log to a table
    place.close();
  }
  const auto files = place.files(suffix);
  const auto file = std::max_element(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return std::filesystem::file_size(a) < std::filesystem::file_size(b);
  });
  REQUIRE(file != files.end());
  const std::string sound = read_file(*file);
  const auto backup = place.folder.path() / "backup";
  std::filesystem::copy(place.path(), backup);

  std::size_t unseen = 0;
  for (std::size_t octet = 0; octet < sound.size(); octet += suffix == ".log" ? 1 : 3) {
    std::filesystem::remove_all(place.path());
    std::filesystem::copy(backup, place.path());
    std::string flipped = sound;
    flipped[octet] = static_cast<char>(flipped[octet] ^ (1 << octet % 8));
    write_file(*file, flipped);
    const Result<void> opened = place.open();
    bool is_seen = !opened;
    if (opened) {
      is_seen = Inspector(*place.directory).verify().problem_count != 0;
      // What is not seen must have done no harm.
      if (!is_seen) {
        is_seen = place.recovered.size() == 3 && place.store->read(key_of_body(3, 1)).has_value();
      }
    }
    unseen += is_seen ? 0 : 1;
    place.close();
  }
  CHECK(unseen == 0);
}

TEST_CASE("A log that was cut short loses the batch that was never finished, and no other") {
  LevelDbPlace place;
  REQUIRE(place.open());
  REQUIRE(place.commit({conversation_fact(1, "a"), conversation_fact(2, "b")}));
  const auto log = place.files(".log").at(0);
  const auto whole = std::filesystem::file_size(log);
  REQUIRE(place.commit({conversation_fact(3, "c"), conversation_fact(4, "d")}));
  place.close();
  const auto end = std::filesystem::file_size(log);
  REQUIRE(end > whole + 20);
  std::filesystem::resize_file(log, end - 10);
  REQUIRE(place.open());
  CHECK(place.recovered.size() == 2);
}

TEST_CASE("An operator sees conversations, and never a secret") {
  LevelDbPlace place;
  REQUIRE(place.open(2));
  contexts::ContextState context;
  context.identifier = "urn:c";
  contexts::InstanceState instance;
  instance.secret.sealed = {1, 2, 3};
  instance.answer = contexts::RenewAnswer{"", {}, crypto::SealedSecret{{4}}};
  context.instances = {instance};
  context.renewal = contexts::RenewalState{};
  context.renewal->entropy.sealed = {5};
  const ConversationId id{7};
  ReportFact::Value report;
  report.conversation = id;
  REQUIRE(place.commit(
      {conversation_fact(7, "urn:peer"), ContextFact{id, context},
       SourceFact{id, 1, sequences::SourceState{}},
       DestinationFact{id, "urn:d", sequences::DestinationState{}},
       OutboxCounters{id, OutboxCounters::Value{Ticket{9}, Position{9}, Position{4}, 0, Ticket{4}}},
       OutboxEntry{id, Position{4}, OutboxEntry::Value{}},
       InboxEntry{DeliveryName{id, "urn:d", 1}, InboxEntry::Value{}},
       InboxBody{DeliveryName{id, "urn:d", 1}, InboxBody::Value{}},
       ReportFact{1, report}, conversation_fact(8, "urn:other")}));

  const Inspector inspector(*place.directory);
  const auto all = inspector.list().value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].shard == 2);
  CHECK(all[0].conversation == id);
  CHECK(all[0].context == "urn:c");
  CHECK(all[0].backlog == 5);
  CHECK(all[0].sources + all[0].destinations + all[0].unacknowledged + all[0].inbox +
            all[0].reports ==
        5);

  const ConversationContents one = inspector.show(2, id).value();
  CHECK(one.value.address == "urn:peer");
  CHECK(one.context->instances.at(0).secret.empty());
  CHECK_FALSE(one.context->instances.at(0).answer->issuer_entropy.has_value());
  CHECK(one.context->renewal->entropy.empty());
  CHECK(one.outbox.size() + one.inbox.size() + one.reports.size() + one.sources.size() == 4);
  CHECK(code_of(inspector.show(2, ConversationId{99})) == ErrorCode::not_found);
  CHECK(code_of(inspector.show(4, id)) == ErrorCode::invalid_argument);

  const Verification found = inspector.verify();
  CHECK(found.problem_count == 0);
  CHECK(found.records.at(KeyKind::conversation) == 2);
  CHECK(found.records.at(KeyKind::inbox_body) == 1);
}

TEST_CASE("Verification misses what belongs together") {
  LevelDbPlace place;
  REQUIRE(place.open());
  const ConversationId id{7};
  REQUIRE(place.commit({InboxEntry{DeliveryName{id, "urn:d", 1}, InboxEntry::Value{}},
                        body_fact(9, 1, {1})}));
  const Verification found = Inspector(*place.directory).verify();
  REQUIRE(found.problem_count == 3);
  std::vector<std::string> texts;
  for (const Verification::Problem& problem : found.problems) {
    texts.push_back(problem.key + ": " + problem.what);
  }
  std::sort(texts.begin(), texts.end());
  CHECK(texts[0].find("conversation 7, inbox entry") != std::string::npos);
  CHECK(texts[0].find("its body is missing") != std::string::npos);
  CHECK(texts[1].find("its conversation is missing") != std::string::npos);
  CHECK(texts[2].find("conversation 9, outbox body") != std::string::npos);
}

}  // namespace parley::store
