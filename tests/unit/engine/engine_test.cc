#include <algorithm>
#include <set>

#include "engine/wire_names.h"
#include "tests/unit/engine/engine_pair.h"

namespace parley::engine {
namespace {

std::vector<std::string> bodies(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> all;
  for (const Delivery& one : deliveries) {
    all.emplace_back(as_text(one.body));
  }
  return all;
}

using Texts = std::vector<std::string>;

void without_security(sim::StationSetup& client, sim::StationSetup& service) {
  for (sim::StationSetup* setup : {&client, &service}) {
    setup->profiles.front().sc.reset();
    setup->profiles.front().protect = Protection::none;
  }
}

ErrorCode fault_in(const Answer& answer) {
  const auto message = sim::peek(answer.bytes);
  REQUIRE(message.has_value());
  return std::get<Fault>(message->body).code;
}

class NoKeys final : public KeyRing {
 public:
  const contexts::LiveKey* find(const contexts::ContextName&) const override { return nullptr; }
};

}  // namespace

TEST_CASE("Messages arrive once, in order; a request is answered; closing leaves nothing behind") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  for (std::uint64_t ticket = 1; ticket <= 5; ++ticket) {
    REQUIRE(pair.send(talk, ticket, std::to_string(ticket)));
  }
  REQUIRE(pair.send(talk, 6, "ask", true));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"1", "2", "3", "4", "5", "ask"});
  REQUIRE(bodies(pair.at_client) == Texts{"ask"});
  CHECK(pair.at_client.front().answers == Ticket{6});
  CHECK(pair.at_service.front().principal == "client");
  CHECK(pair.client.engine().ticket_status(talk, Ticket{6}) == TicketStatus::settled);
  CHECK(pair.client.engine().ticket_status(talk, Ticket{7}) == TicketStatus::unknown);
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  CHECK(pair.client.engine().conversations().empty());
  pair.pass(std::chrono::hours(1));  // the tombstone
  CHECK(pair.service.engine().conversations().empty());
  CHECK(pair.reports.back().kind == store::ReportKind::conversation_ended);
}

TEST_CASE("A ticket that was sent before is accepted again, and sent no second time") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  CHECK(pair.accepted == std::vector<Ticket>{Ticket{1}, Ticket{1}});
  CHECK(pair.at_service.size() == 1);
  CHECK(pair.send(talk, 0, "b").error().code() == ErrorCode::invalid_argument);
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  CHECK(pair.send(talk, 1, "a"));
  CHECK(pair.send(talk, 2, "b").error().code() == ErrorCode::invalid_state);
}

TEST_CASE("Both sides go on after a crash: same context, same sequences, nothing twice") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  const std::string context = pair.client.engine().status(talk)->context_identifier;
  pair.client.crash();
  pair.service.crash();
  REQUIRE(pair.client.start(pair.now()));
  REQUIRE(pair.service.start(pair.now()));
  REQUIRE(pair.send(talk, 1, "a"));
  REQUIRE(pair.send(talk, 2, "b"));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"a", "b"});
  CHECK(pair.client.engine().status(talk)->context_identifier == context);
  std::set<std::string> sequences;
  for (const Delivery& one : pair.at_service) {
    sequences.insert(one.name.sequence);
  }
  CHECK(sequences.size() == 1);
}

TEST_CASE("IB-003: who leaves reliable messaging in clear is answered so, after a crash too") {
  for (const bool in_clear : {true, false}) {
    CAPTURE(in_clear);
    EnginePair pair([&](sim::StationSetup& client, sim::StationSetup&) {
      client.profiles.front().encrypt_rm = !in_clear;
    });
    std::vector<bool> answers;
    pair.way_back = [&](const Transmit&, Answer answer) {
      const auto message = sim::peek(answer.bytes);
      if (message && !std::holds_alternative<contexts::TokenResponse>(message->body)) {
        answers.push_back(sim::is_in_clear(answer.bytes));
      }
      return answer;
    };
    const ConversationId talk = pair.open();
    REQUIRE(pair.send(talk, 1, "a"));
    pair.settle();
    pair.service.crash();
    REQUIRE(pair.service.start(pair.now()));
    REQUIRE(pair.send(talk, 2, "b"));
    pair.settle();
    REQUIRE(pair.client.engine().close(talk, pair.now()));
    pair.settle();
    CHECK(answers.size() >= 4);
    CHECK(std::count(answers.begin(), answers.end(), !in_clear) == 0);
  }
}

