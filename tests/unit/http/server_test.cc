#include <thread>

#include "unit/http/place.h"

using namespace parley;
using namespace parley::http;
using std::chrono::milliseconds;

namespace {

std::string chunk(std::string_view text) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

std::string chunked_head() {
  return "POST /service HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
}

ServerSettings with_limits(void (*change)(Limits&)) {
  ServerSettings settings;
  change(settings.limits);
  return settings;
}

}  // namespace

TEST_CASE("HttpServer answers one request after the other on a kept connection") {
  Place place;
  RawSocket client = place.connect();
  for (const std::string body : {"one", "two", "three"}) {
    REQUIRE(client.send(post_text(body)));
    const std::string answer = client.read_message();
    CHECK(status_in(answer) == "200");
    CHECK(body_of(answer) == body);
  }
  CHECK(place.server().connections() == 1);
}

TEST_CASE("HttpServer tells a request's path, type, action and body") {
  Place place;
  RawSocket client = place.connect();
  REQUIRE(
      client.send("POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml; charset=utf-8\r\n"
                  "SOAPAction: \"urn:act\"\r\nContent-Length: 2\r\n\r\nhi"));
  CHECK(status_in(client.read_message()) == "200");
  const Request request = place.requests(1).front();
  CHECK(request.path == "/a/b");
  CHECK(request.content_type == "text/xml; charset=utf-8");
  CHECK(request.soap_action == "urn:act");
  CHECK(as_text(request.bytes) == "hi");
  CHECK_FALSE(request.channel.is_confidential);
}

TEST_CASE("HttpServer closes after its answer to HTTP/1.0, unless it is asked to keep alive") {
  Place place;
  RawSocket old = place.connect();
  REQUIRE(old.send("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx"));
  CHECK(status_in(old.read_message()) == "200");
  CHECK(old.ends());
  RawSocket keeping = place.connect();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(
        keeping.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"));
    CHECK(status_in(keeping.read_message()) == "200");
  }
}

TEST_CASE("HttpServer takes nothing but POST") {
  Place place;
  for (const std::string method : {"GET", "PUT", "DELETE", "OPTIONS"}) {
    RawSocket client = place.connect();
    REQUIRE(client.send(method + " /service HTTP/1.1\r\nHost: h\r\n\r\n"));
    const std::string answer = client.read_message();
    CHECK(status_in(answer) == "405");
    CHECK(answer.find("Allow: POST") != std::string::npos);
    CHECK(client.ends());
  }
  CHECK(place.request_count() == 0);
}

TEST_CASE("HttpServer answers what is not HTTP with 400 and ends the connection") {
  const std::string bad = GENERATE(
      as<std::string>(), "junk\r\n\r\n", "POST\r\n\r\n", "POST / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nno colon\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n");
  CAPTURE(bad);
  Place place;
  RawSocket client = place.connect();
  REQUIRE(client.send(bad));
  CHECK(status_in(client.read_message()) == "400");
  CHECK(client.ends());
  CHECK(place.request_count() == 0);
}

TEST_CASE("HttpServer takes a body at envelope_bytes_max, and not one octet more") {
  Place place(with_limits([](Limits& limits) { limits.envelope_bytes_max = 1000; }));
  const std::string most(1000, 'x');
  SECTION("with Content-Length") {
    RawSocket client = place.connect();
    REQUIRE(client.send(post_text(most)));
    CHECK(body_of(client.read_message()) == most);
    REQUIRE(client.send(post_text(most + 'x')));
    CHECK(status_in(client.read_message()) == "413");
    CHECK(client.ends());
  }
  SECTION("chunked") {
    RawSocket client = place.connect();
    REQUIRE(client.send(chunked_head() + chunk(most.substr(0, 400)) + chunk(most.substr(400)) +
                        "0\r\n\r\n"));
    CHECK(body_of(client.read_message()) == most);
    REQUIRE(client.send(chunked_head() + chunk(most) + chunk("x") + "0\r\n\r\n"));
    CHECK(status_in(client.read_message()) == "413");
    CHECK(client.ends());
  }
  CHECK(place.request_count() == 1);
}

