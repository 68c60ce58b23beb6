#include "tests/unit/engine/engine_pair.h"

// Contexts made elsewhere, given by the application or told by their creator
// (secure-conversation.md 2, ways 1 and 2).

namespace parley::engine {
namespace {

constexpr const char* kPath = "/service";

GivenContext given(const std::string& identifier,
                   const std::string& instance,
                   Byte octet,
                   const std::string& principal = "maker") {
  GivenContext context;
  context.name = {identifier, instance};
  context.secret = crypto::SecretBytes::copy_of(Bytes(32, octet));
  context.principal = principal;
  return context;
}

bool is_request_for_token(const Transmit& transmit) {
  const auto message = sim::peek(transmit.bytes);
  return message && std::holds_alternative<contexts::TokenRequest>(message->body);
}

bool has_asked(const EnginePair& pair) {
  return std::any_of(pair.sent.begin(), pair.sent.end(), is_request_for_token);
}

void nobody_establishes(sim::StationSetup& client, sim::StationSetup& service) {
  client.profiles.front().bootstrap = Bootstrap::none;
  service.profiles.front().bootstrap = Bootstrap::none;
}

void client_creates(sim::StationSetup& client, sim::StationSetup& service) {
  client.profiles.front().creates_context = true;
  service.endpoints.front().context_creators = {"client"};
}

std::optional<ErrorCode> fault_of(const Answer& answer) {
  const auto message = sim::peek(answer.bytes);
  const auto* fault = message ? std::get_if<Fault>(&message->body) : nullptr;
  return fault != nullptr ? std::optional(fault->code) : std::nullopt;
}

/// What the service answers to an unasked response of `sender`.
Answer propagate(EnginePair& pair,
                 const std::string& sender,
                 contexts::TokenResponse response,
                 const std::string& relates_to = {}) {
  pair.pass(std::chrono::milliseconds(1));  // no two messages are alike
  sim::SimCodec codec(sender);
  Message message;
  message.addressing.message_id = "urn:propagation";
  message.addressing.relates_to = relates_to;
  message.body = std::move(response);
  ProtectWith with;
  with.bootstrap = true;
  sim::SimEntropy entropy(static_cast<std::uint64_t>(pair.now().mono.ms));
  auto wire =
      codec.protect(message, pair.client.setup().profiles.front(), with, pair.now().wall, entropy);
  REQUIRE(wire);
  return pair.give(std::move(wire->bytes), wire->content_type);
}

contexts::TokenResponse told(const std::string& identifier, Byte octet) {
  contexts::TokenResponse response;
  response.token = contexts::ContextName{identifier, {}};
  response.proof_secret = crypto::SecretBytes::copy_of(Bytes(32, octet));
  return response;
}

}  // namespace

TEST_CASE("Two sides that are given one context speak under it, and nobody is asked for one") {
  EnginePair pair(nobody_establishes);
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  pair.pass(std::chrono::minutes(5));
  CHECK(pair.sent.empty());

  REQUIRE(pair.service.engine().adopt_at(kPath, given("urn:c", "", 7, "friend"), pair.now()));
  REQUIRE(pair.client.engine().adopt(talk, given("urn:c", "", 7), pair.now()));
  pair.settle();
  REQUIRE(pair.send(talk, 2, "b", true));
  pair.settle();
  REQUIRE(pair.at_service.size() == 2);
  CHECK(pair.at_service.front().principal == "friend");
  CHECK(pair.at_client.size() == 1);
  CHECK(pair.client.engine().status(talk)->what.principal == "maker");

  for (sim::Station* station : {&pair.client, &pair.service}) {
    station->crash();
    REQUIRE(station->start(pair.now()));
  }
  REQUIRE(pair.send(talk, 3, "c"));
  pair.settle();
  CHECK(pair.at_service.size() == 3);
  CHECK_FALSE(has_asked(pair));
}

TEST_CASE("Adopting again changes nothing, and what contradicts it is refused") {
  EnginePair pair(nobody_establishes);
  Engine& client = pair.client.engine();
  Engine& service = pair.service.engine();
  const auto refused = [](const Result<void>& result) {
    return result ? std::nullopt : std::optional(result.error().code());
  };
  const auto at_service = [&](GivenContext context, const char* path = kPath) {
    return refused(service.adopt_at(path, std::move(context), pair.now()));
  };
  const ConversationId talk = pair.open();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.adopt(talk, given("urn:c", "", 7), pair.now()));
    CHECK_FALSE(at_service(given("urn:c", "", 7)));
    pair.settle();
  }
  CHECK(service.conversations().size() == 1);
  CHECK(at_service(given("urn:c", "", 8)) == ErrorCode::already_exists);
  CHECK(at_service(given("urn:c", "", 7, "other")) == ErrorCode::already_exists);
  CHECK(at_service(given("urn:d", "", 7), "/elsewhere") == ErrorCode::not_found);
  CHECK(at_service(given("", "", 7)) == ErrorCode::token_invalid);
  GivenContext small = given("urn:d", "", 7);
  small.secret = crypto::SecretBytes::copy_of(Bytes(4, 1));
  CHECK(at_service(std::move(small)) == ErrorCode::limit_exceeded);
  GivenContext old = given("urn:d", "", 7);
  old.lifetime = contexts::Lifetime{pair.now().wall - std::chrono::hours(2),
                                    pair.now().wall - std::chrono::hours(1)};
  CHECK(at_service(std::move(old)) == ErrorCode::trust_invalid_time);
  CHECK(service.conversations().size() == 1);

  const auto at_client = [&](ConversationId conversation, GivenContext context) {
    return refused(client.adopt(conversation, std::move(context), pair.now()));
  };
  const ConversationId other = pair.open();
  CHECK(at_client(talk, given("urn:c", "", 8)) == ErrorCode::already_exists);
  CHECK(at_client(talk, given("urn:d", "", 7)) == ErrorCode::already_exists);
  CHECK(at_client(other, given("urn:c", "", 7)) == ErrorCode::already_exists);
  CHECK(at_client({99}, given("urn:d", "", 7)) == ErrorCode::not_found);
  REQUIRE(client.close(other, pair.now()));
  CHECK(at_client(other, given("urn:d", "", 7)) == ErrorCode::invalid_state);
}

