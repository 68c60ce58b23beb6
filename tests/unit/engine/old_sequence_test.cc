#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "engine/wire_names.h"
#include "tests/unit/engine/engine_pair.h"

// Sequences of WS-ReliableMessaging 1.0: no Close, no answer to Terminate.

namespace parley::engine {
namespace {

void speak_1_0(sim::StationSetup& client, sim::StationSetup& service) {
  for (sim::StationSetup* setup : {&client, &service}) {
    Profile& profile = setup->profiles.front();
    profile.rm = sequences::RmVersion::rm_1_0;
    profile.sc = contexts::TrustFamily::feb_2005;
  }
}

void speak_1_0_plain(sim::StationSetup& client, sim::StationSetup& service) {
  speak_1_0(client, service);
  for (sim::StationSetup* setup : {&client, &service}) {
    Profile& profile = setup->profiles.front();
    profile.addressing = AddressingVersion::addressing_2004_08;
    profile.sc.reset();
    profile.protect = Protection::none;
  }
}

std::vector<Message> messages(const EnginePair& pair) {
  std::vector<Message> all;
  for (const Transmit& one : pair.sent) {
    all.push_back(sim::peek(one.bytes).value());
  }
  return all;
}

const SequenceLifecycle* terminate_in(const Message& message) {
  const auto* body = std::get_if<SequenceLifecycle>(&message.body);
  return body != nullptr && body->kind == SequenceLifecycle::Kind::terminate ? body : nullptr;
}

std::size_t count_terminates(const EnginePair& pair) {
  const std::vector<Message> all = messages(pair);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Message& m) { return terminate_in(m); }));
}

bool is_last_message(const Message& message) {
  return message.rm.sequence && message.rm.sequence->last_message;
}

}  // namespace

TEST_CASE("A 1.0 sequence ends with an empty last message, then with Terminate: RM-034, RM-067") {
  EnginePair pair(speak_1_0);
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  REQUIRE(pair.send(talk, 2, "ask", true));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();

  const std::vector<Message> all = messages(pair);
  const auto last = std::find_if(all.begin(), all.end(), is_last_message);
  REQUIRE(last != all.end());
  CHECK(last->rm.sequence->number == 3);
  CHECK(std::get<ApplicationBody>(last->body).xml.empty());
  CHECK(std::count_if(all.begin(), all.end(), is_last_message) == 1);
  const auto end = std::find_if(last, all.end(), [](const Message& m) { return terminate_in(m); });
  REQUIRE(end != all.end());
  CHECK(terminate_in(*end)->identifier == last->rm.sequence->identifier);
  CHECK_FALSE(terminate_in(*end)->last_number.has_value());
  CHECK(count_terminates(pair) == 1);
  CHECK(std::none_of(all.begin(), all.end(), [](const Message& m) {
    const auto* body = std::get_if<SequenceLifecycle>(&m.body);
    return body != nullptr && body->kind == SequenceLifecycle::Kind::close;
  }));

  CHECK(pair.at_service.size() == 2);  // the last message is not the application's
  CHECK(pair.at_client.size() == 1);
  CHECK(pair.client.engine().conversations().empty());
  REQUIRE(pair.reports.size() == 1);
  CHECK(pair.reports.back().kind == store::ReportKind::conversation_ended);
}

TEST_CASE("A service answers a Terminate of 1.0 with nothing, and lets the sequence go: RM-064") {
  EnginePair pair(speak_1_0_plain);
  std::vector<Answer> answers;
  pair.way_back = [&](const Transmit& request, Answer answer) {
    if (terminate_in(sim::peek(request.bytes).value()) != nullptr) {
      answers.push_back(answer);
    }
    return std::optional(std::move(answer));
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().kind == AnswerKind::accepted);
  CHECK(answers.front().bytes.empty());
  pair.pass(std::chrono::hours(1));  // the tombstone
  CHECK(pair.service.engine().conversations().empty());
}