TEST_CASE("HttpServer takes a head at http_header_bytes_max, and not one octet more") {
  Place place(with_limits([](Limits& limits) { limits.http_header_bytes_max = 2000; }));
  const auto request_with_head_of = [](std::size_t size) {
    const std::string start = "POST / HTTP/1.1\r\nContent-Length: 1\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\nb";
  };
  RawSocket at = place.connect();
  REQUIRE(at.send(request_with_head_of(2000)));
  CHECK(status_in(at.read_message()) == "200");
  RawSocket past = place.connect();
  REQUIRE(past.send(request_with_head_of(2001)));
  CHECK(status_in(past.read_message()) == "431");
  CHECK(past.ends());
  RawSocket endless = place.connect();
  REQUIRE(endless.send("POST / HTTP/1.1\r\nX: " + std::string(50000, 'x')));
  CHECK(status_in(endless.read_message()) == "431");
  CHECK(endless.ends());
  CHECK(place.request_count() == 1);
}

TEST_CASE("HttpServer reads chunked bodies however they are cut") {
  Place place;
  RawSocket client = place.connect();
  const std::string text =
      chunked_head() + chunk("hel") + "2;extension=1\r\nlo\r\n" + "0\r\nTrailer: x\r\n\r\n";
  for (const char octet : text) {
    REQUIRE(client.send({&octet, 1}));
  }
  CHECK(body_of(client.read_message()) == "hello");
}

TEST_CASE("HttpServer does not collect the head or the trailer of a chunk that has no end") {
  ServerSettings settings;
  settings.limits.http_header_bytes_max = 4096;
  Place place(settings);
  const std::string head =
      "POST /service HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* start : {"1;name=", "1\r\nx\r\n0\r\nName: "}) {
    RawSocket client = place.connect();
    REQUIRE(client.send(head + start));
    const std::string endless(65536, 'x');
    std::size_t taken = 0;
    while (taken < 64 && client.send(endless)) {
      ++taken;
    }
    CHECK(client.ends(std::chrono::seconds(5)));
  }
  CHECK(place.request_count() == 0);
}

TEST_CASE("HttpServer answers pipelined requests in order, and junk after them with 400") {
  Place place;
  RawSocket client = place.connect();
  REQUIRE(client.send(post_text("one") + post_text("two") + "junk\r\n\r\n"));
  CHECK(body_of(client.read_message()) == "one");
  CHECK(body_of(client.read_message()) == "two");
  CHECK(status_in(client.read_message()) == "400");
  CHECK(client.ends());
}

TEST_CASE("HttpServer says 100 Continue to those who wait for it") {
  Place place;
  RawSocket client = place.connect();
  REQUIRE(client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  CHECK(status_in(client.read_message()) == "100");
  REQUIRE(client.send("body"));
  CHECK(body_of(client.read_message()) == "body");
}

TEST_CASE("HttpServer gives a request http_exchange_ms_max to come, however slowly it drips") {
  Place place(with_limits([](Limits& limits) { limits.http_exchange_ms_max = 300; }));
  RawSocket client = place.connect();
  const auto start = std::chrono::steady_clock::now();
  bool is_open = client.send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");
  while (is_open && std::chrono::steady_clock::now() - start < std::chrono::seconds(10)) {
    std::this_thread::sleep_for(milliseconds(20));
    is_open = client.send("x");
  }
  const auto time = std::chrono::steady_clock::now() - start;
  CHECK(time >= milliseconds(300));
  CHECK(time < std::chrono::seconds(5));
  CHECK(place.request_count() == 0);
}

TEST_CASE("HttpServer closes a connection that is idle for http_idle_ms_max") {
  Place place(with_limits([](Limits& limits) { limits.http_idle_ms_max = 300; }));
  RawSocket fresh = place.connect();
  RawSocket used = place.connect();
  REQUIRE(used.send(post_text("x")));
  CHECK(status_in(used.read_message()) == "200");
  CHECK_FALSE(used.ends(milliseconds(150)));
  CHECK(fresh.ends(milliseconds(5000)));
  CHECK(used.ends(milliseconds(5000)));
}

TEST_CASE("HttpServer drops a client that does not read its answer") {
  Place place(with_limits([](Limits& limits) { limits.http_exchange_ms_max = 500; }));
  RawSocket client = place.connect();
  REQUIRE(client.send(post_text("x")));
  CHECK(status_in(client.read_message()) == "200");
  place.hold();
  REQUIRE(client.send(post_text("x")));
  place.answer(place.requests(2).back().exchange, {200, "text/xml", Bytes(64 << 20, 'x')});
  for (int i = 0; i < 100 && place.server().connections() != 0; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
  }
  place.on_loop([&] { CHECK(place.server().connections() == 0); });
}

TEST_CASE("HttpServer notices a client that goes before it is answered") {
  Place place;
  place.hold();
  RawSocket client = place.connect();
  REQUIRE(client.send(post_text("x")));
  const engine::ExchangeId exchange = place.requests(1).front().exchange;
  client.cut();
  CHECK(place.lost(1).front() == exchange);
  place.answer(exchange, {200, "text/xml", to_bytes("late")});  // harmless
  place.on_loop([&] {
    CHECK(place.server().connections() == 0);
    CHECK(place.server().open_exchanges() == 0);
  });
}

TEST_CASE("HttpServer never shows a request that was cut off") {
  Place place;
  const std::string whole = post_text("a body of some length");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    RawSocket client = place.connect();
    REQUIRE(client.send(whole.substr(0, size)));
    size % 2 == 0 ? client.cut() : client.end_sending();
    if (size % 2 != 0) {
      CHECK(client.ends());
    }
  }
  CHECK(place.request_count() == 0);
}

