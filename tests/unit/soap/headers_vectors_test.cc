#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/fault_body.h"
#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/rm_names.h"
#include "support/external_tool.h"
#include "unit/soap/wire_text.h"

// Reliable-messaging messages of other stacks, each with what it says (rm-messages/index.json).

using namespace parley;
using namespace parley::soap;
using nlohmann::json;
using sequences::RmVersion;

namespace {

struct Seen {
  Envelope envelope;
  engine::RmHeaders headers;
  xml::Element body;
  RmDialect dialect;
};

/// The version of the outermost element that is in one.
std::optional<RmVersion> rm_of(const xml::Document& document) {
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (const auto version = find_rm(document.at(static_cast<xml::NodeIndex>(i)).namespace_uri())) {
      return version;
    }
  }
  return std::nullopt;
}

std::uint64_t number_of(const json& text) {
  return read_number(text.get<std::string>()).value();
}

void check_acknowledgement(const json& expected, const engine::AcknowledgementHeader& header) {
  CHECK(header.final == expected.contains("Final"));
  std::vector<engine::NumberRange> ranges;
  for (const json& range : expected.value("ranges", json::array())) {
    ranges.emplace_back(number_of(range[0]), number_of(range[1]));
  }
  CHECK(header.ranges == ranges);
  std::vector<std::uint64_t> nacks;
  for (const json& nack : expected.value("nacks", json::array())) {
    nacks.push_back(number_of(nack));
  }
  CHECK(header.nacks == nacks);
}

void check_duration(const json& expected, const std::optional<Duration>& expires) {
  const std::string text = expected.value("Expires", "PT0S");
  CHECK(expires.value_or(Duration(0)) == read_duration(text).value());
}

void check_element(const json& expected, const Seen& seen) {
  const std::string name = expected["element"];
  const std::string identifier = expected.value("Identifier", "");
  if (name == "Sequence") {
    REQUIRE(seen.headers.sequence);
    CHECK(seen.headers.sequence->identifier == identifier);
    CHECK(seen.headers.sequence->number == number_of(expected["MessageNumber"]));
    CHECK(seen.headers.sequence->last_message == expected.contains("LastMessage"));
  } else if (name == "SequenceAcknowledgement") {
    const auto& all = seen.headers.acknowledgements;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& header) {
      return header.identifier == identifier;
    });
    REQUIRE(found != all.end());
    check_acknowledgement(expected, *found);
  } else if (name == "AckRequested") {
    CHECK(seen.headers.ack_requests == std::vector<std::string>{identifier});
  } else if (name == "UsesSequenceSTR") {
    CHECK(seen.headers.uses_sequence_str);
  } else if (name == "CreateSequence") {
    const auto body = read_create_sequence(seen.body, seen.dialect);
    REQUIRE(body);
    check_duration(expected, body->expires);
    CHECK(body->offer.has_value() == expected.contains("Offer"));
  } else if (name == "CreateSequenceResponse") {
    const auto body = read_create_sequence_response(seen.body, seen.dialect);
    REQUIRE(body);
    CHECK(body->identifier == identifier);
    check_duration(expected, body->expires);
    CHECK(body->accept_acks_to.has_value() == expected.contains("Accept"));
  } else if (name == "SequenceFault" || name == "Identifier") {
    const auto fault = read_fault(seen.body, seen.envelope.sequence_fault, Limits());
    REQUIRE(fault);
    CHECK(fault->sequence_identifier.empty() == (name == "SequenceFault"));
    CHECK(blame_of(fault->code) != Blame::peer_reported);
  } else {
    const auto body = read_lifecycle(seen.body, seen.dialect);
    REQUIRE(body);
    CHECK(name_of(body->kind) == name);
    CHECK(body->identifier == identifier);
    CHECK(body->last_number.has_value() == expected.contains("LastMsgNumber"));
    if (body->last_number) {
      CHECK(*body->last_number == number_of(expected["LastMsgNumber"]));
    }
  }
}

}  // namespace

TEST_CASE("messages of other stacks say what their index says") {
  const auto shared = test::shared_folder();
  if (shared.empty()) {
    return;
  }
  const auto folder = shared / "vectors" / "rm-messages";
  const json index = json::parse(test::read_file(folder / "index.json"));
  std::size_t count = 0;
  for (const json& entry : index["entries"]) {
    const std::string id = entry["id"];
    // Polling is another protocol; an unverified message breaks its schema.
    if (entry["status"] != "verified" || id == "sandesha-MakeConnection") {
      continue;
    }
    CAPTURE(id);
    const xml::Document document =
        test::parsed(test::read_file(folder / entry["file"].get<std::string>()));
    const auto rm = rm_of(document);
    REQUIRE(rm);
    Seen seen;
    seen.dialect.rm = *rm;
    if (find_rm(document.root().namespace_uri())) {
      seen.body = document.root();  // a body on its own
    } else {
      const auto envelope = read_envelope(document);
      REQUIRE(envelope);
      seen.envelope = *envelope;
      seen.body = body_child(seen.envelope).value();
    }
    seen.dialect.addressing =
        seen.envelope.addressing.value_or(engine::AddressingVersion::addressing_1_0);
    const auto headers = read_rm_headers(seen.envelope.blocks, *rm, Limits());
    REQUIRE(headers);
    seen.headers = *headers;
    for (const json& expected : entry["expected"]["content"]) {
      check_element(expected, seen);
    }
    ++count;
  }
  CHECK(count >= 60);
}
