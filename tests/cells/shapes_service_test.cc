#include <catch2/catch.hpp>

#include "tests/cells/played_peers.h"

// What our service makes of clients of other stacks. The numbers IB-… are those of the notes on how
// these stacks behave; each case writes what such a stack writes.

using namespace parley;
using engine::SoapVersion;
using sequences::RmVersion;
using test::between;
using test::plain_profile;
using test::PlayedClient;
using test::Stack;

namespace {

constexpr Stack kStacks[] = {Stack::wcf, Stack::cxf, Stack::metro, Stack::sandesha2};
constexpr RmVersion kVersions[] = {RmVersion::rm_1_0, RmVersion::rm_1_1};

/// Of a CreateSequenceResponse.
std::string identifier_in(const std::string& text) {
  const std::size_t body = text.find("CreateSequenceResponse xmlns");
  return body == std::string::npos ? "" : between(text.substr(body), "Identifier>", "<");
}

/// Without the optional habits of ours.
engine::Profile quiet(RmVersion rm) {
  engine::Profile profile = plain_profile(rm);
  profile.rm_settings.buffer_remaining_send = 0;
  return profile;
}

}  // namespace

TEST_CASE(
    "Whatever prefixes and order of headers a stack has, its messages are read (IB-002, IB-026)") {
  for (const Stack stack : kStacks) {
    for (const RmVersion rm : kVersions) {
      for (const SoapVersion soap : {SoapVersion::soap_1_1, SoapVersion::soap_1_2}) {
        CAPTURE(name_of(stack), static_cast<int>(rm), static_cast<int>(soap));
        PlayedClient client(stack, plain_profile(rm, soap));
        const std::string sequence = client.create();
        REQUIRE_FALSE(sequence.empty());
        // IB-026: an acknowledgement on the answer to every one-way request.
        for (const std::uint64_t number : {1u, 2u}) {
          const auto got = client.tell(sequence, number);
          CHECK(got.reaction.deliveries.size() == 1);
          CHECK(got.acknowledged() == "1-" + std::to_string(number));
        }
        const auto asked = client.ask(sequence, 3);
        CHECK(asked.report.addressing.action == test::CellPair::kReplyAction);
        CHECK(asked.acknowledged() == "1-3");
        REQUIRE(asked.report.rm.sequence);
        CHECK(asked.report.rm.sequence->identifier == "urn:offer");
      }
    }
  }
}

TEST_CASE(
    "A gap is told at once, each acknowledgement tells all, and none has a Nack (IB-025, IB-072, "
    "IB-076)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::metro, quiet(rm));
    const std::string sequence = client.create();
    CHECK(client.tell(sequence, 1).acknowledged() == "1-1");
    const auto gap = client.tell(sequence, 4);
    CHECK(gap.acknowledged() == "1-1 4-4");
    CHECK(gap.text.find("Nack") == std::string::npos);
    CHECK(gap.text.find("BufferRemaining") == std::string::npos);  // IB-073
    CHECK(client.tell(sequence, 3).acknowledged() == "1-1 3-4");
    const auto whole = client.tell(sequence, 2);
    CHECK(whole.acknowledged() == "1-4");
    CHECK(whole.reaction.deliveries.size() == 3);  // in their order
    // What comes again is acknowledged again, and not delivered.
    const auto again = client.tell(sequence, 4);
    CHECK(again.acknowledged() == "1-4");
    CHECK(again.reaction.deliveries.empty());
  }
}

TEST_CASE(
    "A CreateSequence that comes again makes one sequence, a new Offer a new one (IB-077, "
    "RM-025)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::metro, plain_profile(rm));
    const std::string text =
        client.text.message({.action = "/CreateSequence", .body = client.text.create("urn:offer")});
    const std::string first = identifier_in(client.give_text(text).text);
    CHECK(identifier_in(client.give_text(text).text) == first);
    // Without a context nobody tells whose an Offer under another MessageID is.
    CHECK(client.give({.action = "/CreateSequence", .body = client.text.create("urn:offer")})
              .fault() == "CreateSequenceRefused");
    const std::string other = client.create("urn:other");
    CHECK(other != first);
    CHECK_FALSE(other.empty());
  }
}

