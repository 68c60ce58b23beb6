#include <future>
#include <numeric>

#include "unit/host/node_place.h"
#include "unit/http/raw_client.h"

using namespace parley;
using namespace parley::host;
using std::chrono::seconds;

namespace {

constexpr Duration kLong = seconds(20);

std::vector<std::string> numbers(int count) {
  std::vector<std::string> texts;
  for (int i = 1; i <= count; ++i) {
    texts.push_back(std::to_string(i));
  }
  return texts;
}

/// Gives a request's body back.
Handled echo(const engine::Delivery& delivery, Records&) {
  return Handled::answer("urn:answer", delivery.body);
}

/// Counts in a record, and answers with the count.
Handled count(const engine::Delivery& delivery, Records& records) {
  const auto record = records.read("count").value();
  const int so_far = record ? std::stoi(std::string(as_text(*record))) : 0;
  records.write("count", to_bytes(std::to_string(so_far + 1)));
  return delivery.expects_reply ? Handled::answer("urn:count", to_bytes(std::to_string(so_far + 1)))
                                : Handled::done();
}

std::string text_of(const Result<engine::Delivery>& delivery) {
  REQUIRE(delivery);
  return std::string(as_text(delivery->body));
}

}  // namespace

TEST_CASE("What is sent arrives once and in order, and is settled then") {
  Received received;
  Pair pair([&](NodeSettings& settings) { settings.handlers["urn:note"] = received.handler(); });
  Conversation conversation = pair.talk();
  for (const std::string& text : numbers(100)) {
    REQUIRE(conversation.send("urn:note", to_bytes(text)));
  }
  REQUIRE(conversation.wait_settled(kLong));
  REQUIRE(received.comes_to(100));
  CHECK(received.bodies() == numbers(100));
  const auto status = conversation.status();
  REQUIRE(status);
  CHECK(status->backlog == 0);
  CHECK(status->under_way == 0);
  CHECK(status->last_ticket.value == 100);
  CHECK_FALSE(status->context_identifier.empty());
  CHECK(conversation.ticket_status({100}) == engine::TicketStatus::settled);
  CHECK(conversation.ticket_status({101}) == engine::TicketStatus::unknown);
  CHECK(pair.client.node().conversations().size() == 1);
  CHECK(pair.service.node().conversations().size() == 1);
}

TEST_CASE("A request is answered, or with a fault") {
  Pair pair([](NodeSettings& settings) {
    settings.handlers["urn:echo"] = echo;
    settings.handlers["urn:fault"] = [](const engine::Delivery&, Records&) {
      return Handled::refuse({true, "urn:faults", "NotToday", "come tomorrow"}, to_bytes("<d/>"));
    };
    settings.handlers["urn:silent"] = [](const engine::Delivery&, Records&) {
      return Handled::done();
    };
  });
  Conversation conversation = pair.talk();
  for (int i = 0; i < 20; ++i) {
    const auto answer = conversation.request("urn:echo", to_bytes(std::to_string(i)), kLong);
    CHECK(text_of(answer) == std::to_string(i));
    CHECK(answer->action == "urn:answer");
    CHECK_FALSE(answer->is_fault);
  }
  const auto fault = conversation.request("urn:fault", to_bytes("x"), kLong);
  REQUIRE(fault);
  CHECK(fault->is_fault);
  CHECK(fault->fault.subcode == "NotToday");
  CHECK(fault->fault.reason == "come tomorrow");
  CHECK(as_text(fault->body) == "<d/>");
  const auto unknown = conversation.request("urn:unknown", to_bytes("x"), kLong);
  REQUIRE(unknown);
  CHECK(unknown->is_fault);
  CHECK(unknown->fault.subcode == "ActionNotSupported");
  const auto silent = conversation.request("urn:silent", to_bytes("x"), kLong);
  REQUIRE(silent);
  CHECK(silent->is_fault);
  CHECK_FALSE(silent->fault.sender);
  CHECK(pair.service.log.has("gave no answer"));
}

TEST_CASE("Requests of many threads are answered each with its own") {
  Pair pair([](NodeSettings& settings) { settings.handlers["urn:echo"] = echo; });
  Conversation conversation = pair.talk();
  std::vector<std::future<bool>> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.push_back(std::async(std::launch::async, [&conversation, thread] {
      for (int i = 0; i < 10; ++i) {
        const std::string text = std::to_string(thread) + '/' + std::to_string(i);
        const auto answer = conversation.request("urn:echo", to_bytes(text), kLong);
        if (!answer || as_text(answer->body) != text) {
          return false;
        }
      }
      return true;
    }));
  }
  for (auto& thread : threads) {
    CHECK(thread.get());
  }
  CHECK(conversation.status()->last_ticket.value == 80);
}