TEST_CASE("HttpServer answers 503 when the answer takes longer than http_exchange_ms_max") {
  Place place(with_limits([](Limits& limits) { limits.http_exchange_ms_max = 200; }));
  place.hold();
  RawSocket client = place.connect();
  REQUIRE(client.send(post_text("x")));
  const std::string answer = client.read_message();
  CHECK(status_in(answer) == "503");
  CHECK(answer.find("Retry-After: ") != std::string::npos);
  CHECK(place.lost(1).front() == place.requests(1).front().exchange);
  place.answer(place.requests(1).front().exchange, {200, "text/xml", to_bytes("late")});
  REQUIRE(client.send(post_text("y")));
  CHECK(status_in(client.read_message()) == "503");
}

TEST_CASE("HttpServer lets exchanges_max requests wait, and answers the next with 503") {
  ServerSettings settings;
  settings.exchanges_max = 3;
  Place place(settings);
  place.hold();
  std::vector<RawSocket> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(place.connect());
    REQUIRE(waiting.back().send(post_text("x")));
  }
  const auto requests = place.requests(3);
  RawSocket fourth = place.connect();
  REQUIRE(fourth.send(post_text("x")));
  CHECK(status_in(fourth.read_message()) == "503");
  place.answer(requests.front().exchange, {202, {}, {}});
  CHECK(status_in(waiting.front().read_message()) == "202");
  REQUIRE(fourth.send(post_text("x")));
  CHECK(place.requests(4).size() == 4);
}

TEST_CASE("HttpServer answers 503 for an application that is too busy") {
  Place place;
  place.refuse();
  RawSocket client = place.connect();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.send(post_text("x")));
    CHECK(status_in(client.read_message()) == "503");
  }
  place.on_loop([&] { CHECK(place.server().open_exchanges() == 0); });
}

