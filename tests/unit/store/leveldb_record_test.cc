#include <catch2/catch.hpp>

#include "crypto/entropy.h"
#include "store/key_space.h"
#include "store/leveldb/disk_key.h"
#include "store/leveldb/log_check.h"
#include "store/leveldb/record_codec.h"
#include "store/leveldb/record_seal.h"

namespace parley::store {
namespace {

contexts::ContextState full_context() {
  contexts::InstanceState first;
  first.name = {"urn:c", ""};
  first.secret.sealed = {1, 2, 3};
  first.key_bits = 256;
  first.lifetime = {WallTime{-5}, WallTime{1'800'000'000'000}};
  first.is_proven = true;
  first.retires = WallTime{77};
  first.token_xml = {'<', 0, '>'};
  contexts::InstanceState second = first;
  second.name.instance = "urn:i";
  second.is_proven = false;
  second.retires.reset();
  second.answer = contexts::RenewAnswer{"urn:x", first.name, crypto::SealedSecret{{9, 8}}};
  contexts::InstanceState third = second;
  third.name.instance = "urn:j";
  third.answer->issuer_entropy.reset();
  contexts::ContextState state;
  state.identifier = "urn:c";
  state.role = contexts::ContextRole::recipient;
  state.family = contexts::TrustFamily::oasis_200512;
  state.principal = "x509:abc";
  state.amended = {"user:a", "user:b"};
  state.created = WallTime{42};
  state.is_cancelling = true;
  state.instances = {first, second, third};
  state.renewal = contexts::RenewalState{"urn:m", "urn:x",  first.name, crypto::SealedSecret{{4}},
                                         192,     WallTime{5}};
  return state;
}

sequences::SourceState full_source() {
  sequences::SourceState state;
  state.version = sequences::RmVersion::rm_1_0;
  state.phase = sequences::SourcePhase::terminating;
  state.end = sequences::SequenceEnd::inactive;
  state.identifier = "urn:s";
  state.create_message_id = "a";
  state.offered_identifier = "b";
  state.close_message_id = "c";
  state.terminate_message_id = "d";
  state.context_identifier = "e";
  state.is_offered = true;
  state.endpoint = "f";
  state.endpoint_parameters = "<g/>";
  state.expires_asked_ms = 6;
  state.expires = WallTime{7};
  state.last_assigned = UINT64_MAX;
  state.acked = {{1, 3}, {5, 5}, {7, UINT64_MAX}};
  state.has_rollover = state.has_last_message = state.has_final = true;
  state.invalid_acks = 8;
  return state;
}

sequences::DestinationState full_destination() {
  sequences::DestinationState state;
  state.version = sequences::RmVersion::rm_1_0;
  state.phase = sequences::DestinationPhase::terminated;
  state.end = sequences::SequenceEnd::completed;
  state.identifier = "urn:s";
  state.create_message_id = "a";
  state.offered_identifier = "b";
  state.close_message_id = "c";
  state.terminate_message_id = "d";
  state.context_identifier = "e";
  state.is_offered = true;
  state.is_confirmed = false;
  state.acks_to = "f";
  state.acks_to_parameters = "<g/>";
  state.replies_to = "http://a/replies";
  state.assurance = sequences::DeliveryAssurance::at_least_once;
  state.in_order = false;
  state.incomplete = sequences::IncompleteBehavior::discard_entire_sequence;
  state.expires = WallTime{7};
  state.received = {{1, 3}, {5, 5}};
  state.consumed = {{1, 2}};
  state.last_number = 9;
  state.tombstone_until = WallTime{10};
  return state;
}

// One of each kind, with every member set to something of its own.
std::vector<Fact> one_of_each() {
  const ConversationId id{7};
  const DeliveryName name{id, "urn:s", 12};
  std::vector<Fact> facts;
  facts.emplace_back(ShardCounters{{3, 4}});
  facts.emplace_back(ConversationFact{
      id, ConversationFact::Value{ConversationRole::recipient, ConversationPhase::closing, "p", "a",
                                  "e", "x509:q", "peer", "http://r", true}});
  facts.emplace_back(ContextFact{id, full_context()});
  facts.emplace_back(SourceFact{id, 2, full_source()});
  facts.emplace_back(DestinationFact{id, "urn:s", full_destination()});
  facts.emplace_back(
      OutboxCounters{id, OutboxCounters::Value{Ticket{1}, Position{2}, Position{3}, 4, Ticket{5}}});
  facts.emplace_back(OutboxEntry{
      id, Position{5},
      OutboxEntry::Value{Ticket{6}, OutboxKind::last_message, 7, 8, "urn:m", true, "urn:r", 9,
                         {"http://t", {}}}});
  facts.emplace_back(InboxEntry{
      name, InboxEntry::Value{
                true, true, Position{10}, Ticket{11}, {"http://r", to_bytes("<p/>")}, {"http://f", {}}}});
  facts.emplace_back(
      ReportFact{5, ReportFact::Value{id, ReportKind::sequence_ended, Ticket{1},
                                      ErrorCode::sequence_closed, 2, 3}});
  facts.emplace_back(ReplaySeen{{1, 0, 2}, WallTime{99}});
  facts.emplace_back(OutboxBody{id, Position{5},
                                OutboxBody::Value{Ticket{6}, OutboxKind::request, "a", "r", "urn:q", 3, true,
                                                  false, "n", "s", "t", {0, 255, 1}}});
  facts.emplace_back(
      InboxBody{name, InboxBody::Value{"a", "m", true, false, "n", "s", "t", {3, 0},
                              {{TokenKind::saml_2_0, "saml:i s", "s", "i", {{"role", "urn:q", {"a", "b"}}}},
                               {TokenKind::username, "user:u", "u", {}, {}}}}});
  facts.emplace_back(Record{{1, 0}, Bytes{2, 0, 3}});
  return facts;
}

}  // namespace

TEST_CASE("Every kind of fact comes back from its record as it was") {
  const std::vector<Fact> facts = one_of_each();
  REQUIRE(facts.size() == std::variant_size_v<Fact>);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    CAPTURE(i);
    CHECK(facts[i].index() == i);
    const std::string octets = encode_fact(facts[i]);
    const Fact back = decode_fact(as_bytes(octets)).value();
    CHECK(back == facts[i]);
  }
}

