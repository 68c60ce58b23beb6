#include <algorithm>

#include "engine/route.h"
#include "engine/wire_names.h"
#include "tests/unit/engine/engine_pair.h"

// Answers that take another way than the exchange of their request (addressing.md, section 4;
// make-connection.md).

namespace parley::engine {
namespace {

constexpr const char* kReplies = "http://client/replies";

using Texts = std::vector<std::string>;

Texts bodies(const std::vector<Delivery>& deliveries) {
  Texts all;
  for (const Delivery& one : deliveries) {
    all.emplace_back(as_text(one.body));
  }
  return all;
}

EnginePair::Setup routes(ReplyMode reply, ReplyMode acks, bool is_secured = false) {
  return [=](sim::StationSetup& client, sim::StationSetup& service) {
    client.reply_address = kReplies;
    for (sim::StationSetup* setup : {&client, &service}) {
      Profile& profile = setup->profiles.front();
      profile.reply = reply;
      profile.acks = acks;
      if (!is_secured) {
        profile.sc.reset();
        profile.protect = Protection::none;
      }
    }
  };
}

EnginePair::Setup routes(ReplyMode mode, bool is_secured = false) {
  return routes(mode, mode, is_secured);
}

Message said(const Transmit& request) {
  return sim::peek(request.bytes).value();
}

template <class Kind>
std::size_t count(const std::vector<Transmit>& sent) {
  return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [](const auto& one) {
    return std::holds_alternative<Kind>(said(one).body);
  }));
}

/// All answers that the client gets on the exchanges of its requests are kept.
std::vector<Message> keep_answers(EnginePair& pair, const std::function<void()>& during) {
  std::vector<Message> answers;
  pair.way_back = [&](const Transmit&, Answer answer) {
    if (auto message = sim::peek(answer.bytes); !answer.bytes.empty() && message) {
      answers.push_back(std::move(*message));
    }
    return std::optional(std::move(answer));
  };
  during();
  pair.way_back = {};
  return answers;
}

void talk(EnginePair& pair, ConversationId talk) {
  REQUIRE(pair.send(talk, 1, "one"));
  REQUIRE(pair.send(talk, 2, "ask", true));
  REQUIRE(pair.send(talk, 3, "two"));
  pair.settle();
  for (int i = 0; i < 20; ++i) {
    pair.pass(std::chrono::milliseconds(300));
  }
  CHECK(bodies(pair.at_service) == Texts{"one", "ask", "two"});
  REQUIRE(bodies(pair.at_client) == Texts{"ask"});
  CHECK(pair.at_client.front().answers == Ticket{2});
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    CHECK(pair.client.engine().ticket_status(talk, Ticket{ticket}) == TicketStatus::settled);
  }
}

void end(EnginePair& pair, ConversationId talk) {
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  for (int i = 0; i < 40; ++i) {
    pair.pass(std::chrono::milliseconds(300));
  }
  CHECK(pair.client.engine().conversations().empty());
  pair.pass(std::chrono::hours(1));
  CHECK(pair.service.engine().conversations().empty());
  REQUIRE(!pair.reports.empty());
  CHECK(pair.reports.back().kind == store::ReportKind::conversation_ended);
  CHECK(pair.reports.size() == 1);
}

}  // namespace

TEST_CASE(
    "An address tells its route; a polled one is never taken for one on the network (MC-003)") {
  CHECK(route_of("") == Route::exchanges);
  CHECK(route_of(kAnonymousAddress) == Route::exchanges);
  CHECK(route_of(kNoneAddress) == Route::nowhere);
  CHECK(route_of(std::string(kPolledPrefix) + "x") == Route::polled);
  CHECK(route_of("http://host/a") == Route::address);
  CHECK(path_of("http://host:80/a/b?c") == "/a/b");
  CHECK(path_of("http://host:80/a#c") == "/a");
  CHECK(path_of("http://host").empty());
  CHECK(path_of("urn:x").empty());
}