TEST_CASE("A Cancel that is refused goes once encrypted and once in clear") {
  for (const bool habit : {true, false}) {
    EnginePair pair([&](sim::StationSetup& client, sim::StationSetup&) {
      client.profiles.front().encrypt_rm = !habit;
    });
    std::vector<bool> cancels;
    pair.way_there = [&](const Transmit& request) {
      const auto message = sim::peek(request.bytes);
      const auto* asked = message ? std::get_if<contexts::TokenRequest>(&message->body) : nullptr;
      if (asked == nullptr || asked->operation != contexts::TrustOperation::cancel) {
        return true;
      }
      cancels.push_back(sim::is_in_clear(request.bytes));
      return cancels.size() == 4;
    };
    const ConversationId talk = pair.open();
    REQUIRE(pair.send(talk, 1, "a"));
    pair.settle();
    REQUIRE(pair.client.engine().close(talk, pair.now()));
    for (int second = 0; second < 60; ++second) {
      pair.pass(std::chrono::seconds(1));
    }
    CHECK(cancels == std::vector<bool>{habit, !habit, habit, !habit});
    CHECK(pair.client.engine().conversations().empty());
  }
}

TEST_CASE(
    "A peer that acknowledges only when asked, and where answers may go, is asked so from then "
    "on") {
  EnginePair pair;
  std::uint64_t in_vain = 0;
  pair.way_back = [&](const Transmit& request, Answer answer) {
    const auto message = sim::peek(request.bytes);
    REQUIRE(message.has_value());
    const bool refuses_answers =
        message->addressing.reply_to && message->addressing.reply_to->address == kNoneAddress;
    if (message->rm.sequence && (message->rm.ack_requests.empty() || refuses_answers)) {
      ++in_vain;
      return Answer{answer.exchange, AnswerKind::accepted, {}, {}};
    }
    return answer;
  };
  const ConversationId talk = pair.open();
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    REQUIRE(pair.send(talk, ticket, std::to_string(ticket)));
    pair.settle();
    pair.pass(std::chrono::seconds(10));
    pair.pass(std::chrono::seconds(10));
    CHECK(pair.client.engine().ticket_status(talk, Ticket{ticket}) == TicketStatus::settled);
  }
  CHECK(in_vain == 2);
  CHECK(bodies(pair.at_service) == Texts{"1", "2", "3"});
}

TEST_CASE(
    "WA-020: a message without ReplyTo is a request or one-way, as the application takes it") {
  EnginePair pair;
  pair.client.codec().leave_out_reply_to();
  pair.service_consumes = false;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  REQUIRE(pair.send(talk, 2, "b", true));
  pair.settle();
  REQUIRE(bodies(pair.at_service) == Texts{"a", "b"});
  for (const Delivery& one : pair.at_service) {
    CHECK(one.expects_reply);
    CHECK(one.reply_is_implied);
  }
  CHECK(pair.client.engine().ticket_status(talk, Ticket{1}) != TicketStatus::settled);
  REQUIRE(pair.service.engine().consumed(pair.at_service[0].name, {}, pair.now()));
  REQUIRE(pair.service.engine().reply(pair.at_service[1].name, {"urn:test/done", to_bytes("c"), {}},
                                      {}, pair.now()));
  pair.settle();
  CHECK(pair.client.engine().ticket_status(talk, Ticket{1}) == TicketStatus::settled);
  CHECK(bodies(pair.at_client) == Texts{"c"});
  CHECK(pair.service.engine().consumed(pair.at_service[0].name, {}, pair.now()).error().code() ==
        ErrorCode::not_found);
}