TEST_CASE("Facts with nothing set come back too") {
  const DeliveryName name{ConversationId{1}, "", 0};
  for (const Fact& fact : {Fact(ContextFact{ConversationId{1}, full_context()}),
                           Fact(SourceFact{ConversationId{1}, 0, sequences::SourceState{}}),
                           Fact(DestinationFact{ConversationId{1}, "",
                                                sequences::DestinationState{}}),
                           Fact(InboxBody{name, InboxBody::Value{}}), Fact(Record{{}, Bytes{}})}) {
    const Fact back = decode_fact(as_bytes(encode_fact(fact))).value();
    CHECK(back == fact);
  }
}

TEST_CASE("Octets that no fact made are refused, cut at any place or with any octet changed") {
  CHECK(decode_fact({}).error().code() == ErrorCode::store_corrupt);
  for (const Fact& fact : one_of_each()) {
    const std::string octets = encode_fact(fact);
    for (std::size_t i = 0; i < octets.size(); ++i) {
      // Either refused or some other fact; never a crash.
      (void)decode_fact(as_bytes(octets.substr(0, i))).has_value();
      std::string changed = octets;
      changed[i] = static_cast<char>(changed[i] ^ 0x55);
      (void)decode_fact(as_bytes(changed)).has_value();
    }
  }
}

TEST_CASE("Unknown enumerators and ranges out of order are damage") {
  SourceFact fact{ConversationId{1}, 1, sequences::SourceState{}};
  fact.value->phase = static_cast<sequences::SourcePhase>(200);
  CHECK_FALSE(decode_fact(as_bytes(encode_fact(Fact(fact)))).has_value());
  fact.value->phase = sequences::SourcePhase::created;
  fact.value->acked = {{5, 6}, {1, 2}};
  CHECK_FALSE(decode_fact(as_bytes(encode_fact(Fact(fact)))).has_value());
  fact.value->acked = {{5, 4}};
  CHECK_FALSE(decode_fact(as_bytes(encode_fact(Fact(fact)))).has_value());
  ContextFact context{ConversationId{1}, full_context()};
  context.value->instances.clear();
  CHECK_FALSE(decode_fact(as_bytes(encode_fact(Fact(context)))).has_value());
}