TEST_CASE(
    "Answers, acknowledgements and lifecycle responses go to the address that was named (WA-024)") {
  const bool is_secured = GENERATE(false, true);
  EnginePair pair(routes(ReplyMode::addressable, is_secured));
  const ConversationId id = pair.open();
  const auto answers = keep_answers(pair, [&] {
    talk(pair, id);
    end(pair, id);
  });
  // Nothing but tokens comes back on an exchange.
  for (const Message& answer : answers) {
    CHECK(std::holds_alternative<contexts::TokenResponse>(answer.body));
  }
  for (const Transmit& request : pair.sent_by_service) {
    CHECK(request.address.starts_with(std::string(kReplies) + '/'));
    CHECK(said(request).addressing.to == request.address);
  }
  CHECK(count<CreateSequenceResponse>(pair.sent_by_service) == 1);
  CHECK(count<SequenceLifecycle>(pair.sent_by_service) == 2);
}

TEST_CASE("Each message goes its own way where the ways are mixed (WA-029, MC-041)") {
  const auto [reply, acks] = GENERATE(std::pair(ReplyMode::addressable, ReplyMode::anonymous),
                                      std::pair(ReplyMode::anonymous, ReplyMode::addressable),
                                      std::pair(ReplyMode::polled, ReplyMode::anonymous),
                                      std::pair(ReplyMode::anonymous, ReplyMode::polled));
  CAPTURE(static_cast<int>(reply), static_cast<int>(acks));
  EnginePair pair(routes(reply, acks));
  const ConversationId id = pair.open();
  const auto answers = keep_answers(pair, [&] { talk(pair, id); });
  for (const Message& answer : answers) {
    if (acks == ReplyMode::addressable) {
      CHECK(answer.rm.acknowledgements.empty());
    }
    if (reply == ReplyMode::addressable) {
      CHECK(!answer.rm.sequence);
    }
  }
  for (const Transmit& request : pair.sent_by_service) {
    CHECK((acks == ReplyMode::addressable || said(request).rm.acknowledgements.empty()));
    CHECK((reply == ReplyMode::addressable || !said(request).rm.sequence));
  }
  end(pair, id);
}

TEST_CASE(
    "A reply to an address is sent again until it is acknowledged, after crashes of both too") {
  EnginePair pair(routes(ReplyMode::addressable));
  const ConversationId id = pair.open();
  int lost = 0;
  pair.way_to_client = [&](const Transmit& request) {
    return !(said(request).rm.sequence && ++lost <= 2);
  };
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.settle();
  CHECK(lost == 0);  // the exchange of the request is to end before
  pair.pass(std::chrono::milliseconds(60));
  CHECK(lost == 1);
  CHECK(pair.at_client.empty());
  pair.client.crash();
  pair.service.crash();
  REQUIRE(pair.client.start(pair.now()));
  REQUIRE(pair.service.start(pair.now()));
  pair.settle();
  CHECK(lost == 2);
  pair.pass(std::chrono::seconds(5));
  CHECK(bodies(pair.at_client) == Texts{"ask"});
  CHECK(pair.at_service.size() == 1);
  const auto replies = std::count_if(pair.sent_by_service.begin(), pair.sent_by_service.end(),
                                     [](const auto& one) { return said(one).rm.sequence; });
  CHECK(replies == 3);
  pair.pass(std::chrono::milliseconds(300));  // for the acknowledgement
  pair.pass(std::chrono::minutes(5));
  CHECK(std::count_if(pair.sent_by_service.begin(), pair.sent_by_service.end(),
                      [](const auto& one) { return said(one).rm.sequence; }) == 3);
  end(pair, id);
}

