#include <catch2/catch.hpp>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/addressing.h"
#include "unit/soap/wire_text.h"

using namespace parley;
using namespace parley::soap;
using engine::AddressingVersion;
using engine::EndpointReference;
using engine::SoapVersion;

namespace {

constexpr auto k10 = AddressingVersion::addressing_1_0;
constexpr auto k2004 = AddressingVersion::addressing_2004_08;
const std::string kAnonymous(names_of(k10).anonymous);
const std::string kNone(names_of(k10).none);

engine::Addressing everything() {
  engine::Addressing all;
  all.action = "urn:action?a=1&b=<2>";
  all.to = "http://host/service";
  all.message_id = "urn:uuid:1";
  all.relates_to = "urn:uuid:0";
  all.reply_to = EndpointReference{kAnonymous, {}};
  all.fault_to =
      EndpointReference{"http://host/faults", to_bytes("<a:P xmlns:a=\"urn:a\">1</a:P>")};
  all.from = EndpointReference{"http://host/me", {}};
  return all;
}

Result<engine::Addressing> read(std::string_view blocks, AddressingVersion version) {
  const xml::Document document = test::parsed(blocks);
  return read_addressing(test::children_of(document.root()), version);
}

std::string block(std::string_view name,
                  std::string_view content,
                  AddressingVersion version,
                  std::string_view attributes = "") {
  return "<w:" + std::string(name) + " xmlns:w='" + std::string(names_of(version).ns) + "' " +
         std::string(attributes) + ">" + std::string(content) + "</w:" + std::string(name) + ">";
}

ErrorCode error_of(const std::string& blocks, AddressingVersion version = k10) {
  const auto read_back = read("<r>" + blocks + "</r>", version);
  REQUIRE_FALSE(read_back);
  return read_back.error().code();
}

}  // namespace

TEST_CASE("every addressing property is read as it was written, in both versions") {
  for (const AddressingVersion version : {k10, k2004}) {
    for (const SoapVersion soap : {SoapVersion::soap_1_1, SoapVersion::soap_1_2}) {
      const engine::Addressing all = everything();
      const std::string written = test::written_blocks(
          soap, [&](BlockWriter& writer) { write_addressing(writer, all, version); });
      const auto read_back = read(written, version);
      REQUIRE(read_back);
      CHECK(read_back->action == all.action);
      CHECK(read_back->to == all.to);
      CHECK(read_back->message_id == all.message_id);
      CHECK(read_back->relates_to == all.relates_to);
      CHECK(read_back->reply_to == all.reply_to);
      CHECK(read_back->fault_to == all.fault_to);
      CHECK(read_back->from == all.from);
    }
  }
}

TEST_CASE("an absent property is neither written nor made up") {
  engine::Addressing few;
  few.action = "urn:action";
  const auto write = [&](BlockWriter& writer) { write_addressing(writer, few, k10); };
  const std::string written = test::written_blocks(SoapVersion::soap_1_2, write);
  const xml::Document document = test::parsed(written);
  CHECK(test::children_of(document.root()).size() == 1);
  const auto read_back = read(written, k10);
  REQUIRE(read_back);
  CHECK(read_back->to.empty());
  CHECK_FALSE(read_back->reply_to);
}

TEST_CASE("the engine knows the anonymous address in one spelling, the wire in its own") {
  engine::Addressing addressing;
  addressing.action = "urn:action";
  addressing.message_id = "urn:uuid:1";
  addressing.to = kAnonymous;
  addressing.reply_to = EndpointReference{kAnonymous, {}};
  const std::string written = test::written_blocks(SoapVersion::soap_1_1, [&](BlockWriter& writer) {
    write_addressing(writer, addressing, k2004);
  });
  CHECK(written.find(kAnonymous) == std::string::npos);
  CHECK(written.find(names_of(k2004).anonymous) != std::string::npos);
  const auto read_back = read(written, k2004);
  REQUIRE(read_back);
  CHECK(read_back->to == kAnonymous);
  CHECK(read_back->reply_to->address == kAnonymous);
}

TEST_CASE("2004/08 has no address for nowhere, so the header is left out") {
  engine::Addressing addressing;
  addressing.action = "urn:action";
  addressing.reply_to = EndpointReference{kNone, {}};
  const auto written = [&](AddressingVersion version) {
    return test::written_blocks(SoapVersion::soap_1_2, [&](BlockWriter& writer) {
      write_addressing(writer, addressing, version);
    });
  };
  CHECK(written(k2004).find("ReplyTo") == std::string::npos);
  CHECK(written(k10).find(kNone) != std::string::npos);
}