TEST_CASE("A sealed value opens under its own key, store and version only") {
  crypto::SystemEntropy entropy;
  const crypto::SealingKey key = crypto::SealingKey::generate(entropy);
  const RecordSeal seal(key.clone(), Bytes(16, 1));
  const Bytes plain = {1, 2, 3};
  const std::string value(as_text(seal.seal("key", plain, entropy)));
  const auto code = [&](const RecordSeal& with, std::string_view at, const std::string& what) {
    const auto opened = with.open(at, what);
    return opened ? ErrorCode::internal_failure : opened.error().code();
  };
  CHECK(to_hex(seal.open("key", value).value().view()) == "010203");
  CHECK(code(seal, "kez", value) == ErrorCode::store_corrupt);
  CHECK(code(RecordSeal(key.clone(), Bytes(16, 2)), "key", value) == ErrorCode::store_corrupt);
  CHECK(code(seal, "key", "") == ErrorCode::store_corrupt);
  for (std::size_t i = 1; i < value.size(); ++i) {
    std::string changed = value;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK(code(seal, "key", changed) == ErrorCode::store_corrupt);
  }
  std::string newer = value;
  newer[0] = static_cast<char>(kRecordVersion + 1);
  CHECK(code(seal, "key", newer) == ErrorCode::store_version);
  newer[0] = 0;
  CHECK(code(seal, "key", newer) == ErrorCode::store_corrupt);
}

TEST_CASE("Disk keys put bodies, owner and state of each shard apart, in order") {
  const Bytes state = key_of(ShardCounters{});
  const Bytes body = key_of(Record{{1}, std::nullopt});
  CHECK(header_key() < disk_key(0, body));
  CHECK(disk_key(0, body) < owner_key(0));
  CHECK(owner_key(0) < disk_key(0, state));
  CHECK(disk_key(0, state) < disk_key(1, body));
  CHECK(disk_key(255, state) < disk_key(256, body));
  CHECK(state_range(3).begin <= disk_key(3, state));
  CHECK(disk_key(3, state) < state_range(3).end);
  CHECK(body_range(3).end <= state_range(3).begin);
  CHECK(prefix_end("a\xff") == "b");
  CHECK(prefix_end("\xff\xff").empty());

  const DiskKey parsed = parse_disk_key(disk_key(258, state)).value();
  CHECK(parsed.kind == DiskKey::Kind::state);
  CHECK(parsed.shard == 258);
  CHECK(parsed.key == state);
  CHECK(parse_disk_key(owner_key(7)).value().kind == DiskKey::Kind::owner);
  CHECK_FALSE(parse_disk_key("").has_value());
  CHECK_FALSE(parse_disk_key("\x01").has_value());
  CHECK_FALSE(parse_disk_key(std::string("\x01\0\0x", 4)).has_value());
  CHECK_FALSE(parse_disk_key(owner_key(7) + "x").has_value());
}

TEST_CASE("A key can be told to an operator") {
  CHECK(describe_key(disk_key(2, outbox_body_key(ConversationId{7}, Position{5}))) ==
        "shard 2, conversation 7, outbox body 0000000000000005");
  CHECK(describe_key(disk_key(2, key_of(ShardCounters{}))) == "shard 2, shard counters");
  CHECK(describe_key(header_key()) == "header");
  CHECK(describe_key(owner_key(1)) == "shard 1, owner");
  CHECK(describe_key("zz") == "unknown key 7a7a");
  CHECK(describe_key(disk_key(0, Bytes{'s', 1})) == "shard 0, key 7301");
}

TEST_CASE("A length with a flipped bit is told from a write that was cut short") {
  // One record with the payload "hello": CRC-32C of type and payload, masked.
  const Bytes log = from_hex("0bb95758050001"
                             "68656c6c6f")
                        .value();
  REQUIRE(check_log(log) == LogTail::whole);
  for (std::size_t cut = 1; cut < log.size(); ++cut) {
    CHECK(check_log(ByteView(log).first(cut)) == LogTail::torn);
  }
  for (std::size_t bit = 3; bit < 16; ++bit) {  // each of these makes it longer
    Bytes flipped = log;
    flipped[4 + bit / 8] = static_cast<Byte>(flipped[4 + bit / 8] ^ 1U << bit % 8);
    CHECK(check_log(flipped) == LogTail::damaged);
  }
  CHECK(check_log({}) == LogTail::whole);
  CHECK(check_log(Bytes(5, 0)) == LogTail::whole);
}

}  // namespace parley::store