TEST_CASE(
    "A new key is shown to a service that sends by itself, before the old one is over (SC27)") {
  EnginePair pair([](auto& client, auto& service) {
    routes(ReplyMode::addressable, true)(client, service);
    for (sim::StationSetup* setup : {&client, &service}) {
      setup->contexts.context_rollover_ms = 2000;
      setup->profiles.front().rm_settings.keep_alive_ms = 0;
    }
  });
  pair.service_consumes = false;
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.settle();
  pair.pass(std::chrono::seconds(1));
  REQUIRE(pair.at_service.size() == 1);
  const bool is_crash = GENERATE(false, true);
  int lost = 0;
  pair.way_there = [&](const Transmit& request) {
    return said(request).rm.ack_requests.empty() || ++lost > 1;
  };
  REQUIRE(pair.client.engine().renew(id, pair.now()));
  pair.settle();
  CHECK(lost == 1);
  if (is_crash) {
    pair.client.crash();
    REQUIRE(pair.client.start(pair.now()));
    pair.settle();
  }
  pair.pass(std::chrono::seconds(5));
  CHECK(lost == 2);  // and no more, once its answer has come under the new key
  REQUIRE(pair.service.engine().reply(pair.at_service.front().name,
                                      {"urn:test/done", to_bytes("done"), {}}, {}, pair.now()));
  pair.settle();
  pair.pass(std::chrono::milliseconds(300));
  CHECK(bodies(pair.at_client) == Texts{"done"});
  CHECK(lost == 2);
}

TEST_CASE("Who waits for a reply that its service has given up is told so, once (RM-102, RM-155)") {
  const bool is_secured = GENERATE(false, true);
  const auto version = GENERATE(sequences::RmVersion::rm_1_0, sequences::RmVersion::rm_1_1);
  const bool is_told_at_once = GENERATE(true, false);
  CAPTURE(is_secured, static_cast<int>(version), is_told_at_once);
  EnginePair pair([=](auto& client, auto& service) {
    routes(ReplyMode::addressable, is_secured)(client, service);
    for (sim::StationSetup* setup : {&client, &service}) {
      setup->profiles.front().rm = version;
      setup->profiles.front().rm_settings.retransmit_tries_max = 3;
      setup->profiles.front().rm_settings.keep_alive_ms = 60000;
      setup->profiles.front().rm_settings.window = 2;
    }
  });
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "one"));
  pair.settle();
  pair.way_to_client = [&](const Transmit& request) {
    const Message message = said(request);
    return !message.rm.sequence &&
           (is_told_at_once || !std::holds_alternative<Fault>(message.body));
  };
  REQUIRE(pair.send(id, 2, "ask", true));
  pair.settle();
  pair.pass(std::chrono::milliseconds(300));
  CHECK(pair.client.engine().ticket_status(id, Ticket{2}) == TicketStatus::sent);
  for (int i = 0; i < 40; ++i) {
    pair.pass(std::chrono::seconds(1));
  }
  CHECK(pair.reports.empty() == !is_told_at_once);
  for (int i = 0; i < 40; ++i) {
    pair.pass(std::chrono::seconds(1));
  }
  REQUIRE(pair.reports.size() == 1);
  CHECK(pair.reports.front().kind == store::ReportKind::answer_lost);
  CHECK(pair.reports.front().ticket == Ticket{2});
  CHECK(pair.client.engine().ticket_status(id, Ticket{2}) == TicketStatus::settled);
  pair.reports.clear();
  pair.way_to_client = {};
  // The next pair takes what comes.
  REQUIRE(pair.send(id, 3, "ask again", true));
  pair.settle();
  pair.pass(std::chrono::milliseconds(300));
  CHECK(bodies(pair.at_service) == Texts{"one", "ask", "ask again"});
  CHECK(bodies(pair.at_client) == Texts{"ask again"});
  CHECK(count<CreateSequence>(pair.sent) == 2);
  end(pair, id);
}