TEST_CASE("HttpServer holds http_connections_max connections, and closes the next at once") {
  Place place(with_limits([](Limits& limits) { limits.http_connections_max = 2; }));
  std::vector<RawSocket> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(place.connect());
    REQUIRE(clients.back().send(post_text("x")));
    CHECK(status_in(clients.back().read_message()) == "200");
  }
  RawSocket third = place.connect();
  CHECK(third.ends());
  clients.pop_back();
  for (int i = 0; i < 100; ++i) {
    RawSocket again = place.connect();
    if (again.send(post_text("x")) && status_in(again.read_message()) == "200") {
      SUCCEED("a place became free");
      return;
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  FAIL("no place became free");
}

TEST_CASE("HttpServer answers in any order") {
  Place place;
  place.hold();
  RawSocket first = place.connect();
  REQUIRE(first.send(post_text("first")));
  place.requests(1);
  RawSocket second = place.connect();
  REQUIRE(second.send(post_text("second")));
  const auto requests = place.requests(2);
  place.answer(requests[1].exchange, {200, "text/xml", to_bytes("to the second")});
  CHECK(body_of(second.read_message()) == "to the second");
  place.answer(requests[0].exchange, {500, "text/xml", to_bytes("to the first")});
  const std::string answer = first.read_message();
  CHECK(status_in(answer) == "500");
  CHECK(body_of(answer) == "to the first");
}

TEST_CASE("HttpServer drains: open exchanges are answered, nothing new is taken") {
  Place place;
  place.hold();
  RawSocket idle = place.connect();
  RawSocket waiting = place.connect();
  REQUIRE(waiting.send(post_text("x")));
  const auto exchange = place.requests(1).front().exchange;
  std::promise<void> drained;
  const std::uint16_t port = place.port();
  place.on_loop(
      [&] { place.server().drain(std::chrono::seconds(10), [&] { drained.set_value(); }); });
  CHECK(idle.ends());
  RawSocket late(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in address = loopback(port);
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0);
  close(probe);
  auto done = drained.get_future();
  CHECK(done.wait_for(milliseconds(50)) == std::future_status::timeout);
  place.answer(exchange, {200, "text/xml", to_bytes("goodbye")});
  CHECK(body_of(waiting.read_message()) == "goodbye");
  CHECK(waiting.ends());
  CHECK(done.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
}

TEST_CASE("HttpServer closes what is left when draining takes too long") {
  Place place;
  place.hold();
  RawSocket client = place.connect();
  REQUIRE(client.send(post_text("x")));
  place.requests(1);
  std::promise<void> drained;
  place.on_loop([&] { place.server().drain(milliseconds(100), [&] { drained.set_value(); }); });
  CHECK(client.ends());
  CHECK(drained.get_future().wait_for(std::chrono::seconds(5)) == std::future_status::ready);
  CHECK(place.lost(1).size() == 1);
}

TEST_CASE("HttpServer serves some hundred connections at once") {
  Place place;
  std::vector<RawSocket> clients;
  for (int i = 0; i < 400; ++i) {
    clients.push_back(place.connect());
  }
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      REQUIRE(clients[i].send(post_text(std::to_string(i * 10 + static_cast<std::size_t>(round)))));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      CHECK(body_of(clients[i].read_message()) ==
            std::to_string(i * 10 + static_cast<std::size_t>(round)));
    }
  }
  place.on_loop([&] { CHECK(place.server().connections() == 400); });
}

TEST_CASE("HttpServer refuses to listen where it cannot") {
  Place place;
  IoLoop loop;
  const auto listen_at = [&](std::vector<ListenAddress> addresses) {
    ServerSettings settings;
    settings.listen = std::move(addresses);
    const auto listening = HttpServer::listen(loop, std::move(settings), {});
    REQUIRE_FALSE(listening);
    return listening.error().code();
  };
  CHECK(listen_at({{"127.0.0.1", place.port(), nullptr}}) == ErrorCode::network_failed);
  CHECK(listen_at({{"192.0.2.1", 0, nullptr}}) == ErrorCode::network_failed);
  CHECK(listen_at({{"nowhere", 0, nullptr}}) == ErrorCode::invalid_argument);
  CHECK(listen_at({}) == ErrorCode::invalid_argument);
}

TEST_CASE("HttpServer shows whole messages to a tap") {
  std::vector<std::string> seen;
  ServerSettings settings;
  settings.tap = [&](bool is_outgoing, std::string_view head, ByteView body) {
    seen.push_back((is_outgoing ? "out " : "in ") + std::string(head) + std::string(as_text(body)));
  };
  Place place(settings);
  RawSocket client = place.connect();
  const std::string request = post_text("hello");
  REQUIRE(client.send(request));
  const std::string answer = client.read_message();
  place.on_loop([&] { CHECK(seen == std::vector<std::string>{"in " + request, "out " + answer}); });
}