TEST_CASE("Handlers read what earlier ones wrote, and it is durable with the end of the delivery") {
  Pair pair([](NodeSettings& settings) { settings.handlers[""] = count; });
  Conversation conversation = pair.talk();
  for (int i = 0; i < 200; ++i) {
    REQUIRE(conversation.send("urn:any", to_bytes("x")));
  }
  CHECK(text_of(conversation.request("urn:any", to_bytes("x"), kLong)) == "201");
  REQUIRE(eventually([&] {
    const auto record = pair.service.node().read("count");
    return record && *record && as_text(**record) == "201";
  }));
  pair.service.stop();
  pair.service.start();
  CHECK(text_of(conversation.request("urn:any", to_bytes("x"), kLong)) == "202");
  CHECK_FALSE(pair.service.node().read("no such record").value().has_value());
}

TEST_CASE("A delivery that is declined comes again, with none of its writes in place") {
  std::atomic<int> calls = 0;
  std::atomic<int> seen_writes = 0;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:later"] = [&](const engine::Delivery& delivery, Records& records) {
      seen_writes += records.read("written").value().has_value() ? 1 : 0;
      records.write("written", to_bytes("x"));
      CHECK(delivery.attempt == static_cast<std::uint32_t>(++calls));
      if (calls < 3) {
        return Handled::later(Duration(10));
      }
      return Handled::answer("urn:done", {});
    };
    settings.handlers["urn:throws"] = [&](const engine::Delivery&, Records&) -> Handled {
      if (++calls < 6) {
        throw std::runtime_error("secret text");
      }
      return Handled::answer("urn:done", {});
    };
  });
  Conversation conversation = pair.talk();
  REQUIRE(conversation.request("urn:later", to_bytes("x"), kLong));
  CHECK(calls == 3);
  CHECK(seen_writes == 0);
  REQUIRE(conversation.request("urn:throws", to_bytes("x"), kLong));
  CHECK(calls == 6);
  CHECK(pair.service.log.has("threw an exception"));
  CHECK_FALSE(pair.service.log.has("secret text"));
}

TEST_CASE("In an ordered conversation nothing overtakes a delivery that is declined") {
  std::vector<std::string> done;
  std::atomic<int> declined = 0;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers[""] = [&](const engine::Delivery& delivery, Records&) {
      const std::string text(as_text(delivery.body));
      if (text == "3" && declined < 2) {
        ++declined;
        return Handled::later(Duration(30));
      }
      done.push_back(text);
      return delivery.expects_reply ? Handled::answer("urn:done", {}) : Handled::done();
    };
  });
  Conversation conversation = pair.talk();
  for (const std::string& text : numbers(20)) {
    REQUIRE(conversation.send("urn:note", to_bytes(text)));
  }
  REQUIRE(conversation.request("urn:ask", to_bytes("end"), kLong));
  std::vector<std::string> expected = numbers(20);
  expected.push_back("end");
  CHECK(done == expected);
  CHECK(declined == 2);
}

TEST_CASE("An answer that cannot be sent becomes a fault, and what was written for it is void") {
  Pair pair([](NodeSettings& settings) {
    settings.handlers["urn:bad"] = [](const engine::Delivery&, Records& records) {
      records.write("count", to_bytes("1000"));
      return Handled::answer("urn:answer", to_bytes("!no body"));
    };
    settings.handlers["urn:count"] = count;
  });
  Conversation conversation = pair.talk();
  CHECK(text_of(conversation.request("urn:count", to_bytes("x"), kLong)) == "1");
  const auto bad = conversation.request("urn:bad", to_bytes("x"), kLong);
  REQUIRE(bad);
  CHECK(bad->is_fault);
  CHECK_FALSE(bad->fault.sender);
  CHECK(text_of(conversation.request("urn:count", to_bytes("x"), kLong)) == "2");
}