TEST_CASE("A further Instance that both are given is the key from then on (SC2)") {
  EnginePair pair(nobody_establishes);
  const ConversationId talk = pair.open();
  for (const std::string instance : {"", "1", "2"}) {
    const auto octet = static_cast<Byte>(instance.empty() ? 1 : instance.front());
    REQUIRE(pair.service.engine().adopt_at(kPath, given("urn:c", instance, octet), pair.now()));
    REQUIRE(pair.client.engine().adopt(talk, given("urn:c", instance, octet), pair.now()));
    REQUIRE(pair.send(talk, octet, instance));
    pair.settle();
  }
  CHECK(pair.at_service.size() == 3);
  pair.pass(std::chrono::hours(12));  // the adopted key is renewed like any other
  REQUIRE(pair.send(talk, 100, "later"));
  pair.settle();
  CHECK(pair.at_service.size() == 4);
  CHECK(has_asked(pair));
}

TEST_CASE("An adopted context makes an end of asking for one") {
  EnginePair pair;
  pair.way_there = [](const Transmit&) { return false; };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(has_asked(pair));
  REQUIRE(pair.service.engine().adopt_at(kPath, given("urn:c", "", 7), pair.now()));
  REQUIRE(pair.client.engine().adopt(talk, given("urn:c", "", 7), pair.now()));
  pair.sent.clear();
  pair.way_there = {};
  pair.settle();
  pair.pass(std::chrono::minutes(1));
  CHECK(pair.at_service.size() == 1);
  CHECK_FALSE(has_asked(pair));
}

TEST_CASE("Without contexts there is nothing to adopt") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    for (sim::StationSetup* setup : {&client, &service}) {
      setup->profiles.front().sc.reset();
      setup->profiles.front().protect = Protection::none;
    }
  });
  const auto at_service = pair.service.engine().adopt_at(kPath, given("urn:c", "", 7), pair.now());
  CHECK(at_service.error().code() == ErrorCode::invalid_state);
  const auto at_client = pair.client.engine().adopt(pair.open(), given("urn:c", "", 7), pair.now());
  CHECK(at_client.error().code() == ErrorCode::invalid_state);
}

