#include <thread>

#include "unit/http/place.h"

using namespace parley;
using namespace parley::http;
using std::chrono::milliseconds;

namespace {

std::string answer_text(std::string_view body, std::string_view fields = {}) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string address_of(const RawListener& listener) {
  return "http://127.0.0.1:" + std::to_string(listener.port()) + "/x?y=z";
}

ErrorCode error_of(std::future<Result<PostAnswer>>& answer) {
  REQUIRE(answer.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  const auto result = answer.get();
  REQUIRE_FALSE(result);
  return result.error().code();
}

}  // namespace

TEST_CASE("HttpClient sends a request and brings the answer back, over one kept connection") {
  Place place;
  HttpClient& client = place.make_client();
  for (int i = 0; i < 5; ++i) {
    const auto answer = place.ask(place.address(), to_bytes(std::to_string(i)));
    REQUIRE(answer);
    CHECK(answer->response.status == 200);
    CHECK(answer->response.content_type == "text/xml");
    CHECK(as_text(answer->response.bytes) == std::to_string(i));
    CHECK_FALSE(answer->channel.is_confidential);
  }
  place.on_loop([&] {
    CHECK(client.connections() == 1);
    CHECK(place.server().connections() == 1);
  });
  const Request request = place.requests(1).front();
  CHECK(request.path == "/service");
  CHECK(request.content_type == "text/xml");
  CHECK(request.soap_action == "urn:action");
}

TEST_CASE("HttpClient writes SOAPAction for SOAP 1.1 alone") {
  RawListener listener;
  Place place;
  const auto send = [&](std::string type, std::string action) {
    HttpClient& client = place.make_client();  // a fresh connection each time
    place.on_loop([&] {
      client.post({address_of(listener), std::move(type), std::move(action), to_bytes("b")},
                  [](const Result<PostAnswer>&) {});
    });
    return listener.accept().read_message();
  };
  CHECK(send("text/xml", "urn:a").find("SOAPAction: \"urn:a\"\r\n") != std::string::npos);
  CHECK(send("text/xml", "").find("SOAPAction: \"\"\r\n") != std::string::npos);
  CHECK(send("application/soap+xml", "").find("SOAPAction") == std::string::npos);
  const std::string package = "multipart/related; type=\"application/xop+xml\"; start-info=";
  CHECK(send(package + "\"text/xml\"", "").find("SOAPAction: \"\"\r\n") != std::string::npos);
  CHECK(send(package + "\"application/soap+xml\"", "").find("SOAPAction") == std::string::npos);
}

TEST_CASE("HttpClient holds connections_per_address_max connections, and queues queue_max more") {
  Place place;
  place.hold();
  ClientSettings settings;
  settings.connections_per_address_max = 2;
  settings.queue_max = 1;
  HttpClient& client = place.make_client(settings);
  auto first = place.post(place.address(), to_bytes("1"));
  auto second = place.post(place.address(), to_bytes("2"));
  auto third = place.post(place.address(), to_bytes("3"));
  auto fourth = place.post(place.address(), to_bytes("4"));
  CHECK(error_of(fourth) == ErrorCode::busy);
  const auto requests = place.requests(2);
  place.on_loop([&] { CHECK(client.connections() == 2); });
  place.answer(requests[0].exchange, {202, {}, {}});
  CHECK(as_text(place.requests(3)[2].bytes) == "3");
  place.answer(place.requests(3)[1].exchange, {202, {}, {}});
  place.answer(place.requests(3)[2].exchange, {202, {}, {}});
  for (auto* answer : {&first, &second, &third}) {
    const auto result = answer->get();
    REQUIRE(result);
    CHECK(result->response.status == 202);
    CHECK(result->response.bytes.empty());
  }
}

TEST_CASE("HttpClient replaces a kept connection that the server had closed (IB-131)") {
  RawListener listener;
  Place place;
  place.make_client();
  auto first = place.post(address_of(listener), to_bytes("one"));
  {
    RawSocket server = listener.accept();
    CHECK(body_of(server.read_message()) == "one");
    REQUIRE(server.send(answer_text("1")));
    CHECK(first.get().has_value());
  }
  auto second = place.post(address_of(listener), to_bytes("two"));
  RawSocket server = listener.accept();
  CHECK(body_of(server.read_message()) == "two");
  REQUIRE(server.send(answer_text("2")));
  const auto answer = second.get();
  REQUIRE(answer);
  CHECK(as_text(answer->response.bytes) == "2");
}

TEST_CASE("HttpClient does not repeat a request of its own accord on a fresh connection") {
  RawListener listener;
  Place place;
  place.make_client();
  auto cut_at_once = place.post(address_of(listener), to_bytes("one"));
  {
    RawSocket server = listener.accept();
    CHECK(body_of(server.read_message()) == "one");
  }
  CHECK(error_of(cut_at_once) == ErrorCode::network_failed);
  auto cut_in_answer = place.post(address_of(listener), to_bytes("two"));
  {
    RawSocket server = listener.accept();
    CHECK(body_of(server.read_message()) == "two");
    REQUIRE(server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  }
  CHECK(error_of(cut_in_answer) == ErrorCode::network_failed);
  CHECK_FALSE(listener.has_another(milliseconds(200)));
}

TEST_CASE("HttpClient says when nobody listens") {
  std::uint16_t port = 0;
  {
    RawListener gone;
    port = gone.port();
  }
  Place place;
  place.make_client();
  auto answer = place.post("http://127.0.0.1:" + std::to_string(port) + "/", to_bytes("x"));
  CHECK(error_of(answer) == ErrorCode::network_failed);
  auto unknown = place.post("http://no-such-host.invalid/", to_bytes("x"));
  CHECK(error_of(unknown) == ErrorCode::network_failed);
}

TEST_CASE("HttpClient takes an answer at its limits, and nothing above") {
  RawListener listener;
  Place place;
  ClientSettings settings;
  settings.limits.envelope_bytes_max = 1000;
  settings.limits.http_header_bytes_max = 500;
  place.make_client(settings);
  const auto answer_with = [&](const std::string& text) {
    auto answer = place.post(address_of(listener), to_bytes("x"));
    RawSocket server = listener.accept();
    server.read_message();
    server.send(text);
    REQUIRE(answer.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    return answer.get();
  };
  const std::string close = "Connection: close\r\n";
  const auto padded = [&](std::size_t head_size) {
    const std::string bare = answer_text("x", close + "X: \r\n");
    return answer_text("x",
                       close + "X: " + std::string(head_size - (bare.size() - 1), 'x') + "\r\n");
  };
  CHECK(answer_with(answer_text(std::string(1000, 'x'), close)));
  CHECK(answer_with(padded(500)));
  for (const std::string& above : {answer_text(std::string(1001, 'x'), close), padded(501)}) {
    const auto answer = answer_with(above);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == ErrorCode::limit_exceeded);
  }
}

TEST_CASE("HttpClient does not collect the head of a chunk that has no end") {
  Place place;
  RawListener listener;
  ClientSettings settings;
  settings.limits.http_header_bytes_max = 4096;
  place.make_client(settings);
  auto answer = place.post("http://127.0.0.1:" + std::to_string(listener.port()) + "/service",
                           to_bytes("question"));
  RawSocket peer = listener.accept();
  CHECK_FALSE(peer.read_message().empty());
  peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;name=");
  const std::string endless(65536, 'x');
  std::size_t taken = 0;
  while (taken < 64 && peer.send(endless)) {
    ++taken;
  }
  REQUIRE(answer.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
  const auto said = answer.get();
  REQUIRE_FALSE(said);
  CHECK(said.error().code() == ErrorCode::limit_exceeded);
}

TEST_CASE("HttpClient gives up a request without an answer after http_exchange_ms_max") {
  RawListener listener;
  Place place;
  ClientSettings settings;
  settings.limits.http_exchange_ms_max = 200;
  HttpClient& client = place.make_client(settings);
  auto answer = place.post(address_of(listener), to_bytes("x"));
  RawSocket server = listener.accept();
  CHECK(error_of(answer) == ErrorCode::timed_out);
  CHECK(server.ends());
  place.on_loop([&] { CHECK(client.connections() == 0); });
}

TEST_CASE("HttpClient closes a connection that is idle for http_idle_ms_max") {
  Place place;
  ClientSettings settings;
  settings.limits.http_idle_ms_max = 200;
  HttpClient& client = place.make_client(settings);
  CHECK(place.ask(place.address()));
  place.on_loop([&] { CHECK(client.connections() == 1); });
  for (int i = 0; i < 100 && client.connections() != 0; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  place.on_loop([&] { CHECK(client.connections() == 0); });
}

TEST_CASE("HttpClient takes only http and https addresses") {
  Place place;
  place.make_client();
  for (const std::string bad :
       {"", "ftp://h/", "http://", "http://u@h/", "http://h:0x1/", "http://h:99999/", "http://h/ x",
        "http://h/\r\nX: y", "//h/", "http://[::1/"}) {
    CAPTURE(bad);
    auto answer = place.post(bad, to_bytes("x"));
    CHECK(error_of(answer) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("HttpClient brings back answers of every status") {
  Place place;
  place.hold();
  place.make_client();
  std::size_t count = 0;
  for (const unsigned status : {200U, 202U, 400U, 404U, 500U, 503U}) {
    auto answer = place.post(place.address(), to_bytes("x"));
    place.answer(place.requests(++count).back().exchange, {status, "text/xml", to_bytes("body")});
    const auto result = answer.get();
    REQUIRE(result);
    CHECK(result->response.status == status);
    CHECK(as_text(result->response.bytes) == "body");
  }
}

TEST_CASE("HttpClient calls nobody back once it is gone") {
  Place place;
  place.hold();
  place.make_client();
  auto answer = place.post(place.address(), to_bytes("x"));
  place.requests(1);
  place.drop_client();
  CHECK(place.lost(1).size() == 1);
  // The promise went with the callback, unfulfilled.
  CHECK_THROWS_AS(answer.get(), std::future_error);
}

TEST_CASE("HttpClient carries some hundred requests at once") {
  Place place;
  place.make_client();
  std::vector<std::future<Result<PostAnswer>>> answers;
  for (int i = 0; i < 500; ++i) {
    answers.push_back(place.post(place.address(), to_bytes(std::to_string(i))));
  }
  for (int i = 0; i < 500; ++i) {
    const auto answer = answers[static_cast<std::size_t>(i)].get();
    REQUIRE(answer);
    CHECK(as_text(answer->response.bytes) == std::to_string(i));
  }
}