TEST_CASE(
    "A conversation goes on when either node starts anew; an old ticket sends nothing again") {
  Received received;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:note"] = received.handler();
    settings.handlers["urn:echo"] = echo;
  });
  Conversation conversation = pair.talk();
  const engine::ConversationId id = conversation.id();
  REQUIRE(conversation.send({{1}, "urn:note", to_bytes("1"), false}));
  REQUIRE(conversation.wait_settled(kLong));
  const std::string context = conversation.status()->context_identifier;

  pair.client.stop();
  conversation = pair.talk();
  CHECK(conversation.id() == id);
  CHECK(conversation.status()->context_identifier == context);
  REQUIRE(conversation.send({{1}, "urn:note", to_bytes("1"), false}));
  REQUIRE(conversation.send({{2}, "urn:note", to_bytes("2"), false}));
  REQUIRE(conversation.wait_settled(kLong));

  pair.service.stop();
  REQUIRE(conversation.send({{3}, "urn:note", to_bytes("3"), false}));
  pair.service.start();
  REQUIRE(conversation.wait_settled(kLong));
  REQUIRE(received.comes_to(3));
  CHECK(received.bodies() == numbers(3));
  CHECK(conversation.status()->context_identifier == context);

  REQUIRE(conversation.send({{4}, "urn:echo", to_bytes("4"), true}));
  CHECK(text_of(conversation.answer_of({4}, kLong)) == "4");
  pair.client.stop();
  conversation = pair.talk();
  const auto again = conversation.answer_of({4}, kLong);
  CHECK(text_of(again) == "4");
  std::promise<Result<void>> consumed;
  pair.client.node().consumed(again->name, {{to_bytes("mine"), to_bytes("4")}},
                              [&](Result<void> done) { consumed.set_value(done); });
  CHECK(consumed.get_future().get());
  CHECK(conversation.answer_of({4}, kLong).error().code() == ErrorCode::not_found);
  CHECK(as_text(*pair.client.node().read("mine").value()) == "4");
  CHECK(conversation.answer_of({99}, kLong).error().code() == ErrorCode::not_found);
}

TEST_CASE("A request that takes too long is answered later, to whoever asks") {
  std::promise<void> go_on;
  auto may_go_on = go_on.get_future().share();
  Received late;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:slow"] = [may_go_on](const engine::Delivery& delivery, Records&) {
      may_go_on.wait();
      return Handled::answer("urn:answer", delivery.body);
    };
  });
  SECTION("by ticket") {
    Conversation conversation = pair.talk();
    const auto answer = conversation.request("urn:slow", to_bytes("x"), Duration(300));
    CHECK(answer.error().code() == ErrorCode::timed_out);
    CHECK(conversation.wait_settled(Duration(100)).error().code() == ErrorCode::timed_out);
    go_on.set_value();
    CHECK(text_of(conversation.answer_of({1}, kLong)) == "x");
  }
  SECTION("the reply handler") {
    pair.client.configure = [&](NodeSettings& settings) {
      settings.reply_handler = late.handler();
    };
    Conversation conversation = pair.talk();
    const auto answer = conversation.request("urn:slow", to_bytes("x"), Duration(300));
    CHECK(answer.error().code() == ErrorCode::timed_out);
    go_on.set_value();
    REQUIRE(late.comes_to(1));
    CHECK(late.bodies().front() == "x");
  }
}

TEST_CASE("A context is renewed when the application asks for it, and the conversation goes on") {
  Received received;
  Pair pair([&](NodeSettings& settings) { settings.handlers["urn:note"] = received.handler(); });
  Conversation conversation = pair.talk();
  CHECK(conversation.renew().error().code() == ErrorCode::invalid_state);  // there is none yet
  REQUIRE(conversation.send("urn:note", to_bytes("1")));
  REQUIRE(conversation.wait_settled(kLong));
  const auto before = conversation.status();
  REQUIRE(before);
  REQUIRE(conversation.renew());
  REQUIRE(conversation.send("urn:note", to_bytes("2")));
  CHECK(eventually([&] {
    const auto now = conversation.status();
    return now && now->context_identifier == before->context_identifier &&
           now->context_instance != before->context_instance;
  }));
  REQUIRE(conversation.send("urn:note", to_bytes("3")));
  REQUIRE(received.comes_to(3));
  CHECK(received.bodies() == numbers(3));
}

TEST_CASE("Closing ends the sequences and the context") {
  Received received;
  Pair pair([&](NodeSettings& settings) { settings.handlers["urn:note"] = received.handler(); });
  Conversation conversation = pair.talk();
  REQUIRE(conversation.send("urn:note", to_bytes("1")));
  REQUIRE(conversation.close(kLong));
  CHECK(received.comes_to(1));
  CHECK_FALSE(conversation.send("urn:note", to_bytes("2")));
  CHECK(eventually([&] { return pair.client.node().conversations().empty(); }));
  const Conversation next = pair.talk_again();
  CHECK(next.id() != conversation.id());
}