TEST_CASE("SC50, IB-039: an unprotected BadContextToken is a hint, and changes nothing") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  sim::SimCodec stranger("stranger");
  Profile plain;
  Message fault;
  fault.body = Fault{.code = ErrorCode::context_unknown};
  const WireMessage forged =
      stranger.protect(fault, plain, {}, pair.now().wall, pair.client.entropy()).value();
  pair.way_back = [&](const Transmit&, Answer answer) {
    answer.bytes = forged.bytes;
    return std::optional(std::move(answer));
  };
  REQUIRE(pair.send(talk, 2, "b"));
  pair.settle();
  const std::string context = pair.client.engine().status(talk)->context_identifier;
  CHECK_FALSE(context.empty());
  pair.way_back = {};
  pair.pass(std::chrono::minutes(1));
  CHECK(bodies(pair.at_service) == Texts{"a", "b"});
  CHECK(pair.client.engine().status(talk)->context_identifier == context);
  CHECK(pair.reports.empty());
}

TEST_CASE("A credential alone acknowledges nothing and ends nothing, whosever it is") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  sim::SimCodec insider("another client");
  pair.way_back = [&](const Transmit& request, Answer answer) {
    const std::optional<Message> asked = sim::peek(request.bytes);
    Message forged;
    forged.body = ApplicationBody{};
    forged.rm.acknowledgements.push_back(
        {.identifier = asked->rm.sequence->identifier, .ranges = {{1, 2}}});
    ProtectWith with;
    with.bootstrap = true;
    const WireMessage wire =
        insider.protect(forged, Profile{}, with, pair.now().wall, pair.client.entropy()).value();
    answer.bytes = wire.bytes;
    answer.content_type = wire.content_type;
    return std::optional(std::move(answer));
  };
  REQUIRE(pair.send(talk, 2, "b"));
  pair.settle();
  CHECK(pair.client.engine().status(talk)->under_way == 1);
  CHECK(pair.client.engine().ticket_status(talk, Ticket{2}) == TicketStatus::sent);
  pair.way_back = {};
  pair.pass(std::chrono::minutes(1));
  CHECK(pair.client.engine().ticket_status(talk, Ticket{2}) == TicketStatus::settled);
  CHECK(bodies(pair.at_service) == Texts{"a", "b"});
}

TEST_CASE("An answer of the service that is sent back to it is no request") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client.profiles.front().rm.reset();
    service.profiles.front().rm.reset();
  });
  const ConversationId talk = pair.open();
  std::optional<Answer> last;
  pair.way_back = [&](const Transmit&, Answer answer) {
    last = answer;
    return std::optional(std::move(answer));
  };
  REQUIRE(pair.send(talk, 1, "a", true));
  pair.settle();
  REQUIRE(pair.at_client.size() == 1);
  REQUIRE(last);
  CHECK(fault_in(pair.give(last->bytes, last->content_type)) == ErrorCode::security_failed);
  CHECK(bodies(pair.at_service) == Texts{"a"});
}

TEST_CASE("window_bytes_max: bodies that wait for an earlier message wait on disk, not in memory") {
  constexpr std::size_t kBody = 100;
  EnginePair pair([](sim::StationSetup&, sim::StationSetup& service) {
    service.settings.window_bytes_max = 2 * kBody;
  });
  const ConversationId talk = pair.open();
  bool is_first_lost = true;
  pair.way_there = [&](const Transmit& request) {
    const std::optional<Message> message = sim::peek(request.bytes);
    return !is_first_lost || !message->rm.sequence || message->rm.sequence->number != 1;
  };
  Texts sent;
  for (std::uint64_t ticket = 1; ticket <= 5; ++ticket) {
    sent.emplace_back(kBody, static_cast<char>('a' + ticket));
    REQUIRE(pair.send(talk, ticket, sent.back()));
  }
  pair.settle();
  CHECK(pair.at_service.empty());
  const std::uint64_t asked = pair.questions;
  is_first_lost = false;
  pair.pass(std::chrono::minutes(2));
  CHECK(bodies(pair.at_service) == sent);
  // Two were kept, and two had to be read.
  CHECK(pair.questions == asked + 2);
}

