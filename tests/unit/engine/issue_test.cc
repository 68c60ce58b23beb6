#include "tests/unit/engine/engine_pair.h"

// Contexts from a token service (secure-conversation.md 2, way 1): it tells the service first.

namespace parley::engine {
namespace {

constexpr const char* kService = "http://service/service";

void issued(sim::StationSetup& client, sim::StationSetup& service) {
  for (sim::StationSetup* setup : {&client, &service}) {
    setup->profiles.front().bootstrap = Bootstrap::issued;
    setup->profiles.front().issuer = "http://issuer/tokens";
  }
  service.endpoints.front().token_services = {"issuer"};
}

sim::StationSetup issuer_setup() {
  sim::StationSetup setup;
  setup.principal = "issuer";
  setup.profiles = {Profile{}};
  Endpoint endpoint{"/tokens", setup.profiles.front().name};
  endpoint.issues_for = {"HTTP://Service/service"};
  setup.endpoints = {endpoint};
  return setup;
}

struct Three : EnginePair {
  explicit Three(const Setup& more = {}, sim::StationSetup tokens = issuer_setup())
      : EnginePair([&](sim::StationSetup& client_setup, sim::StationSetup& service_setup) {
          issued(client_setup, service_setup);
          if (more) {
            more(client_setup, service_setup);
          }
        }) {
    add_issuer(std::move(tokens));
  }
};

}  // namespace

TEST_CASE("A token service gives a context for a service, and tells it of the caller") {
  Three three;
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a", true));
  three.settle();
  REQUIRE(three.at_service.size() == 1);
  CHECK(three.at_service.front().principal == "client");
  CHECK(three.at_client.size() == 1);
  CHECK(three.sent.front().address == "http://issuer/tokens");
  CHECK(three.sent_by_issuer.size() == 1);
  CHECK(three.issuer->engine().conversations().empty());

  // The context lives on without it.
  three.way_from_issuer = [](const Transmit&) { return false; };
  three.pass(std::chrono::hours(8));
  REQUIRE(three.send(talk, 2, "b"));
  three.settle();
  CHECK(three.at_service.size() == 2);
  REQUIRE(three.client.engine().close(talk, three.now()));
  three.settle();
  CHECK(three.client.engine().conversations().empty());
}

TEST_CASE("While the service has not taken the context, the caller gets none, and asks again") {
  Three three;
  std::uint64_t tries = 0;
  three.way_from_issuer = [&](const Transmit&) { return ++tries > 2; };
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  three.settle();
  CHECK(three.client.engine().status(talk)->context_identifier.empty());
  three.pass(std::chrono::seconds(2));
  three.pass(std::chrono::seconds(4));
  CHECK(three.at_service.size() == 1);
  CHECK(tries == 3);
}

TEST_CASE("A token service waits for a service no longer than token_delivery_ms") {
  Three three;
  std::optional<Transmit> held;
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  // By hand: the request comes to the token service, and what it tells goes nowhere.
  three.client.submit(three.now());
  auto released = three.client.commit();
  REQUIRE(released);
  for (auto& one : *released) {
    for (Effect& effect : one.effects) {
      if (auto* transmit = std::get_if<Transmit>(&effect)) {
        held = std::move(*transmit);
      }
    }
  }
  REQUIRE(held);
  Engine& issuer = three.issuer->engine();
  issuer.receive({ExchangeId{1}, "/tokens", {}, held->content_type, held->bytes}, three.now());
  three.issuer->submit(three.now());
  REQUIRE(three.issuer->commit());
  Now later = three.now();
  CHECK(issuer.deadline() == later.mono + std::chrono::milliseconds(10'000));
  later.mono = later.mono + std::chrono::milliseconds(10'000);
  later.wall = later.wall + std::chrono::milliseconds(10'000);
  issuer.advance(later);
  three.issuer->submit(later);
  released = three.issuer->commit();
  REQUIRE(released);
  const bool is_refused = std::any_of(released->begin(), released->end(), [](const auto& one) {
    return std::any_of(one.effects.begin(), one.effects.end(), [](const Effect& effect) {
      const auto* answer = std::get_if<Answer>(&effect);
      return answer != nullptr && answer->kind == AnswerKind::receiver_fault;
    });
  });
  CHECK(is_refused);
  CHECK(issuer.deadline() == kNever);
}

TEST_CASE("A token service gives contexts for the services that it names, and for no other (T27)") {
  sim::StationSetup tokens = issuer_setup();
  tokens.endpoints.front().issues_for = {"http://service/other"};
  Three three({}, std::move(tokens));
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  three.settle();
  CHECK(three.sent_by_issuer.empty());
  CHECK(three.at_service.empty());
}

TEST_CASE("token_requests_max: one request more than wait is told to come again") {
  sim::StationSetup tokens = issuer_setup();
  tokens.settings.token_requests_max = 0;
  Three three({}, std::move(tokens));
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  three.settle();
  CHECK(three.sent_by_issuer.empty());
  three.issuer->setup().settings.token_requests_max = 1;
  three.issuer->crash();
  REQUIRE(three.issuer->start(three.now()));
  three.pass(std::chrono::seconds(2));
  CHECK(three.at_service.size() == 1);
}

TEST_CASE("A service whose contexts are issued takes no request for one itself") {
  Three three([](sim::StationSetup& client, sim::StationSetup&) {
    client.profiles.front().bootstrap = Bootstrap::x509;
  });
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  three.settle();
  CHECK(three.at_service.empty());
  CHECK(three.service.engine().conversations().empty());
}

TEST_CASE("A service does not take contexts of a token service that it does not name") {
  Three three([](sim::StationSetup&, sim::StationSetup& service) {
    service.endpoints.front().token_services = {"another"};
  });
  const ConversationId talk = three.open();
  REQUIRE(three.send(talk, 1, "a"));
  three.settle();
  CHECK(three.at_service.empty());
  CHECK(three.client.engine().status(talk)->context_identifier.empty());
}

TEST_CASE("A conversation under a token service that has no address is not opened") {
  Three three([](sim::StationSetup& client, sim::StationSetup&) {
    client.profiles.front().issuer.clear();
  });
  const auto opened = three.client.engine().open(kService, "ours", three.now());
  CHECK(opened.error().code() == ErrorCode::invalid_argument);
}

}  // namespace parley::engine