TEST_CASE("A failed commit: callers learn that the outcome is unknown, and the node goes on") {
  Received received;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:note"] = received.handler();
    settings.handlers["urn:echo"] = echo;
  });
  Conversation conversation = pair.talk();
  REQUIRE(conversation.send({{1}, "urn:note", to_bytes("1"), false}));
  // An answer behind it shows that it is consumed for good.
  REQUIRE(conversation.request("urn:echo", to_bytes("x"), kLong));

  SECTION("at the sender") {
    pair.client.disk.is_broken = true;
    const auto failed = conversation.send({{3}, "urn:note", to_bytes("2"), false});
    CHECK(failed.error().code() == ErrorCode::store_poisoned);
    pair.client.disk.is_broken = false;
    REQUIRE(eventually([&] {
      return conversation.send({{3}, "urn:note", to_bytes("2"), false}).has_value();
    }));
    CHECK(pair.client.disk.opened == 2);
  }
  SECTION("at the receiver, which acknowledges nothing then") {
    pair.service.disk.is_broken = true;
    REQUIRE(conversation.send({{3}, "urn:note", to_bytes("2"), false}));
    REQUIRE(eventually([&] { return pair.service.log.has("a commit failed"); }));
    CHECK(conversation.ticket_status({3}) == engine::TicketStatus::sent);
    pair.service.disk.is_broken = false;
  }
  REQUIRE(conversation.wait_settled(kLong));
  REQUIRE(received.comes_to(2));
  CHECK(received.bodies() == numbers(2));
  CHECK(text_of(conversation.request("urn:echo", to_bytes("x"), kLong)) == "x");
}

TEST_CASE("What handlers wrote goes with a failed commit, and is made again") {
  Pair pair([](NodeSettings& settings) { settings.handlers[""] = count; });
  Conversation conversation = pair.talk();
  CHECK(text_of(conversation.request("urn:any", to_bytes("x"), kLong)) == "1");
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      REQUIRE(conversation.send("urn:any", to_bytes("x")));
      if (i == 10) {
        pair.service.disk.is_broken = true;
      }
    }
    std::this_thread::sleep_for(Duration(30));
    pair.service.disk.is_broken = false;
    REQUIRE(conversation.wait_settled(kLong));
  }
  CHECK(text_of(conversation.request("urn:any", to_bytes("x"), kLong)) == "102");
  CHECK(pair.service.disk.opened > 1);
}

TEST_CASE(
    "A store that does not open again: the node stays down after reopen_max tries, and says so") {
  Received received;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:note"] = received.handler();
    settings.reopen_max = 3;
  });
  pair.service.disk.does_not_open = true;
  pair.service.disk.is_broken = true;
  Conversation conversation = pair.talk();
  REQUIRE(conversation.send("urn:note", to_bytes("1")));
  REQUIRE(eventually([&] { return pair.service.log.has("stays down"); }));
  CHECK(pair.service.disk.opened == 1 + 3);
  http::RawSocket peer = http::RawSocket::connected_to(pair.service.port());
  REQUIRE(peer.send(http::post_text("x")));
  CHECK(http::status_in(peer.read_message()) == "503");
  CHECK(pair.service.node().open("http://127.0.0.1:1/").error().code() == ErrorCode::io_failed);
  CHECK(received.bodies().empty());

  pair.service.stop();
  pair.service.disk.does_not_open = false;
  pair.service.disk.is_broken = false;
  pair.service.start();
  CHECK(received.comes_to(1));
}

TEST_CASE("A node stops at any time, and what is left goes on at the next start") {
  Received received;
  Pair pair([&](NodeSettings& settings) { settings.handlers["urn:note"] = received.handler(); });
  Conversation conversation = pair.talk();
  std::uint64_t sent = 0;
  for (int round = 0; round < 10; ++round) {
    std::atomic<bool> is_stopped = false;
    auto stopping = std::async(std::launch::async, [&] {
      std::this_thread::sleep_for(Duration(5 * round));
      (round % 2 == 0 ? pair.client : pair.service).stop();
      is_stopped = true;
    });
    while (!is_stopped) {
      const auto done =
          conversation.send({{sent + 1}, "urn:note", to_bytes(std::to_string(sent + 1)), false});
      if (!done) {
        CHECK(done.error().code() == ErrorCode::invalid_state);
        break;
      }
      ++sent;
      std::this_thread::sleep_for(Duration(1));
    }
    stopping.get();
    if (round % 2 == 0) {
      conversation = pair.talk();
    } else {
      pair.service.start();
    }
    sent = conversation.status()->last_ticket.value;
  }
  REQUIRE(conversation.wait_settled(kLong));
  REQUIRE(received.comes_to(sent));
  CHECK(received.bodies() == numbers(static_cast<int>(sent)));
}

