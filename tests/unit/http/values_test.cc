#include "bindings/http/status.h"
#include "bindings/http/url.h"
#include "cli/relay/fault_plan.h"
#include "cli/relay/http_frame.h"
#include "tests/support/catch_pch.h"

using namespace parley;
using namespace parley::http;

TEST_CASE("A URL gives what a client needs") {
  const auto is = [](std::string_view text, bool is_tls, std::string_view host,
                     std::string_view port, std::string_view target) {
    CAPTURE(text);
    const auto url = parse_url(text);
    REQUIRE(url);
    CHECK(url->is_tls == is_tls);
    CHECK(url->host == host);
    CHECK(url->port == port);
    CHECK(url->target == target);
  };
  is("http://example.org", false, "example.org", "80", "/");
  is("https://example.org/a/b?c=d#e", true, "example.org", "443", "/a/b?c=d");
  is("http://h:8080?q", false, "h", "8080", "/?q");
  is("http://[::1]:81/x", false, "::1", "81", "/x");
  CHECK(parse_url("http://a/")->key() != parse_url("https://a/")->key());
  CHECK(parse_url("http://a/x")->key() == parse_url("http://a:80/y")->key());
}

TEST_CASE("The status of an answer follows its kind and its SOAP version") {
  using engine::AnswerKind;
  CHECK(status_of(AnswerKind::message, "text/xml") == 200);
  CHECK(status_of(AnswerKind::accepted, "") == 202);
  CHECK(status_of(AnswerKind::sender_fault, "text/xml; charset=utf-8") == 500);
  CHECK(status_of(AnswerKind::sender_fault, "application/soap+xml") == 400);
  CHECK(status_of(AnswerKind::receiver_fault, "application/soap+xml") == 500);
  // MTOM: the version is that of the envelope, whatever an action looks like.
  const std::string package = "multipart/related; type=\"application/xop+xml\"; boundary=\"b\"; ";
  CHECK(status_of(AnswerKind::sender_fault, package + "start-info=\"text/xml\"") == 500);
  CHECK(status_of(AnswerKind::sender_fault, package + "start-info=\"application/soap+xml\"") ==
        400);
  CHECK(status_of(AnswerKind::sender_fault, package + "start-info=\"application/soap+xml\"; "
                                                      "action=\"start-info=\\\"text/xml\\\"\"") ==
        400);
  CHECK(status_of(AnswerKind::unavailable, "") == 503);
}

TEST_CASE("Only SOAP, or an empty success, is an answer of the peer's stack") {
  CHECK(is_soap_answer(200, "", true));
  CHECK(is_soap_answer(202, "text/plain", true));
  CHECK(is_soap_answer(500, "text/xml;charset=utf-8", false));
  CHECK(is_soap_answer(400, "Application/SOAP+XML; action=x", false));
  CHECK(is_soap_answer(200, "multipart/related; type=x", false));
  CHECK_FALSE(is_soap_answer(503, "", true));
  CHECK_FALSE(is_soap_answer(302, "", true));
  CHECK_FALSE(is_soap_answer(200, "text/html", false));
  CHECK_FALSE(is_soap_answer(200, "text/xmlish", false));
  CHECK_FALSE(is_soap_answer(200, "", false));
}

TEST_CASE("The relay finds the end of an HTTP message") {
  using cli::first_frame;
  const auto size_of = [](std::string_view text, bool has_ended = false) {
    const auto frame = first_frame(text, has_ended);
    REQUIRE(frame);
    return frame->has_value() ? (*frame)->size : 0;
  };
  const std::string with_length = "POST / HTTP/1.1\r\ncontent-length:  3 \r\n\r\nabc";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n" + chunked;
  for (const std::string& whole : {with_length, chunked, interim}) {
    CHECK(size_of(whole + "next") == whole.size());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CHECK(size_of(whole.substr(0, size)) == 0);
    }
  }
  const std::string until_end = "HTTP/1.1 200 OK\r\n\r\nabc";
  CHECK(size_of(until_end) == 0);
  CHECK(size_of(until_end, true) == until_end.size());
  CHECK(size_of("HTTP/1.1 204 No Content\r\n\r\n") != 0);
  CHECK_FALSE(first_frame("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", false));
  CHECK_FALSE(first_frame("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", false));
  CHECK_FALSE(
      (*first_frame("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", false))
          ->keeps_alive);
}

TEST_CASE("The relay's faults repeat with their seed, and are as frequent as they should be") {
  using namespace cli;
  FaultSettings settings;
  settings.seed = GENERATE(1U, 2U, 77U);
  const FaultPlan plan(settings);
  FaultSettings other_settings = settings;
  ++other_settings.seed;
  const FaultPlan other(other_settings);
  std::uint64_t drops = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t cuts = 0;
  std::uint64_t different = 0;
  for (std::uint64_t number = 0; number < 20000; ++number) {
    const Verdict verdict = plan.judge(Direction::request, number);
    CHECK(verdict.fate == plan.judge(Direction::request, number).fate);
    drops += verdict.fate == Fate::drop ? 1 : 0;
    duplicates += verdict.fate == Fate::duplicate ? 1 : 0;
    cuts += verdict.fate == Fate::cut ? 1 : 0;
    different += verdict.fate != other.judge(Direction::request, number).fate ? 1 : 0;
    CHECK(plan.judge(Direction::response, number).fate != Fate::duplicate);
  }
  CHECK(drops == Approx(3000).epsilon(0.1));
  CHECK(duplicates == Approx(2000).epsilon(0.1));
  CHECK(cuts == Approx(400).epsilon(0.2));
  CHECK(different > 5000);
}