TEST_CASE(
    "A caller that makes its contexts tells the service, which takes them from those it names") {
  EnginePair pair(client_creates);
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a", true));
  pair.settle();
  REQUIRE(pair.at_service.size() == 1);
  CHECK(pair.at_service.front().principal == "client");
  CHECK(pair.at_client.size() == 1);
  CHECK_FALSE(has_asked(pair));
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  CHECK(pair.client.engine().conversations().empty());

  // The same telling again would bring an ended context back, and with it all that was said.
  const Transmit telling = pair.sent.front();
  const Answer answer = pair.give(telling.bytes, telling.content_type);
  CHECK(fault_of(answer) == ErrorCode::security_failed);
}

TEST_CASE("A service takes contexts from nobody that it does not name") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client_creates(client, service);
    client.settings.establish_tries_max = 2;
    service.endpoints.front().context_creators = {"somebody"};
  });
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  pair.pass(std::chrono::minutes(1));
  CHECK(pair.at_service.empty());
  CHECK(pair.service.engine().conversations().empty());
  REQUIRE(pair.reports.size() == 1);
  CHECK(pair.reports.front().kind == store::ReportKind::context_lost);
  CHECK(pair.reports.front().reason == ErrorCode::trust_request_failed);
}

TEST_CASE(
    "A lost acceptance costs a fresh context, and the one that nobody uses is dropped (SC52)") {
  EnginePair pair(client_creates);
  bool is_lost = false;
  pair.way_back = [&](const Transmit&, Answer answer) -> std::optional<Answer> {
    return std::exchange(is_lost, true) ? std::optional(std::move(answer)) : std::nullopt;
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  pair.pass(std::chrono::seconds(2));
  CHECK(pair.at_service.size() == 1);
  CHECK(pair.service.engine().conversations().size() == 2);
  pair.pass(std::chrono::minutes(4));
  CHECK(pair.service.engine().conversations().size() == 1);
}

TEST_CASE("contexts_pending_max: a creator has so many that it never used, and no more") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client_creates(client, service);
    service.limits.contexts_pending_max = 2;
  });
  CHECK_FALSE(fault_of(propagate(pair, "client", told("urn:1", 1))));
  CHECK_FALSE(fault_of(propagate(pair, "client", told("urn:2", 1))));
  CHECK(fault_of(propagate(pair, "client", told("urn:3", 1))) == ErrorCode::endpoint_unavailable);
  pair.pass(std::chrono::minutes(4));
  CHECK_FALSE(fault_of(propagate(pair, "client", told("urn:3", 1))));
}

TEST_CASE("Only a token service speaks for others, and nobody takes what is another's") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client_creates(client, service);
    service.endpoints.front().token_services = {"issuer"};
  });
  const auto told_for = [](const char* identifier, Byte octet, const char* primary) {
    contexts::TokenResponse response = told(identifier, octet);
    response.primary = primary;
    return response;
  };
  CHECK(fault_of(propagate(pair, "client", told_for("urn:1", 1, "somebody"))) ==
        ErrorCode::trust_request_failed);
  CHECK_FALSE(fault_of(propagate(pair, "client", told_for("urn:1", 1, "client"))));
  CHECK_FALSE(fault_of(propagate(pair, "issuer", told_for("urn:2", 1, "somebody"))));
  // Again, by a network that repeats itself or by a sender that has got no word: all the same.
  CHECK_FALSE(fault_of(propagate(pair, "issuer", told_for("urn:2", 1, "somebody"))));
  CHECK(fault_of(propagate(pair, "issuer", told_for("urn:2", 2, "somebody"))) ==
        ErrorCode::trust_request_failed);
  CHECK(fault_of(propagate(pair, "client", told("urn:2", 1))) == ErrorCode::trust_request_failed);
  CHECK(fault_of(propagate(pair, "client", told("", 1))) == ErrorCode::token_invalid);
  // T39: a leg of a negotiation that nobody began.
  CHECK(fault_of(propagate(pair, "client", told("urn:3", 1), "urn:something")) ==
        ErrorCode::trust_invalid_request);
}

TEST_CASE("A request for a context that is answered by silence is made again") {
  EnginePair pair;
  bool is_silent = true;
  pair.way_back = [&](const Transmit&, Answer answer) -> std::optional<Answer> {
    return std::exchange(is_silent, false) ? Answer{answer.exchange, AnswerKind::accepted, {}, {}}
                                           : std::move(answer);
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  pair.pass(std::chrono::seconds(2));
  CHECK(pair.at_service.size() == 1);
}

}  // namespace parley::engine