TEST_CASE("Stopping waits for the handler that runs, and answers its request") {
  std::promise<void> started;
  Pair pair([&](NodeSettings& settings) {
    settings.handlers["urn:slow"] = [&](const engine::Delivery& delivery, Records&) {
      started.set_value();
      std::this_thread::sleep_for(Duration(200));
      return Handled::answer("urn:answer", delivery.body);
    };
  });
  Conversation conversation = pair.talk();
  auto asking = std::async(std::launch::async,
                           [&] { return conversation.request("urn:slow", to_bytes("x"), kLong); });
  started.get_future().wait();
  pair.service.stop();
  CHECK(text_of(asking.get()) == "x");
}

TEST_CASE("calls_max calls may wait, and the next is told so") {
  Pair pair([](NodeSettings&) {});
  pair.client.configure = [](NodeSettings& settings) { settings.calls_max = 2; };
  pair.client.start();
  std::atomic<int> busy = 0;
  std::atomic<int> done = 0;
  for (int i = 0; i < 1000; ++i) {
    pair.client.node().open(pair.service.address(), {}, [&](Result<engine::ConversationId> opened) {
      busy += !opened && opened.error().code() == ErrorCode::busy ? 1 : 0;
      ++done;
    });
  }
  CHECK(eventually([&] { return done == 1000; }));
  CHECK(busy > 0);
  CHECK(busy < 1000);
  CHECK(pair.client.node().open(pair.service.address()));
}

TEST_CASE("A node refuses settings that make no sense") {
  const auto refusal_of = [](std::function<void(NodeSettings&)> configure) {
    NodePlace place("x");
    place.configure = std::move(configure);
    const auto started = place.try_start();
    REQUIRE_FALSE(started);
    return started.error().code();
  };
  CHECK(refusal_of([](NodeSettings& settings) { settings.profiles.clear(); }) ==
        ErrorCode::invalid_argument);
  CHECK(refusal_of([](NodeSettings& settings) { settings.profiles.resize(2); }) ==
        ErrorCode::invalid_argument);
  CHECK(refusal_of([](NodeSettings& settings) {
          settings.services = {{"/x", "none"}};
        }) == ErrorCode::not_found);
  CHECK(refusal_of([](NodeSettings& settings) {
          settings.services = {{"x", {}}};
        }) == ErrorCode::invalid_argument);
  CHECK(refusal_of([](NodeSettings& settings) {
          settings.services = {{"/x", {}}, {"/x", {}}};
        }) == ErrorCode::invalid_argument);
  CHECK(refusal_of([](NodeSettings& settings) {
          settings.listen = {{"nowhere", 0, nullptr}};
        }) == ErrorCode::invalid_argument);
}

TEST_CASE("Calls with names that nobody knows are told so") {
  Pair pair([](NodeSettings&) {});
  pair.client.start();
  Node& node = pair.client.node();
  Conversation nobody = node.by_id({4711});
  CHECK(nobody.send("urn:x", to_bytes("x")).error().code() == ErrorCode::not_found);
  CHECK(nobody.request("urn:x", to_bytes("x"), kLong).error().code() == ErrorCode::not_found);
  CHECK(nobody.wait_settled(kLong).error().code() == ErrorCode::not_found);
  CHECK(nobody.close(kLong).error().code() == ErrorCode::not_found);
  CHECK_FALSE(nobody.status());
  CHECK(node.conversation(pair.service.address(), "no profile").error().code() ==
        ErrorCode::not_found);
  CHECK(node.open("").error().code() == ErrorCode::invalid_argument);
  Conversation conversation = node.conversation(pair.service.address()).value();
  CHECK(conversation.send({{0}, "urn:x", to_bytes("x"), false}).error().code() ==
        ErrorCode::invalid_argument);
  CHECK(conversation.send("urn:x", to_bytes("!bad")).error().code() == ErrorCode::body_invalid);
  node.stop();
  CHECK(conversation.send("urn:x", to_bytes("x")).error().code() == ErrorCode::invalid_state);
  CHECK(node.conversations().empty());
}

TEST_CASE("The sockets of a node answer what no engine should see") {
  Pair pair([](NodeSettings&) {});
  http::RawSocket peer = http::RawSocket::connected_to(pair.service.port());
  REQUIRE(peer.send("POST /elsewhere HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"));
  CHECK(http::status_in(peer.read_message()) == "404");
  REQUIRE(peer.send(http::post_text("not a message")));
  const std::string status = http::status_in(peer.read_message());
  CHECK((status == "400" || status == "500"));
  CHECK(pair.service.node().conversations().empty());
}