TEST_CASE("The accepted Offer names the address that the client sent to (IB-030, IB-077, RM-162)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::metro, plain_profile(rm));
    const auto got =
        client.give({.action = "/CreateSequence", .body = client.text.create("urn:offer")});
    const std::string accept = between(got.text, "Accept>", "/wsrm:Accept>");
    CHECK(accept.find(">https://localhost:9700/service<") != std::string::npos);
    // Without an Offer there is nothing to accept (RM-022).
    const auto plain = client.give({.action = "/CreateSequence", .body = client.text.create("")});
    CHECK(plain.report.addressing.action.ends_with("/CreateSequenceResponse"));
    CHECK(plain.text.find("Accept") == std::string::npos);
  }
}

TEST_CASE("Expires of nothing is for ever (IB-050, RM-020)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::cxf, plain_profile(rm));
    const auto got = client.give({.action = "/CreateSequence",
                                  .body = client.text.create("", "<r:Expires>PT0S</r:Expires>")});
    CHECK(got.text.find("Expires") == std::string::npos);  // as long as it was asked for
    client.pair.pass(std::chrono::minutes(9));
    CHECK(client.tell(identifier_in(got.text), 1).reaction.deliveries.size() == 1);
  }
}

TEST_CASE(
    "Who asks for an acknowledgement gets one, without a body or with (IB-012, IB-050, IB-074)") {
  for (const Stack stack : kStacks) {
    for (const RmVersion rm : kVersions) {
      CAPTURE(name_of(stack));
      PlayedClient client(stack, plain_profile(rm));
      const std::string sequence = client.create();
      const std::string request =
          "<r:AckRequested><r:Identifier>" + sequence + "</r:Identifier></r:AckRequested>";
      CHECK(client.tell(sequence, 1, false, request).acknowledged() == "1-1");
      const auto got = client.give({.action = "/AckRequested", .rm_headers = request});
      CHECK(got.report.addressing.action.ends_with("/SequenceAcknowledgement"));
      CHECK(got.acknowledged() == "1-1");
      CHECK(got.reaction.deliveries.empty());
      // IB-074, RM-052: ours have no mustUnderstand.
      CHECK(got.text.find("mustUnderstand=\"1\" ", got.text.find("SequenceAcknowledgement")) ==
            std::string::npos);
    }
  }
}

TEST_CASE(
    "The last acknowledgement is of one range, final, and on the answer to Close (IB-023, "
    "IB-078)") {
  PlayedClient client(Stack::wcf, plain_profile(RmVersion::rm_1_1));
  const std::string sequence = client.create();
  for (const std::uint64_t number : {1u, 2u, 3u}) {
    client.tell(sequence, number);
  }
  const std::string last = "<r:LastMsgNumber>3</r:LastMsgNumber>";
  const auto closed = client.give(
      {.action = "/CloseSequence", .body = client.text.lifecycle("CloseSequence", sequence, last)});
  CHECK(closed.report.addressing.action.ends_with("/CloseSequenceResponse"));
  CHECK(closed.acknowledged() == "1-3, final");
  // IB-080: answers to Terminate name their request.
  const auto ended =
      client.give({.action = "/TerminateSequence",
                   .body = client.text.lifecycle("TerminateSequence", sequence, last)});
  CHECK(ended.report.addressing.action.ends_with("/TerminateSequenceResponse"));
  CHECK(ended.report.addressing.relates_to == client.text.message_id());
  CHECK(ended.acknowledged() == "1-3, final");
}

TEST_CASE(
    "What comes after Close is refused, and the final acknowledgement shows the gap (IB-103)") {
  PlayedClient client(Stack::sandesha2, plain_profile(RmVersion::rm_1_1));
  const std::string sequence = client.create();
  client.tell(sequence, 1);
  client.tell(sequence, 3);
  const auto closed = client.give(
      {.action = "/CloseSequence", .body = client.text.lifecycle("CloseSequence", sequence)});
  CHECK(closed.acknowledged() == "1-1 3-3, final");
  const auto late = client.tell(sequence, 2);
  CHECK(late.fault() == "SequenceClosed");
  CHECK(late.acknowledged() == "1-1 3-3, final");  // RM-094
  CHECK(late.reaction.deliveries.empty());
  // One that was accepted before is acknowledged like any copy.
  CHECK(client.tell(sequence, 3).acknowledged() == "1-1 3-3, final");
}

TEST_CASE("Close and Terminate need not say the last number (IB-073)") {
  PlayedClient client(Stack::metro, plain_profile(RmVersion::rm_1_1));
  const std::string sequence = client.create();
  client.tell(sequence, 1);
  for (const char* name : {"CloseSequence", "TerminateSequence"}) {
    const auto got = client.give(
        {.action = std::string("/") + name, .body = client.text.lifecycle(name, sequence)});
    CHECK(got.report.addressing.action.ends_with(std::string(name) + "Response"));
    CHECK(got.acknowledged() == "1-1, final");
  }
}