TEST_CASE("What waits behind requests without replies goes on in the next pair of sequences") {
  const auto version = GENERATE(sequences::RmVersion::rm_1_0, sequences::RmVersion::rm_1_1);
  CAPTURE(static_cast<int>(version));
  EnginePair pair([=](auto& client, auto& service) {
    routes(ReplyMode::addressable)(client, service);
    for (sim::StationSetup* setup : {&client, &service}) {
      setup->profiles.front().rm = version;
      setup->profiles.front().rm_settings.window = 1;
    }
    service.profiles.front().rm_settings.retransmit_tries_max = 3;
  });
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.way_to_client = [&](const Transmit& request) { return !said(request).rm.sequence; };
  pair.settle();
  pair.pass(std::chrono::milliseconds(300));
  // The service is not there while its patience ends, and these wait for it.
  pair.way_there = [&](const Transmit& request) { return !said(request).rm.sequence; };
  for (std::uint64_t ticket = 2; ticket <= 4; ++ticket) {
    REQUIRE(pair.send(id, ticket, std::to_string(ticket)));
  }
  for (int i = 0; i < 1000 && count<Fault>(pair.sent_by_service) == 0; ++i) {
    pair.pass(std::chrono::milliseconds(100));
  }
  pair.way_there = {};
  pair.way_to_client = {};
  for (int i = 0; i < 40; ++i) {
    pair.pass(std::chrono::seconds(1));
  }
  CHECK(bodies(pair.at_service) == Texts{"ask", "2", "3", "4"});
  REQUIRE(pair.reports.size() == 1);
  CHECK(pair.reports.front().kind == store::ReportKind::answer_lost);
  pair.reports.clear();
  end(pair, id);
}

TEST_CASE("A service sends to no address that its settings do not admit") {
  SECTION("not at all") {
    EnginePair pair([](auto& client, auto& service) {
      routes(ReplyMode::addressable)(client, service);
      service.profiles.front().reply = ReplyMode::anonymous;
      service.profiles.front().acks.reset();
    });
    const ConversationId id = pair.open();
    REQUIRE(pair.send(id, 1, "ask", true));
    pair.settle();
    CHECK(pair.sent_by_service.empty());
    CHECK(pair.at_service.empty());
  }
  SECTION("not that one") {
    EnginePair pair([](auto& client, auto& service) {
      routes(ReplyMode::addressable)(client, service);
      service.answer_prefixes = {"http://partner/"};
    });
    const ConversationId id = pair.open();
    REQUIRE(pair.send(id, 1, "ask", true));
    pair.settle();
    CHECK(pair.sent_by_service.empty());
    CHECK(pair.at_service.empty());
  }
}

TEST_CASE("A request may not send its reply where the creation of its sequence did not point") {
  EnginePair pair(routes(ReplyMode::addressable));
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "one", true));
  pair.settle();
  const auto asked = std::find_if(pair.sent.begin(), pair.sent.end(),
                                  [](const auto& one) { return said(one).rm.sequence; });
  REQUIRE(asked != pair.sent.end());
  Message message = said(*asked);
  message.rm.sequence->number = 2;
  message.addressing.reply_to = EndpointReference{"http://victim/", {}};
  sim::SimEntropy entropy(7);
  const auto wire = pair.client.codec().protect(message, pair.client.setup().profiles.front(), {},
                                                pair.now().wall, entropy);
  const std::size_t before = pair.sent_by_service.size();
  const Answer answer = pair.give(wire->bytes, wire->content_type);
  CHECK(std::get<Fault>(sim::peek(answer.bytes)->body).code == ErrorCode::address_refused);
  CHECK(pair.sent_by_service.size() == before);
  CHECK(pair.at_service.size() == 1);
}

