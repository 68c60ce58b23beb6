#include "bindings/http/fetch.h"
#include "bindings/http/url.h"
#include "unit/http/place.h"

using namespace parley;
using namespace parley::http;

namespace {

/// Tells what was asked for; under "/none" there is nothing.
std::optional<Response> tell(const DocumentRequest& asked) {
  if (asked.path == "/none") {
    return std::nullopt;
  }
  return Response{200, "text/xml", to_bytes(asked.path + '|' + asked.query + '|' + asked.origin)};
}

std::string get_text(std::string_view target, std::string_view fields = "Host: h:81\r\n") {
  return "GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(fields) + "\r\n";
}

ErrorCode failure_of(std::string address, ClientSettings settings = {}) {
  const auto answer = fetch(std::move(address), std::move(settings));
  REQUIRE_FALSE(answer);
  return answer.error().code();
}

}  // namespace

TEST_CASE("HttpServer gives documents on kept connections, between other requests") {
  Place place({}, tell);
  RawSocket client = place.connect();
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.send(get_text("/service?wsdl") + get_text("/none") + post_text("x")));
    const std::string answer = client.read_message();
    CHECK(status_in(answer) == "200");
    CHECK(answer.find("Content-Type: text/xml") != std::string::npos);
    CHECK(body_of(answer) == "/service|wsdl|http://h:81");
    CHECK(status_in(client.read_message()) == "404");
    CHECK(body_of(client.read_message()) == "x");
  }
  CHECK(place.request_count() == 2);
}

TEST_CASE("HttpServer believes a Host that can be one, and passes on no other") {
  Place place({}, tell);
  const auto origin_for = [&](const std::string& fields) {
    RawSocket client = place.connect();
    REQUIRE(client.send(get_text("/s", fields)));
    const std::string body = body_of(client.read_message());
    return body.substr(body.rfind('|') + 1);
  };
  CHECK(origin_for("Host: example.org\r\n") == "http://example.org");
  CHECK(origin_for("Host: [::1]:8080\r\n") == "http://[::1]:8080");
  CHECK(origin_for("") == "");
  CHECK(origin_for("Host: a/b\r\n") == "");
  CHECK(origin_for("Host: a\"b\r\n") == "");
  CHECK(origin_for("Host: a<b\r\n") == "");
  CHECK(origin_for("Host: u@a\r\n") == "");
  CHECK(origin_for("Host: a:b\r\n") == "");
  CHECK(origin_for("Host: " + std::string(255, 'a') + "\r\n") == "http://" + std::string(255, 'a'));
  CHECK(origin_for("Host: " + std::string(256, 'a') + "\r\n") == "");
}

TEST_CASE("HttpServer takes a GET for a POST of nothing, where something follows") {
  Place place({}, tell);
  for (const std::string fields : {"Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RawSocket client = place.connect();
    REQUIRE(client.send(get_text("/s", "Host: h\r\n" + fields) + "abc" + get_text("/s")));
    CHECK(status_in(client.read_message()) == "200");
    CHECK(client.read_message().empty());
    CHECK(client.ends());
  }
}

TEST_CASE("HttpServer with documents names both methods to who uses another") {
  Place place({}, tell);
  RawSocket client = place.connect();
  REQUIRE(client.send("PUT /s HTTP/1.1\r\nHost: h\r\n\r\n"));
  const std::string answer = client.read_message();
  CHECK(status_in(answer) == "405");
  CHECK(answer.find("Allow: GET, POST") != std::string::npos);
}

TEST_CASE("A document is fetched within its bounds, and any failure is told") {
  Place place({}, tell);
  const auto answer = fetch(place.address() + "?wsdl", {});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(as_text(answer->bytes) == "/service|wsdl|http://localhost:" + std::to_string(place.port()));
  CHECK(fetch("http://localhost:" + std::to_string(place.port()) + "/none", {})->status == 404);
  CHECK(failure_of("ftp://localhost/x") == ErrorCode::invalid_argument);

  ClientSettings exact;
  exact.limits.envelope_bytes_max = answer->bytes.size();
  CHECK(fetch(place.address() + "?wsdl", exact));
  exact.limits.envelope_bytes_max -= 1;
  CHECK(failure_of(place.address() + "?wsdl", exact) == ErrorCode::limit_exceeded);

  RawListener silent;
  ClientSettings short_time;
  short_time.limits.http_exchange_ms_max = 100;
  CHECK(failure_of("http://127.0.0.1:" + std::to_string(silent.port()) + "/", short_time) ==
        ErrorCode::timed_out);
}

TEST_CASE("References in a document are resolved by where it came from") {
  const std::string base = "http://h:8080/a/b?wsdl";
  const auto resolved = [&](std::string_view reference) {
    const auto url = resolve_url(base, reference);
    return url ? *url : std::string("refused");
  };
  CHECK(resolved("https://x/y?z#t") == "https://x/y?z");
  CHECK(resolved("//x/y") == "http://x/y");
  CHECK(resolved("/y") == "http://h:8080/y");
  CHECK(resolved("y?xsd=1") == "http://h:8080/a/y?xsd=1");
  CHECK(resolved("?xsd=1") == "http://h:8080/a/b?xsd=1");
  CHECK(resolved("file:///etc/passwd") == "refused");
  CHECK(resolved("y z") == "refused");
  CHECK(*resolve_url("http://h", "y") == "http://h/y");
  CHECK(*resolve_url("http://h?q", "y") == "http://h/y");
  CHECK_FALSE(resolve_url("y", "http://h/"));
}