TEST_CASE("A Terminate of 1.0 that does not get through is the same again: RM-105") {
  EnginePair pair(speak_1_0);
  std::size_t lost = 0;
  pair.way_back = [&](const Transmit& request, Answer answer) -> std::optional<Answer> {
    if (terminate_in(sim::peek(request.bytes).value()) != nullptr && lost < 3) {
      ++lost;
      return std::nullopt;
    }
    return answer;
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  CHECK(count_terminates(pair) == 1);
  CHECK_FALSE(pair.client.engine().conversations().empty());
  SECTION("while the process lives") {}
  SECTION("by the next process too") {
    pair.client.crash();
    REQUIRE(pair.client.start(pair.now()));
  }
  for (int i = 0; i < 10; ++i) {
    pair.pass(std::chrono::minutes(1));
  }
  CHECK(count_terminates(pair) == 4);
  std::vector<std::string> names;
  for (const Message& message : messages(pair)) {
    if (terminate_in(message) != nullptr) {
      names.push_back(message.addressing.message_id);
    }
  }
  CHECK(std::count(names.begin(), names.end(), names.front()) == 4);
  CHECK(pair.client.engine().conversations().empty());
  CHECK(pair.reports.back().kind == store::ReportKind::conversation_ended);
}

TEST_CASE("Without any answer a 1.0 sequence is left to its end after so many tries") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    speak_1_0_plain(client, service);
    client.profiles.front().rm_settings.lifecycle_tries_max = 3;
  });
  pair.way_back = [&](const Transmit& request, Answer answer) -> std::optional<Answer> {
    const bool is_end = terminate_in(sim::peek(request.bytes).value()) != nullptr;
    return is_end ? std::nullopt : std::optional(std::move(answer));
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  for (int i = 0; i < 10; ++i) {
    pair.pass(std::chrono::minutes(1));
  }
  CHECK(count_terminates(pair) == 3);
  CHECK(pair.client.engine().conversations().empty());
}

TEST_CASE("The last message of 1.0 outlives a crash under its number") {
  EnginePair pair(speak_1_0);
  bool is_lost = true;
  pair.way_back = [&](const Transmit& request, Answer answer) -> std::optional<Answer> {
    if (is_last_message(sim::peek(request.bytes).value()) && is_lost) {
      return std::nullopt;
    }
    return answer;
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "a"));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  pair.client.crash();
  REQUIRE(pair.client.start(pair.now()));
  is_lost = false;
  pair.pass(std::chrono::minutes(1));
  CHECK(pair.client.engine().conversations().empty());
  for (const Message& message : messages(pair)) {
    if (is_last_message(message)) {
      CHECK(message.rm.sequence->number == 2);
    }
  }
  CHECK(pair.at_service.size() == 1);
}

TEST_CASE("A service answers the end of a sequence with that of its replies if told so: RM-154") {
  EnginePair pair([](sim::StationSetup& client, sim::StationSetup& service) {
    speak_1_0(client, service);
    service.profiles.front().answer_ends = true;
  });
  std::vector<Message> answers;
  std::size_t lost = 0;
  pair.way_back = [&](const Transmit& request, Answer answer) -> std::optional<Answer> {
    const Message asked = sim::peek(request.bytes).value();
    if (is_last_message(asked) || terminate_in(asked) != nullptr) {
      answers.push_back(sim::peek(answer.bytes).value());
      if (lost < 1) {
        ++lost;
        return std::nullopt;
      }
    }
    return answer;
  };
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "ask", true));
  REQUIRE(pair.send(talk, 2, "ask", true));
  pair.settle();
  REQUIRE(pair.client.engine().close(talk, pair.now()));
  pair.settle();
  pair.pass(std::chrono::minutes(1));

  // Its first answer was lost: the repeat brought the same message again.
  REQUIRE(answers.size() == 3);
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(is_last_message(answers[i]));
    CHECK(answers[i].rm.sequence->number == 3);
    CHECK(answers[i].addressing.message_id == answers[0].addressing.message_id);
    CHECK_FALSE(answers[i].addressing.relates_to.empty());
    CHECK_FALSE(answers[i].addressing.reply_to.has_value());
  }
  const SequenceLifecycle* end = terminate_in(answers[2]);
  REQUIRE(end != nullptr);
  CHECK(end->identifier == answers[0].rm.sequence->identifier);
  CHECK(pair.client.engine().conversations().empty());
  CHECK(pair.at_client.size() == 2);
  pair.pass(std::chrono::hours(1));
  CHECK(pair.service.engine().conversations().empty());
}

TEST_CASE("A message of 2004/08 without ReplyTo expects no reply: WA-020") {
  EnginePair pair(speak_1_0_plain);
  const ConversationId talk = pair.open();
  REQUIRE(pair.send(talk, 1, "note"));
  REQUIRE(pair.send(talk, 2, "ask", true));
  pair.settle();
  const std::vector<Message> all = messages(pair);
  for (const Message& message : all) {
    if (message.rm.sequence) {
      CHECK(message.addressing.reply_to.has_value() == (message.rm.sequence->number == 2));
      CHECK_FALSE(message.addressing.message_id.empty());
    }
  }
  REQUIRE(pair.at_service.size() == 2);
  CHECK_FALSE(pair.at_service[0].expects_reply);
  CHECK(pair.at_service[1].expects_reply);
}

}  // namespace parley::engine