TEST_CASE("A service cannot take the name of a context that another one has given") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  const std::string taken = pair.client.engine().status(talk)->context_identifier;
  sim::SimCodec other("service");
  bool is_forged = false;
  pair.way_back = [&](const Transmit& request, Answer answer) {
    std::optional<Message> said = sim::peek(answer.bytes);
    auto* response = said ? std::get_if<contexts::TokenResponse>(&said->body) : nullptr;
    if (response == nullptr || response->operation != contexts::TrustOperation::issue) {
      return std::optional(std::move(answer));
    }
    response->token->identifier = taken;
    ProtectWith with;
    auto asked = other.parse(Bytes(request.bytes), request.content_type, Profile{}).value();
    with.answering = other.open(std::move(asked), Profile{}, NoKeys(), nullptr, {}, pair.now().wall)
                         .value()
                         .exchange_keys;
    const WireMessage wire =
        other.protect(*said, Profile{}, with, pair.now().wall, pair.client.entropy()).value();
    answer.bytes = wire.bytes;
    is_forged = true;
    return std::optional(std::move(answer));
  };
  const ConversationId second = pair.open();
  REQUIRE(pair.send(second, 1, "b"));
  pair.settle();
  REQUIRE(is_forged);
  CHECK(pair.client.engine().status(second)->context_identifier.empty());
  REQUIRE(pair.client.engine().close(second, pair.now()));
  pair.settle();
  REQUIRE(pair.send(talk, 2, "c"));
  pair.settle();
  CHECK(pair.client.engine().status(talk)->context_identifier == taken);
  CHECK(pair.client.engine().ticket_status(talk, Ticket{2}) == TicketStatus::settled);
}

TEST_CASE(
    "An Issue that comes again is refused like any forgery; replays_kept_max bounds the memory") {
  EnginePair pair(
      [](sim::StationSetup&, sim::StationSetup& service) { service.limits.replays_kept_max = 2; });
  REQUIRE(pair.send(pair.open(), 1, "a"));
  pair.settle();
  const Transmit issue = pair.sent.front();
  CHECK(fault_in(pair.give(issue.bytes, issue.content_type)) == ErrorCode::security_failed);
  // At the limit, and one past it.
  REQUIRE(pair.send(pair.open(), 1, "b"));
  pair.settle();
  CHECK(pair.at_service.size() == 2);
  REQUIRE(pair.send(pair.open(), 1, "c"));
  pair.settle();
  CHECK(pair.at_service.size() == 2);
  // What is too old to be accepted needs not be remembered.
  pair.pass(std::chrono::minutes(30));
  CHECK(pair.at_service.size() == 3);
}

TEST_CASE("A changed message, an unsigned one and one under an unknown context change no state") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  const auto before = pair.service.engine().snapshot();
  const Transmit message = pair.sent.back();
  Bytes changed = message.bytes;
  changed.back() ^= 1;
  CHECK_FALSE(sim::peek(pair.give(changed, message.content_type).bytes)->rm.sequence);
  sim::SimCodec stranger("stranger");
  Message bare = *sim::peek(message.bytes);
  const WireMessage unsigned_one =
      stranger.protect(bare, Profile{}, {}, pair.now().wall, pair.client.entropy()).value();
  CHECK(fault_in(pair.give(unsigned_one.bytes, unsigned_one.content_type)) ==
        ErrorCode::security_missing);
  CHECK(pair.service.engine().snapshot() == before);
  CHECK(pair.at_service.size() == 1);
}

