#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/cells/played_peers.h"

// What our client makes of services of other stacks. The numbers IB-… are those of the notes on how
// these stacks behave; each case writes what such a stack writes.

using namespace parley;
using engine::TicketStatus;
using sequences::RmVersion;
using store::ReportKind;
using test::plain_profile;
using test::PlayedService;
using test::Stack;

namespace {

constexpr RmVersion kVersions[] = {RmVersion::rm_1_0, RmVersion::rm_1_1};
constexpr const char* kHere = "https://localhost:9700/service";
constexpr const char* kDnse = "http://schemas.microsoft.com/ws/2006/05/security";

std::size_t count(const PlayedService& service, ReportKind kind) {
  return static_cast<std::size_t>(
      std::count_if(service.pair.reports.begin(), service.pair.reports.end(),
                    [&](const auto& report) { return report.kind == kind; }));
}

/// An acknowledgement alone.
test::PeerText::Parts acknowledged(const PlayedService& service,
                                   std::string_view ranges,
                                   const std::string& more = "") {
  return {.action = "/SequenceAcknowledgement",
          .rm_headers = service.text.acknowledgement("urn:created", ranges, more)};
}

test::PeerText::Parts fault(const PlayedService& service,
                            const std::string& ns,
                            const std::string& subcode) {
  return {.action = "http://www.w3.org/2005/08/addressing/fault",
          .body = service.text.fault(ns, subcode)};
}

}  // namespace

TEST_CASE(
    "Nothing is made before there is something to say; then all in one order (IB-011, IB-077)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::metro, plain_profile(rm));
    CHECK_FALSE(service.next_if_any());
    service.pair.tell();
    const auto create = service.next();
    CHECK(create.sent.action.ends_with("/CreateSequence"));
    // IB-091: an Offer of 1.1 has its Endpoint.
    CHECK((create.text.find("Endpoint>") != std::string::npos) == (rm == RmVersion::rm_1_1));
    CHECK_FALSE(service.next_if_any());
  }
}

TEST_CASE(
    "An Offer is declined by no Accept, or by one that leads nowhere (IB-051, RM-022, RM-023)") {
  for (const RmVersion rm : kVersions) {
    for (const std::string accept : {"", "none"}) {
      CAPTURE(accept);
      PlayedService service(Stack::cxf, plain_profile(rm));
      service.pair.tell();
      service.create(accept);
      const auto note = service.next();
      REQUIRE(note.report.rm.sequence);
      CHECK(note.report.rm.sequence->identifier == "urn:created");
      service.answer(note, acknowledged(service, "1-1"));
      CHECK(service.pair.status_of(1) == TicketStatus::settled);
    }
  }
}

TEST_CASE("What is accepted without a word is acknowledged on a later answer (IB-055)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::cxf, plain_profile(rm));
    service.pair.tell();
    service.pair.tell();
    service.create(kHere);
    service.accept(service.next());
    CHECK(service.pair.status_of(1) == TicketStatus::sent);
    service.answer(service.next(), acknowledged(service, "1-2", "<r:None/>"));
    CHECK(service.pair.status_of(1) == TicketStatus::settled);
    CHECK(service.pair.status_of(2) == TicketStatus::settled);
  }
}

TEST_CASE(
    "Nothing received, and less than was told before, take nothing back (IB-020, IB-021, IB-052)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::wcf, plain_profile(rm));
    service.pair.tell();
    service.pair.tell();
    service.create(kHere);
    const auto first = service.next();
    if (rm == RmVersion::rm_1_0) {
      service.answer(first, acknowledged(service, "0-0"));
    } else {
      service.answer(first, acknowledged(service, "", "<r:None/>"));
    }
    CHECK(service.pair.status_of(1) == TicketStatus::sent);
    service.answer(service.next(), acknowledged(service, "1-2"));
    CHECK(service.pair.status_of(2) == TicketStatus::settled);
    service.pair.tell();
    service.answer(service.next(), acknowledged(service, "1-1"));  // a late one
    CHECK(service.pair.status_of(2) == TicketStatus::settled);
    CHECK(service.pair.status_of(3) == TicketStatus::sent);
    CHECK(service.pair.reports.empty());
  }
}

TEST_CASE(
    "An acknowledgement of what was not sent, or upside down, settles nothing (IB-022, IB-094)") {
  for (const RmVersion rm : kVersions) {
    for (const char* ranges : {"1-9", "3-2"}) {
      PlayedService service(Stack::sandesha2, plain_profile(rm));
      service.pair.tell();
      service.create(kHere);
      service.answer(service.next(), acknowledged(service, ranges));
      CHECK(service.pair.status_of(1) == TicketStatus::sent);
    }
  }
}