TEST_CASE("A last number below what has come ends the sequence with a fault (IB-032)") {
  PlayedClient client(Stack::wcf, plain_profile(RmVersion::rm_1_1));
  const std::string sequence = client.create();
  client.tell(sequence, 1);
  client.tell(sequence, 2);
  const auto got =
      client.give({.action = "/CloseSequence",
                   .body = client.text.lifecycle("CloseSequence", sequence,
                                                 "<r:LastMsgNumber>1</r:LastMsgNumber>")});
  CHECK(got.fault() == "SequenceTerminated");
}

TEST_CASE("A number beyond the last message is refused, whatever others do (IB-053, IB-095)") {
  PlayedClient client(Stack::sandesha2, plain_profile(RmVersion::rm_1_0));
  const std::string sequence = client.create();
  client.tell(sequence, 1);
  client.tell(sequence, 2, true);
  const auto got = client.tell(sequence, 3);
  CHECK(got.fault() == "LastMessageNumberExceeded");
  CHECK(got.reaction.deliveries.empty());
}

TEST_CASE("Terminate in 1.0 wants no answer, says so, and may come twice (IB-057, IB-104)") {
  for (const Stack stack : kStacks) {
    CAPTURE(name_of(stack));
    PlayedClient client(stack, plain_profile(RmVersion::rm_1_0));
    const std::string sequence = client.create();
    client.tell(sequence, 1);
    client.give({.action = "/LastMessage", .rm_headers = client.text.sequence(sequence, 2, true)});
    for (int i = 0; i < 2; ++i) {
      const auto got = client.give({.action = "/TerminateSequence",
                                    .body = client.text.lifecycle("TerminateSequence", sequence),
                                    .reply_to = "none"});
      REQUIRE(got.reaction.answer);
      CHECK(got.reaction.answer->kind == engine::AnswerKind::accepted);
    }
  }
}

TEST_CASE("What is unknown is named so: messages, Close and Terminate (IB-054)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::cxf, plain_profile(rm));
    CHECK(client.tell("urn:unknown", 1).fault() == "UnknownSequence");
    const auto ended =
        client.give({.action = "/TerminateSequence",
                     .body = client.text.lifecycle("TerminateSequence", "urn:unknown")});
    CHECK(ended.fault() == "UnknownSequence");
  }
  PlayedClient client(Stack::cxf, plain_profile(RmVersion::rm_1_1));
  const auto closed = client.give(
      {.action = "/CloseSequence", .body = client.text.lifecycle("CloseSequence", "urn:unknown")});
  CHECK(closed.fault() == "UnknownSequence");
}

TEST_CASE("A copy of a request gets the reply again (IB-056, IB-059, IB-096)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::sandesha2, plain_profile(rm));
    const std::string sequence = client.create();
    const auto first = client.ask(sequence, 1);
    const auto copy = client.ask(sequence, 1);  // under a new MessageID, as some stacks do
    CHECK(copy.reaction.deliveries.empty());
    CHECK(copy.report.addressing.action == test::CellPair::kReplyAction);
    CHECK(copy.report.rm.sequence->number == first.report.rm.sequence->number);
  }
}

TEST_CASE(
    "Acknowledgements that ride on every message are read, also the same again (IB-055, IB-075)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::metro, plain_profile(rm));
    const std::string sequence = client.create();
    client.ask(sequence, 1);
    const std::string acknowledged = client.text.acknowledgement("urn:offer", "1-1");
    for (const std::uint64_t number : {2u, 3u}) {
      const auto got = client.tell(sequence, number, false, acknowledged);
      CHECK(got.reaction.deliveries.size() == 1);
      CHECK(got.fault().empty());
    }
  }
}

TEST_CASE("Nothing received is a range of nothing in 1.0, and None in 1.1 (IB-020)") {
  for (const RmVersion rm : kVersions) {
    PlayedClient client(Stack::wcf, plain_profile(rm));
    const std::string sequence = client.create();
    client.ask(sequence, 1);
    const std::string nothing = rm == RmVersion::rm_1_0
                                    ? client.text.acknowledgement("urn:offer", "0-0")
                                    : client.text.acknowledgement("urn:offer", "", "<r:None/>");
    CHECK(client.tell(sequence, 2, false, nothing).fault().empty());
    // CXF writes None beside a range.
    const std::string both = client.text.acknowledgement("urn:offer", "1-1", "<r:None/>");
    CHECK(client.tell(sequence, 3, false, both).reaction.deliveries.size() == 1);
  }
}