TEST_CASE("conversations_max: one more is refused, and those that are there go on") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client.limits.conversations_max = 2;
    service.limits.conversations_max = 1;
  });
  const ConversationId first = pair.open();
  REQUIRE(pair.send(first, 1, "a"));
  pair.settle();
  const ConversationId second = pair.open();
  CHECK(pair.client.engine().open("http://service/service", "ours", pair.now()).error().code() ==
        ErrorCode::busy);
  REQUIRE(pair.send(second, 1, "b"));
  REQUIRE(pair.send(first, 2, "c"));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"a", "c"});
}

TEST_CASE(
    "sequences_per_principal_max: one more is refused by CreateSequenceRefused, as ours to blame") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    client.profiles.front().sequence_token_reference = false;
    service.profiles.front().sequence_token_reference = false;
    service.limits.sequences_per_principal_max = 1;
    without_security(client, service);
  });
  REQUIRE(pair.send(pair.open(), 1, "a"));
  pair.settle();
  const Transmit create = pair.sent.front();
  REQUIRE(std::holds_alternative<CreateSequence>(sim::peek(create.bytes)->body));
  // A repeat gets the sequence that there is (RM-025).
  const Answer again = pair.give(create.bytes, create.content_type);
  CHECK(std::holds_alternative<CreateSequenceResponse>(sim::peek(again.bytes)->body));
}

TEST_CASE("turn_inputs_max: calls are refused when the turn is full, and taken after it") {
  EnginePair pair(
      [](sim::StationSetup& client, sim::StationSetup&) { client.limits.turn_inputs_max = 3; });
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  CHECK_FALSE(pair.client.engine().is_full());
  REQUIRE(pair.send(talk, 2, "b"));
  CHECK(pair.client.engine().is_full());
  CHECK(pair.send(talk, 3, "c").error().code() == ErrorCode::busy);
  pair.settle();
  CHECK(pair.send(talk, 3, "c"));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"a", "b", "c"});
}

TEST_CASE("A backlog stays on disk: at most questions_parked_max bodies are asked for at once") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup&) {
    client.settings.window_bytes_max = 0;  // keeps nothing in memory
    client.limits.questions_parked_max = 2;
    client.limits.question_wait_ms_max = 500;
  });
  pair.answers_questions = false;
  const ConversationId talk = pair.open();
  for (std::uint64_t ticket = 1; ticket <= 4; ++ticket) {
    REQUIRE(pair.send(talk, ticket, std::to_string(ticket)));
  }
  pair.settle();
  const std::uint64_t asked = pair.questions;
  CHECK(asked >= 1);
  CHECK(asked <= 2);
  CHECK(pair.at_service.empty());
  CHECK(pair.client.engine().status(talk)->backlog == 4);
  // A question without an answer is asked again when its time is over.
  pair.answers_questions = true;
  pair.pass(Duration(499));
  CHECK(pair.at_service.empty());
  pair.pass(Duration(1));
  CHECK(bodies(pair.at_service) == Texts{"1", "2", "3", "4"});
}

TEST_CASE("reports_kept_max: nothing more is sent while so many wait to be taken note of") {
  EnginePair pair(
      [](sim::StationSetup& client, sim::StationSetup&) { client.settings.reports_kept_max = 0; });
  CHECK(pair.send(pair.open(), 1, "a").error().code() == ErrorCode::busy);
}

