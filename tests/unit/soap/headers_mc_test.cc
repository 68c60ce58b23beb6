#include <catch2/catch.hpp>

#include "bindings/soap/headers/message_pending.h"
#include "bindings/soap/make_connection.h"
#include "bindings/soap/mc_names.h"
#include "engine/wire_names.h"
#include "unit/soap/wire_text.h"

using namespace parley;
using namespace parley::soap;

namespace {

std::string poll(std::string_view content) {
  return "<m:MakeConnection xmlns:m='" + std::string(kMc) + "'>" + std::string(content) +
         "</m:MakeConnection>";
}

std::string pending(std::string_view attribute) {
  return "<m:MessagePending xmlns:m='" + std::string(kMc) + "' " + std::string(attribute) + "/>";
}

Result<std::optional<bool>> read_pending(const std::string& blocks) {
  const xml::Document document = test::parsed("<r>" + blocks + "</r>");
  return read_message_pending(test::children_of(document.root()));
}

}  // namespace

TEST_CASE("a poll is read as it was written, and its address character by character (MC-002)") {
  engine::MakeConnection body;
  body.address = std::string(engine::kPolledPrefix) + "550e8400-E29B&x";
  Bytes out;
  append_make_connection(out, body);
  const xml::Document document = test::parsed(out);
  const auto read = read_make_connection(document.root());
  REQUIRE(read);
  CHECK(read->address == body.address);
  CHECK(read->unsupported.empty());
}

TEST_CASE("what else a poll selects by is named in the fault's detail (MC-011)") {
  const xml::Document document = test::parsed(
      poll("<m:Address>urn:a</m:Address><r:Identifier xmlns:r='urn:rm'>urn:s</r:Identifier><bare/>"));
  const auto read = read_make_connection(document.root());
  REQUIRE(read);
  CHECK(read->address == "urn:a");
  const std::string detail = "<d>" + std::string(as_text(read->unsupported)) + "</d>";
  const xml::Document details = test::parsed(detail);
  const auto elements = test::children_of(details.root());
  REQUIRE(elements.size() == 2);
  CHECK(elements[0].is(kMc, "UnsupportedElement"));
  CHECK(elements[0].text() == "f:Identifier");
  CHECK(detail.find("xmlns:f=\"urn:rm\"") != std::string::npos);
  CHECK(elements[1].text() == "bare");
}

TEST_CASE("a poll with two addresses is malformed, one with none is left to be judged") {
  const xml::Document two =
      test::parsed(poll("<m:Address>urn:a</m:Address><m:Address>urn:b</m:Address>"));
  CHECK(read_make_connection(two.root()).error().code() == ErrorCode::malformed_envelope);
  const xml::Document none = test::parsed(poll(""));
  const auto read = read_make_connection(none.root());
  REQUIRE(read);
  CHECK(read->address.empty());
}

TEST_CASE("MessagePending is a boolean, at most once (MC-007)") {
  for (const bool value : {false, true}) {
    const xml::Document document = test::parsed(test::written_blocks(
        engine::SoapVersion::soap_1_2,
        [&](BlockWriter& writer) { write_message_pending(writer, value); }));
    CHECK(read_message_pending(test::children_of(document.root())).value() == value);
  }
  CHECK(read_pending(pending("pending=' 1 '")).value() == true);
  CHECK(read_pending(pending("")).value() == false);
  CHECK(read_pending("<other/>").value() == std::nullopt);
  CHECK(read_pending(pending("pending='yes'")).error().code() == ErrorCode::malformed_value);
  CHECK(read_pending(pending("pending='0'") + pending("pending='0'")).error().code() ==
        ErrorCode::malformed_envelope);
}