TEST_CASE("A Nack of Metro's kind acknowledges nothing (IB-072)") {
  engine::Profile profile = plain_profile(RmVersion::rm_1_1);
  profile.rm_settings.nack_read = 0;
  PlayedService service(Stack::metro, profile);
  service.pair.tell();
  service.pair.tell();
  service.create(kHere);
  service.accept(service.next());
  service.answer(service.next(), acknowledged(service, "", "<r:Nack>2</r:Nack>"));
  CHECK(service.pair.status_of(1) == TicketStatus::sent);
  CHECK(service.pair.status_of(2) == TicketStatus::sent);
}

TEST_CASE("Close and Terminate tell one last number, after all is acknowledged (IB-023, IB-032)") {
  PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_1));
  service.pair.tell();
  service.pair.tell();
  service.pair.close();
  service.create(kHere);
  service.accept(service.next());
  const auto second = service.next();
  CHECK_FALSE(service.next_if_any());  // no Close before the acknowledgement
  service.answer(second, acknowledged(service, "1-2"));
  const auto close = service.next();
  CHECK(close.sent.action.ends_with("/CloseSequence"));
  CHECK(close.text.find("LastMsgNumber>2<") != std::string::npos);
  service.answer(close,
                 {.action = "/CloseSequenceResponse",
                  .rm_headers = service.text.acknowledgement("urn:created", "1-2", "<r:Final/>"),
                  .body = service.text.lifecycle("CloseSequenceResponse", "urn:created")});
  const auto terminate = service.next();
  CHECK(terminate.sent.action.ends_with("/TerminateSequence"));
  CHECK(terminate.text.find("LastMsgNumber>2<") != std::string::npos);
  service.answer(terminate,
                 {.action = "/TerminateSequenceResponse",
                  .body = service.text.lifecycle("TerminateSequenceResponse", "urn:created")});
  CHECK(count(service, ReportKind::conversation_ended) == 1);
  CHECK(service.pair.reports.size() == 1);
}

TEST_CASE("A sequence that is not known any more has been terminated (IB-035, RM-066)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::wcf, plain_profile(rm));
    service.pair.tell();
    service.pair.close();
    service.create(kHere);
    service.answer(service.next(), acknowledged(service, "1-1"));
    auto request = service.next();
    if (rm == RmVersion::rm_1_1) {
      service.answer(
          request, {.action = "/CloseSequenceResponse",
                    .rm_headers = service.text.acknowledgement("urn:created", "1-1", "<r:Final/>"),
                    .body = service.text.lifecycle("CloseSequenceResponse", "urn:created")});
    } else {
      service.answer(request, acknowledged(service, "1-2"));
    }
    request = service.next();
    CHECK(request.sent.action.ends_with("/TerminateSequence"));
    service.answer(request, fault(service, service.text.rm(), "UnknownSequence"));
    CHECK(count(service, ReportKind::conversation_ended) == 1);
    CHECK(service.pair.reports.size() == 1);
  }
}

TEST_CASE(
    "Terminate in 1.0 may be answered by an acknowledgement, or by another Terminate (IB-104, "
    "RM-154)") {
  for (const bool by_acknowledgement : {true, false}) {
    PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_0));
    service.pair.tell();
    service.pair.close();
    const std::string offered = service.create(kHere);
    service.answer(service.next(), acknowledged(service, "1-1"));
    service.answer(service.next(), acknowledged(service, "1-2"));
    const auto terminate = service.next();
    REQUIRE(terminate.sent.action.ends_with("/TerminateSequence"));
    if (by_acknowledgement) {
      service.answer(terminate, acknowledged(service, "1-2"));
    } else {
      service.answer(terminate, {.action = "/TerminateSequence",
                                 .body = service.text.lifecycle("TerminateSequence", offered)});
    }
    CHECK(count(service, ReportKind::conversation_ended) == 1);
  }
}

TEST_CASE(
    "A fault ends the sequence: what is not acknowledged is of unknown outcome (IB-033, IB-034, "
    "IB-053)") {
  for (const RmVersion rm : kVersions) {
    for (const char* subcode : {"SequenceTerminated", "UnknownSequence"}) {
      CAPTURE(subcode);
      PlayedService service(Stack::wcf, plain_profile(rm));
      service.pair.tell();
      service.pair.tell();
      service.create(kHere);
      service.answer(service.next(), acknowledged(service, "1-1"));
      test::PeerText::Parts parts = fault(service, service.text.rm(), subcode);
      parts.action = rm == RmVersion::rm_1_1 ? "/fault" : parts.action;
      parts.body = service.text.fault(service.text.rm(), subcode,
                                      "<r:Identifier>urn:created</r:Identifier>");
      service.answer(service.next(), parts);
      CHECK(service.pair.status_of(1) == TicketStatus::settled);
      REQUIRE(count(service, ReportKind::outcome_unknown) == 1);
      const auto unknown = std::find_if(
          service.pair.reports.begin(), service.pair.reports.end(),
          [](const auto& report) { return report.kind == ReportKind::outcome_unknown; });
      CHECK(unknown->ticket == engine::Ticket{2});
      // What is sent from now on goes on a new sequence.
      service.pair.tell();
      CHECK(service.next().sent.action.ends_with("/CreateSequence"));
    }
  }
}