TEST_CASE(
    "A delivery that expects a reply cannot just be consumed, and others cannot be replied to") {
  EnginePair pair;
  pair.service_consumes = false;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "tell"));
  REQUIRE(pair.send(talk, 2, "ask", true));
  pair.settle();
  REQUIRE(pair.at_service.size() == 2);
  Engine& service = pair.service.engine();
  const DeliveryName tell = pair.at_service[0].name;
  const DeliveryName ask = pair.at_service[1].name;
  CHECK(service.reply(tell, {"urn:a", {}, {}}, {}, pair.now()).error().code() ==
        ErrorCode::invalid_state);
  CHECK(service.consumed(ask, {}, pair.now()).error().code() == ErrorCode::invalid_state);
  CHECK(service.reply(ask, {"", {}, {}}, {}, pair.now()).error().code() ==
        ErrorCode::invalid_argument);
  REQUIRE(service.consumed(tell, {{to_bytes("r"), to_bytes("1")}}, pair.now()));
  REQUIRE(service.reply(ask, {"urn:a", to_bytes("x"), {}}, {}, pair.now()));
  pair.settle();
  CHECK(pair.service.record("r") == to_bytes("1"));
  CHECK(bodies(pair.at_client) == Texts{"x"});
  CHECK(service.consumed(tell, {}, pair.now()).error().code() == ErrorCode::not_found);
}

TEST_CASE(
    "RM-151, RM-152: a lost reply is repeated on a copy of its request, under the same number") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  std::vector<SequenceHeader> replies;
  pair.way_back = [&](const Transmit&, Answer answer) -> std::optional<Answer> {
    const auto message = sim::peek(answer.bytes);
    if (message && message->rm.sequence) {
      replies.push_back(*message->rm.sequence);
      if (replies.size() < 3) {
        return std::nullopt;
      }
    }
    return answer;
  };
  REQUIRE(pair.send(talk, 2, "ask", true));
  pair.settle();
  for (int i = 0; i < 20; ++i) {
    pair.pass(std::chrono::seconds(1));
  }
  REQUIRE(replies.size() == 3);
  CHECK(replies[0].number == replies[2].number);
  CHECK(replies[0].identifier == replies[2].identifier);
  CHECK(bodies(pair.at_client) == Texts{"ask"});
  CHECK(bodies(pair.at_service) == Texts{"a", "ask"});
}

TEST_CASE("Renewal under traffic keeps the conversation, whatever is under way") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.send(talk, 2, "b"));
  REQUIRE(pair.client.engine().renew(talk, pair.now()));
  CHECK(pair.client.engine().renew(talk, pair.now()).error().code() == ErrorCode::invalid_state);
  REQUIRE(pair.send(talk, 3, "c"));
  pair.settle();
  REQUIRE(pair.send(talk, 4, "d"));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"a", "b", "c", "d"});
  const bool was_renewed =
      std::any_of(pair.service_events.begin(), pair.service_events.end(),
                  [](const Event& event) { return event.kind == EventKind::context_renewed; });
  CHECK(was_renewed);
}

TEST_CASE("T19: who does not take a renewal under the key is asked by the credential") {
  EnginePair pair;
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  // A peer that refuses it says so without protection, or says nothing.
  std::uint64_t lost = 0;
  pair.way_there = [&](const Transmit&) { return lost++ != 0; };
  REQUIRE(pair.client.engine().renew(talk, pair.now()));
  pair.settle();
  REQUIRE(lost == 1);
  for (int i = 0; i < 4; ++i) {
    pair.pass(std::chrono::seconds(30));
  }
  const auto is_by_credential = [](const Transmit& request) {
    return sim::is_bootstrap(request.bytes);
  };
  CHECK(std::count_if(pair.sent.begin(), pair.sent.end(), is_by_credential) == 2);  // Issue, Renew
  REQUIRE(pair.send(talk, 2, "b"));
  pair.settle();
  CHECK(bodies(pair.at_service) == Texts{"a", "b"});
  CHECK(std::count_if(
            pair.service_events.begin(), pair.service_events.end(),
            [](const Event& event) { return event.kind == EventKind::context_renewed; }) == 1);
  // How it was taken is how it is asked for the next time.
  REQUIRE(pair.client.engine().renew(talk, pair.now()));
  pair.settle();
  CHECK(std::count_if(pair.sent.begin(), pair.sent.end(), is_by_credential) == 3);
}

}  // namespace parley::engine