TEST_CASE("A client that cannot be reached fetches its messages (MC-005, MC-007, MC-009)") {
  const bool is_secured = GENERATE(false, true);
  EnginePair pair(routes(ReplyMode::polled, is_secured));
  const ConversationId id = pair.open();
  int lost = 0;
  std::vector<Message> fetched;
  pair.way_back = [&](const Transmit& request, Answer answer) -> std::optional<Answer> {
    const bool is_poll = std::holds_alternative<MakeConnection>(said(request).body);
    if (!is_poll || answer.bytes.empty()) {
      return answer;
    }
    Message message = sim::peek(answer.bytes).value();
    // MC-009: what is lost on its way is handed over again.
    if (message.rm.sequence && ++lost == 1) {
      return std::nullopt;
    }
    fetched.push_back(std::move(message));
    return answer;
  };
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    REQUIRE(pair.send(id, ticket, std::to_string(ticket), true));
  }
  pair.settle();
  for (int i = 0; i < 40; ++i) {
    pair.pass(std::chrono::milliseconds(300));
  }
  CHECK(lost >= 2);
  Texts got = bodies(pair.at_client);
  CHECK(got == Texts{"1", "2", "3"});
  CHECK(pair.sent_by_service.empty());
  REQUIRE(!fetched.empty());
  for (const Message& message : fetched) {
    CHECK(message.addressing.to.starts_with(kPolledPrefix));
    CHECK(message.addressing.pending.has_value());
    if (!message.rm.sequence) {
      CHECK(message.addressing.relates_to.empty());  // MC-004
    }
  }
  CHECK(fetched.front().addressing.pending == true);
  // MC-044: nothing more is to come.
  const std::size_t polls = count<MakeConnection>(pair.sent);
  pair.pass(std::chrono::minutes(1));
  CHECK(count<MakeConnection>(pair.sent) == polls);
  pair.way_back = {};
  end(pair, id);
}

TEST_CASE("Polls come more and more seldom while there is nothing, and one at a time (MC-045)") {
  EnginePair pair(routes(ReplyMode::polled));
  pair.service_consumes = false;
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.settle();
  for (int i = 0; i < 600; ++i) {
    pair.pass(std::chrono::milliseconds(100));
  }
  // 0.1 + 0.2 + … + 3.2 s, then every 5 s of a minute.
  const std::size_t polls = count<MakeConnection>(pair.sent);
  CHECK(polls >= 14);
  CHECK(polls <= 20);
}

TEST_CASE("A poll is judged: no address, another selection, an unknown address (MC-011, MC-035)") {
  EnginePair pair(routes(ReplyMode::polled));
  const ConversationId id = pair.open();
  pair.service_consumes = false;
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.settle();
  const auto reply = [&] {
    REQUIRE(pair.service.engine().reply(pair.at_service.front().name,
                                        {"urn:test/done", to_bytes("done"), {}}, {}, pair.now()));
    pair.settle();
  };
  const auto poll = [&](MakeConnection body) {
    Message message;
    message.addressing.message_id = "urn:poll";
    message.body = std::move(body);
    sim::SimEntropy entropy(7);
    const auto wire = pair.client.codec().protect(message, pair.client.setup().profiles.front(), {},
                                                  pair.now().wall, entropy);
    return pair.give(wire->bytes, wire->content_type);
  };
  const auto code = [](const Answer& answer) {
    return std::get<Fault>(sim::peek(answer.bytes)->body).code;
  };
  const std::string address = said(pair.sent.front()).addressing.reply_to->address;
  CHECK(code(poll({})) == ErrorCode::selection_missing);
  CHECK(code(poll({address, to_bytes("x")})) == ErrorCode::selection_unsupported);
  CHECK(poll({std::string(kPolledPrefix) + "unknown", {}}).kind == AnswerKind::accepted);
  std::string other_case = address;
  other_case.back() = other_case.back() == 'a' ? 'A' : 'a';
  CHECK(poll({other_case, {}}).kind == AnswerKind::accepted);  // MC-002
  CHECK(poll({address, {}}).kind == AnswerKind::accepted);     // MC-006: nothing waits
  reply();
  const Answer brought = poll({address, {}});
  REQUIRE(brought.kind == AnswerKind::message);
  const Message message = sim::peek(brought.bytes).value();
  CHECK(message.rm.sequence);
  CHECK(message.addressing.to == address);
  CHECK(message.addressing.pending == false);
  CHECK(message.addressing.relates_to == said(pair.sent.back()).addressing.message_id);
}