TEST_CASE("WSRMRequired is understood in both spellings (IB-036, RM-097)") {
  for (const char* subcode : {"WSRMRequired", "WsrmRequired"}) {
    PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_1));
    service.pair.tell();
    service.create(kHere);
    service.pair.events.clear();
    service.answer(service.next(), fault(service, service.text.rm(), subcode));
    const bool is_told = std::any_of(
        service.pair.events.begin(), service.pair.events.end(),
        [](const engine::Event& event) { return event.reason == ErrorCode::rm_required; });
    CHECK(is_told);
  }
}

TEST_CASE(
    "What never came, and pages of a proxy, are lost messages and no more (IB-037, IB-130, "
    "IB-131)") {
  for (const bool is_page : {true, false}) {
    PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_1));
    service.pair.tell();
    service.create(kHere);
    const auto first = service.next();
    if (is_page) {
      service.pair.give_client(first.sent.request,
                               to_bytes("<html><body>502 Bad Gateway</body></html>"), "text/html",
                               {});
    } else {
      service.pair.client.engine().request_failed(first.sent.request, service.pair.now);
    }
    CHECK(service.pair.reports.empty());
    service.pair.pass(std::chrono::seconds(10));
    const auto again = service.next();
    REQUIRE(again.report.rm.sequence);
    CHECK(again.report.rm.sequence->number == 1);
    CHECK(again.report.addressing.message_id == first.report.addressing.message_id);
    service.answer(again, acknowledged(service, "1-1"));
    CHECK(service.pair.status_of(1) == TicketStatus::settled);
  }
}

TEST_CASE("A copy that gets its acknowledgement and no reply is asked again (IB-056)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::cxf, plain_profile(rm));
    service.pair.ask();
    service.create(kHere);
    service.pair.client.engine().request_failed(service.next().sent.request, service.pair.now);
    for (int i = 0; i < 3; ++i) {
      service.pair.pass(std::chrono::seconds(120));
      const auto copy = service.next();
      REQUIRE(copy.report.rm.sequence);
      CHECK(copy.report.rm.sequence->number == 1);
      service.answer(copy, acknowledged(service, "1-1"));
      CHECK(service.pair.status_of(1) == TicketStatus::sent);
    }
  }
}

TEST_CASE("A silent service is asked for a sign of life (IB-012)") {
  for (const RmVersion rm : kVersions) {
    PlayedService service(Stack::wcf, plain_profile(rm));
    service.pair.tell();
    service.create(kHere);
    service.answer(service.next(), acknowledged(service, "1-1"));
    service.pair.pass(std::chrono::minutes(6));
    const auto asked = service.next();
    CHECK(asked.sent.action.ends_with("/AckRequested"));
    service.answer(asked, acknowledged(service, "1-1"));
    CHECK(service.pair.reports.empty());
  }
}

TEST_CASE("Free places are heeded: with none left nothing new is sent (RM-121, IB-102)") {
  PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_1));
  service.pair.tell();
  service.create(kHere);
  const std::string none =
      "<netrm:BufferRemaining xmlns:netrm=\"http://schemas.microsoft.com/ws/2006/05/rm\">0"
      "</netrm:BufferRemaining>";
  service.answer(service.next(), acknowledged(service, "1-1", none));
  service.pair.tell();
  CHECK_FALSE(service.next_if_any());
}

TEST_CASE("The faults of a session's own layer are known by their names (IB-038)") {
  constexpr std::pair<const char*, ErrorCode> kFaults[] = {
      {"SecuritySessionAborted", ErrorCode::context_unknown},
      {"ServerTooBusy", ErrorCode::endpoint_unavailable},
      {"SecureConversationCancellationNotAllowed", ErrorCode::peer_fault}};
  for (const auto& [subcode, code] : kFaults) {
    CAPTURE(subcode);
    PlayedService service(Stack::wcf, plain_profile(RmVersion::rm_1_1));
    service.pair.tell();
    service.create(kHere);
    service.pair.events.clear();
    service.answer(service.next(), fault(service, kDnse, subcode));
    const bool is_told =
        std::any_of(service.pair.events.begin(), service.pair.events.end(),
                    [c = code](const engine::Event& event) { return event.reason == c; });
    CHECK(is_told);
  }
}