TEST_CASE("addressing headers that break the rules are refused") {
  const std::string action = block("Action", "urn:a", k10);
  CHECK(error_of(block("To", "urn:to", k10)) == ErrorCode::addressing_required);  // WA-010
  CHECK(error_of(action + action) == ErrorCode::invalid_addressing);              // WA-011
  for (const char* name : {"To", "MessageID"}) {
    const std::string twice = block(name, "urn:x", k10) + block(name, "urn:y", k10);
    CHECK(error_of(action + twice) == ErrorCode::invalid_addressing);
  }
  for (const char* name : {"ReplyTo", "FaultTo", "From"}) {
    const std::string one = block(name, "<w:Address>urn:x</w:Address>", k10);
    CHECK(error_of(action + one + one) == ErrorCode::invalid_addressing);
    CHECK(error_of(action + block(name, "", k10)) == ErrorCode::invalid_addressing);
    const std::string two = "<w:Address>urn:x</w:Address><w:Address>urn:y</w:Address>";
    CHECK(error_of(action + block(name, two, k10)) == ErrorCode::invalid_addressing);
  }
  CHECK(error_of(block("Action", " ", k10)) == ErrorCode::invalid_addressing);
  CHECK(error_of(block("Action", "<x/>", k10)) == ErrorCode::invalid_addressing);
  CHECK(error_of(action + block("To", "urn:x", k2004)) == ErrorCode::invalid_addressing);  // WA-014
  const std::string reply = block("ReplyTo", "<w:Address>urn:x</w:Address>", k2004);
  CHECK(error_of(block("Action", "urn:a", k2004) + reply, k2004) == ErrorCode::addressing_required);
}

TEST_CASE("white space around an address is not part of it") {
  const auto read_back = read("<r>" + block("Action", " \n urn:a\t", k10) + "</r>", k10);
  REQUIRE(read_back);
  CHECK(read_back->action == "urn:a");  // WA-012
}

TEST_CASE("only the relationship of a reply says what a message answers") {
  const std::string action = block("Action", "urn:a", k10);
  const std::string other = block("RelatesTo", "urn:other", k10, "RelationshipType='urn:else'");
  const std::string reply = block("RelatesTo", "urn:reply", k10,
                                  "RelationshipType='http://www.w3.org/2005/08/addressing/reply'");
  const auto read_back = read("<r>" + action + other + reply + "</r>", k10);
  REQUIRE(read_back);
  CHECK(read_back->relates_to == "urn:reply");  // WA-018

  const std::string old = block("Action", "urn:a", k2004) +
                          block("RelatesTo", "urn:reply", k2004, "RelationshipType='w:Reply'");
  CHECK(read("<r>" + old + "</r>", k2004)->relates_to == "urn:reply");
}

TEST_CASE("a reference parameter is no header of ours, and cannot smuggle one in") {
  const std::string action = block("Action", "urn:a", k10);
  const std::string marked = block("To", "urn:evil", k10, "w:IsReferenceParameter='true'");
  const auto read_back = read("<r>" + action + marked + "</r>", k10);
  REQUIRE(read_back);
  CHECK(read_back->to.empty());  // WA-003

  const auto with_parameter = [&](const std::string& parameter) {
    return action + block("ReplyTo",
                          "<w:Address>urn:x</w:Address><w:ReferenceParameters>" + parameter +
                              "</w:ReferenceParameters>",
                          k10);
  };
  for (const char* parameter :
       {"<w:To>urn:evil</w:To>", "<Sequence xmlns='http://docs.oasis-open.org/ws-rx/wsrm/200702'/>",
        "<Security xmlns='http://docs.oasis-open.org/wss/2004/01/"
        "oasis-200401-wss-wssecurity-secext-1.0.xsd'/>",
        "<p xmlns:s='http://www.w3.org/2003/05/soap-envelope' s:mustUnderstand='1'/>",
        "<p xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' s:actor='urn:x'/>"}) {
    CHECK(error_of(with_parameter(parameter)) == ErrorCode::invalid_addressing);
  }
  const std::string harmless = with_parameter("<p xmlns='urn:p' z='1'>text</p>");
  const auto reply_to = read("<r>" + harmless + "</r>", k10)->reply_to;
  REQUIRE(reply_to);
  CHECK(as_text(reply_to->reference_parameters) == "<p xmlns=\"urn:p\" z=\"1\">text</p>");
}

TEST_CASE("an address at the limit is read, one octet more is refused") {
  const std::string fits = "urn:" + std::string(Limits().identifier_bytes_max - 4, 'x');
  CHECK(read("<r>" + block("Action", fits, k10) + "</r>", k10));
  CHECK(error_of(block("Action", fits + "x", k10)) == ErrorCode::invalid_addressing);
}