TEST_CASE("An acknowledgement that cannot be is told so (IB-021, IB-022, IB-094)") {
  for (const RmVersion rm : kVersions) {
    for (const char* ranges : {"1-9", "3-2", "7-7"}) {
      CAPTURE(ranges);
      PlayedClient client(Stack::sandesha2, plain_profile(rm));
      const std::string sequence = client.create();
      client.ask(sequence, 1);
      const auto got =
          client.give({.action = "/SequenceAcknowledgement",
                       .rm_headers = client.text.acknowledgement("urn:offer", ranges)});
      CHECK(got.fault() == "InvalidAcknowledgement");
    }
    // IB-021, IB-052: one that tells less than an earlier one is late, not wrong.
    PlayedClient client(Stack::cxf, plain_profile(rm));
    const std::string sequence = client.create();
    client.ask(sequence, 1);
    client.ask(sequence, 2);
    for (const char* ranges : {"1-2", "1-1"}) {
      CHECK(client
                .give({.action = "/SequenceAcknowledgement",
                       .rm_headers = client.text.acknowledgement("urn:offer", ranges)})
                .fault()
                .empty());
    }
  }
}

TEST_CASE("Free places that a client tells are read (IB-102)") {
  PlayedClient client(Stack::wcf, plain_profile(RmVersion::rm_1_0));
  const std::string sequence = client.create();
  client.ask(sequence, 1);
  const std::string acknowledged = client.text.acknowledgement(
      "urn:offer", "1-1",
      "<netrm:BufferRemaining xmlns:netrm=\"http://schemas.microsoft.com/ws/2006/05/rm\">8"
      "</netrm:BufferRemaining>");
  CHECK(client.tell(sequence, 2, false, acknowledged).reaction.deliveries.size() == 1);
}

TEST_CASE(
    "Answers with headers of the client's own are not promised: such an address is refused "
    "(IB-102)") {
  PlayedClient client(Stack::wcf, plain_profile(RmVersion::rm_1_0));
  std::string body = client.text.create("urn:offer");
  body.insert(body.find("</a:Address>") + 12,
              "<a:ReferenceParameters><chan:ChannelInstance "
              "xmlns:chan=\"http://schemas.microsoft.com/ws/2005/02/duplex\">4"
              "</chan:ChannelInstance></a:ReferenceParameters>");
  CHECK(client.give({.action = "/CreateSequence", .body = body}).fault() ==
        "CreateSequenceRefused");
}

TEST_CASE("What Sandesha2 allots to a new sequence is delivered there as new (IB-098)") {
  PlayedClient client(Stack::sandesha2, plain_profile(RmVersion::rm_1_1));
  const std::string first = client.create("urn:first");
  const auto one = client.tell(first, 1);
  const std::string second = client.create("urn:second");
  const auto other = client.tell(second, 1);
  REQUIRE(one.reaction.deliveries.size() == 1);
  REQUIRE(other.reaction.deliveries.size() == 1);
  CHECK(other.reaction.deliveries.front().name.sequence == second);
}

TEST_CASE("An Offer of 1.1 has an Endpoint, which may be anonymous (IB-091)") {
  PlayedClient client(Stack::sandesha2, plain_profile(RmVersion::rm_1_1));
  std::string body = client.text.create("urn:offer");
  CHECK(client.give({.action = "/CreateSequence", .body = body}).text.find("Accept>") !=
        std::string::npos);
  PlayedClient other(Stack::sandesha2, plain_profile(RmVersion::rm_1_1));
  const std::size_t begin = body.find("<r:Endpoint>");
  body.erase(begin, body.find("</r:Endpoint>") + 13 - begin);
  CHECK(other.give({.action = "/CreateSequence", .body = body}).fault() == "CreateSequenceRefused");
}

TEST_CASE("The sequence of the replies ends with that of the requests (IB-079, RM-155)") {
  PlayedClient client(Stack::metro, plain_profile(RmVersion::rm_1_1));
  const std::string sequence = client.create();
  client.ask(sequence, 1);
  const auto acknowledge = [&] {
    return client
        .give({.action = "/SequenceAcknowledgement",
               .rm_headers = client.text.acknowledgement("urn:offer", "1-1")})
        .fault();
  };
  CHECK(acknowledge().empty());
  for (const char* name : {"CloseSequence", "TerminateSequence"}) {
    client.give({.action = std::string("/") + name, .body = client.text.lifecycle(name, sequence)});
  }
  CHECK(acknowledge() == "UnknownSequence");
}