TEST_CASE("Nobody gets messages by polling another's address (MC-013, MC-030)") {
  EnginePair pair(routes(ReplyMode::polled, true));
  pair.service_consumes = false;
  const ConversationId first = pair.open();
  REQUIRE(pair.send(first, 1, "ask", true));
  pair.settle();
  const auto created = std::find_if(pair.sent.begin(), pair.sent.end(), [](const auto& one) {
    return std::holds_alternative<CreateSequence>(said(one).body);
  });
  REQUIRE(created != pair.sent.end());
  const std::string address = said(*created).addressing.reply_to->address;
  // Another context of the same service asks for it.
  const ConversationId second = pair.open();
  REQUIRE(pair.send(second, 1, "ask too", true));
  pair.settle();
  REQUIRE(pair.at_service.size() == 2);
  REQUIRE(pair.service.engine().reply(pair.at_service.front().name,
                                      {"urn:test/done", to_bytes("secret"), {}}, {}, pair.now()));
  std::uint64_t stolen = 0;
  pair.way_back = [&](const Transmit& request, Answer answer) {
    if (request.conversation == second && !answer.bytes.empty()) {
      stolen += sim::peek(answer.bytes)->addressing.to == address ? 1 : 0;
    }
    return std::optional(std::move(answer));
  };
  pair.settle();
  for (int i = 0; i < 20; ++i) {
    pair.pass(std::chrono::milliseconds(300));
  }
  CHECK(stolen == 0);
  CHECK(bodies(pair.at_client) == Texts{"secret"});
}

TEST_CASE("Without sequences a reply takes the way that its request asks for, once") {
  const ReplyMode mode = GENERATE(ReplyMode::addressable, ReplyMode::polled);
  EnginePair pair([=](auto& client, auto& service) {
    routes(mode)(client, service);
    client.profiles.front().rm.reset();
    service.profiles.front().rm.reset();
  });
  const ConversationId id = pair.open();
  REQUIRE(pair.send(id, 1, "ask", true));
  pair.settle();
  pair.pass(std::chrono::seconds(1));
  pair.pass(std::chrono::seconds(5));
  CHECK(bodies(pair.at_client) == Texts{"ask"});
  CHECK(pair.client.engine().ticket_status(id, Ticket{1}) == TicketStatus::settled);
  CHECK(pair.reports.empty());
  pair.way_to_client = [](const Transmit&) { return false; };
  pair.way_back = [](const Transmit& request, Answer answer) {
    return std::holds_alternative<MakeConnection>(said(request).body)
               ? std::nullopt
               : std::optional(std::move(answer));
  };
  REQUIRE(pair.send(id, 2, "ask again", true));
  pair.settle();
  pair.pass(std::chrono::minutes(3));
  REQUIRE(pair.reports.size() == 1);
  CHECK(pair.reports.front().kind == store::ReportKind::answer_lost);
}

TEST_CASE("A profile that wants answers at an address needs one; two different ones cannot be") {
  EnginePair pair([](auto& client, auto& service) {
    routes(ReplyMode::addressable)(client, service);
    client.reply_address.clear();
  });
  CHECK(pair.client.engine().open("http://service/service", "ours", pair.now()).error().code() ==
        ErrorCode::invalid_state);
  EnginePair other(routes(ReplyMode::addressable, ReplyMode::polled));
  CHECK(other.client.engine().open("http://service/service", "ours", other.now()).error().code() ==
        ErrorCode::invalid_state);
}

}  // namespace parley::engine
