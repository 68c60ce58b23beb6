#include <catch2/catch.hpp>

#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/headers/sequence_acknowledgement.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/rm_names.h"
#include "unit/soap/wire_text.h"

using namespace parley;
using namespace parley::soap;
using engine::AddressingVersion;
using engine::EndpointReference;
using engine::SequenceLifecycle;
using engine::SoapVersion;
using sequences::RmVersion;

namespace {

constexpr auto k10 = RmVersion::rm_1_0;
constexpr auto k11 = RmVersion::rm_1_1;

std::string in_rm(RmVersion version, std::string_view name, std::string_view content) {
  return "<r:" + std::string(name) + " xmlns:r='" + std::string(names_of(version).ns) + "'>" +
         std::string(content) + "</r:" + std::string(name) + ">";
}

Result<engine::RmHeaders> read(const std::string& blocks,
                               RmVersion version = k11,
                               const Limits& limits = {}) {
  const xml::Document document = test::parsed(blocks);
  return read_rm_headers(test::children_of(document.root()), version, limits);
}

ErrorCode error_of(const std::string& block, RmVersion version = k11, const Limits& limits = {}) {
  const auto headers = read("<r>" + block + "</r>", version, limits);
  REQUIRE_FALSE(headers);
  return headers.error().code();
}

Result<engine::RmHeaders> written_and_read(const engine::RmHeaders& headers, RmVersion version) {
  return read(test::written_blocks(
                  SoapVersion::soap_1_2,
                  [&](BlockWriter& writer) { write_rm_headers(writer, headers, version); }),
              version);
}

const std::string kId = "<r:Identifier>urn:s</r:Identifier>";

std::string sequence(std::string_view number, RmVersion version = k11) {
  return in_rm(version, "Sequence",
               kId + "<r:MessageNumber>" + std::string(number) + "</r:MessageNumber>");
}

std::string acknowledgement(std::string_view content, RmVersion version = k11) {
  return in_rm(version, "SequenceAcknowledgement", kId + std::string(content));
}

std::string range(std::string_view lower, std::string_view upper) {
  return "<r:AcknowledgementRange Lower='" + std::string(lower) + "' Upper='" + std::string(upper) +
         "'/>";
}

}  // namespace

TEST_CASE("reliable messaging headers are read as they were written, in both versions") {
  for (const RmVersion version : {k10, k11}) {
    engine::RmHeaders headers;
    headers.sequence = engine::SequenceHeader{"urn:a&b", kMessageNumberMax, version == k10};
    headers.acknowledgements = {{"urn:s1", {{1, 3}, {5, 5}}, {}, version == k11, 8},
                                {"urn:s2", {}, {}, false, std::nullopt},
                                {"urn:s3", {}, {2, 7}, false, 0}};
    headers.ack_requests = {"urn:s1", "urn:s2"};
    headers.uses_sequence_str = version == k11;
    const auto read_back = written_and_read(headers, version);
    REQUIRE(read_back);
    REQUIRE(read_back->sequence);
    CHECK(read_back->sequence->identifier == "urn:a&b");
    CHECK(read_back->sequence->number == kMessageNumberMax);
    CHECK(read_back->sequence->last_message == (version == k10));
    REQUIRE(read_back->acknowledgements.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& read_ack = read_back->acknowledgements[i];
      const auto& ack = headers.acknowledgements[i];
      CHECK(read_ack.identifier == ack.identifier);
      CHECK(read_ack.ranges == ack.ranges);
      CHECK(read_ack.nacks == ack.nacks);
      CHECK(read_ack.final == ack.final);
      CHECK(read_ack.buffer_remaining == ack.buffer_remaining);
    }
    CHECK(read_back->ack_requests == headers.ack_requests);
    CHECK(read_back->uses_sequence_str == headers.uses_sequence_str);
  }
}

TEST_CASE("what belongs to one version is not written in the other") {
  engine::RmHeaders headers;
  headers.sequence = engine::SequenceHeader{"urn:s", 1, true};
  headers.acknowledgements = {{"urn:s", {{1, 1}}, {}, true, std::nullopt}};
  headers.uses_sequence_str = true;
  const auto in_1_1 = written_and_read(headers, k11);
  REQUIRE(in_1_1);
  CHECK_FALSE(in_1_1->sequence->last_message);  // RM-035
  const auto in_1_0 = written_and_read(headers, k10);
  REQUIRE(in_1_0);
  CHECK_FALSE(in_1_0->acknowledgements[0].final);
  CHECK_FALSE(in_1_0->uses_sequence_str);
}

TEST_CASE("nothing acknowledged is None in 1.1 and the range 0-0 in 1.0") {
  const auto text = [](RmVersion version) {
    Bytes out;
    append_acknowledgement_content(out, {"urn:s", {}, {}, false, std::nullopt}, version);
    return std::string(as_text(out));
  };
  CHECK(text(k11).find("<wsrm:None></wsrm:None>") != std::string::npos);
  CHECK(text(k10).find("Lower=\"0\" Upper=\"0\"") != std::string::npos);  // RM-043
}

TEST_CASE("an acknowledgement says either what arrived or what did not") {
  Bytes out;
  append_acknowledgement_content(out, {"urn:s", {{1, 2}}, {3}, true, std::nullopt}, k11);
  CHECK(as_text(out).find("Nack") == std::string_view::npos);
  CHECK(as_text(out).find("Final") != std::string_view::npos);
  out.clear();
  append_acknowledgement_content(out, {"urn:s", {}, {3}, true, std::nullopt}, k11);
  CHECK(as_text(out).find("Nack") != std::string_view::npos);
  CHECK(as_text(out).find("Final") == std::string_view::npos);  // RM-044
}

TEST_CASE("numbers have the lexical forms of their type, and stop at 2^63-1") {
  for (const char* one : {"1", " 1\n", "+1", "0001"}) {
    const auto headers = read("<r>" + sequence(one) + "</r>");
    REQUIRE(headers);
    CHECK(headers->sequence->number == 1);
  }
  CHECK(read("<r>" + sequence("9223372036854775807") + "</r>")->sequence->number ==
        kMessageNumberMax);
  CHECK(error_of(sequence("9223372036854775808")) == ErrorCode::number_rollover);
  CHECK(error_of(sequence(std::string(400, '9'))) == ErrorCode::number_rollover);
  for (const char* none : {"", "0", "-1", "1.0", "1e3", "0x1", "1 2", "one"}) {
    CHECK(error_of(sequence(none)) == ErrorCode::malformed_value);  // RM-033
  }
}

TEST_CASE("a Sequence header that breaks its schema is refused") {
  const std::string number = "<r:MessageNumber>1</r:MessageNumber>";
  const auto refused = [](const std::string& content, RmVersion version = k11) {
    return error_of(in_rm(version, "Sequence", content), version) == ErrorCode::malformed_envelope;
  };
  CHECK(refused(kId));
  CHECK(refused(number));
  CHECK(refused(kId + kId + number));
  CHECK(refused(kId + number + number));
  CHECK(refused(kId + number + "<r:Other/>"));
  CHECK(refused(kId + number + "<r:LastMessage/>"));
  CHECK(refused(kId + number + "<o:MessageNumber xmlns:o='" + std::string(names_of(k10).ns) +
                "'>7</o:MessageNumber>"));
  CHECK(error_of(sequence("1") + sequence("2")) == ErrorCode::malformed_envelope);  // RM-032
  CHECK(error_of(sequence("1", k10)) == ErrorCode::malformed_envelope);
  CHECK(read("<r>" + in_rm(k11, "Sequence", kId + number + "<x xmlns='urn:x'/>") + "</r>"));
}

TEST_CASE("an acknowledgement that breaks its rules is one fault") {
  const auto refused = [](const std::string& content, RmVersion version = k11) {
    return error_of(acknowledgement(content, version), version) ==
           ErrorCode::acknowledgement_invalid;
  };
  CHECK(refused(""));
  CHECK(refused("<r:AcknowledgementRange Lower='1'/>"));
  CHECK(refused(range("x", "2")));
  CHECK(refused(range("1", "9223372036854775808")));
  CHECK(refused("<r:Nack>1</r:Nack>" + range("2", "3")));  // RM-044
  CHECK(refused("<r:Nack>1</r:Nack><r:Final/>"));
  CHECK(refused("<r:Nack>x</r:Nack>"));
  CHECK(refused(range("1", "1") + "<r:Other/>"));
  CHECK(refused(kId + range("1", "1")));
  CHECK(error_of(acknowledgement(range("1", "1")) + acknowledgement(range("2", "2"))) ==
        ErrorCode::acknowledgement_invalid);  // RM-042
  CHECK(error_of(in_rm(k11, "SequenceAcknowledgement", range("1", "1"))) ==
        ErrorCode::acknowledgement_invalid);
}

TEST_CASE("stacks of 1.0 may name missing numbers beside ranges, and nothing as 0-0") {
  const auto mixed =
      read("<r>" + acknowledgement(range("1", "2") + "<r:Nack>3</r:Nack>", k10) + "</r>", k10);
  REQUIRE(mixed);
  CHECK(mixed->acknowledgements[0].nacks == std::vector<std::uint64_t>{3});
  const auto nothing = read("<r>" + acknowledgement(range("0", "0"), k10) + "</r>", k10);
  REQUIRE(nothing);
  CHECK(nothing->acknowledgements[0].ranges.empty());
}

TEST_CASE("the number of ranges and of headers is bounded") {
  Limits limits;
  limits.ack_ranges_max = 3;
  const auto with_ranges = [](int count) {
    std::string content;
    for (int i = 1; i <= count; ++i) {
      content += range(std::to_string(2 * i), std::to_string(2 * i));
    }
    return acknowledgement(content);
  };
  CHECK(read("<r>" + with_ranges(3) + "</r>", k11, limits));
  CHECK(error_of(with_ranges(4), k11, limits) == ErrorCode::acknowledgement_invalid);
  std::string requests;
  for (int i = 0; i < 3; ++i) {
    requests += in_rm(k11, "AckRequested", kId);
  }
  CHECK(read("<r>" + requests + "</r>", k11, limits));
  CHECK(error_of(requests + in_rm(k11, "AckRequested", kId), k11, limits) ==
        ErrorCode::limit_exceeded);
}

TEST_CASE("an ack request may carry a number in 1.0, under either name") {
  for (const char* name : {"MaxMessageNumberUsed", "MessageNumber"}) {
    const std::string content = kId + "<r:" + name + ">5</r:" + name + ">";
    const auto headers = read("<r>" + in_rm(k10, "AckRequested", content) + "</r>", k10);
    REQUIRE(headers);
    CHECK(headers->ack_requests == std::vector<std::string>{"urn:s"});
    CHECK(error_of(in_rm(k11, "AckRequested", content)) == ErrorCode::malformed_envelope);
  }
  CHECK(error_of(in_rm(k11, "AckRequested", "")) == ErrorCode::malformed_envelope);
}

TEST_CASE("a sequence bound to a TLS session is not understood") {
  CHECK(error_of(in_rm(k11, "UsesSequenceSSL", "")) == ErrorCode::must_understand);  // RM-180
}

TEST_CASE("free places that are no number say nothing") {
  const auto places = [](std::string_view text) {
    return read("<r>" +
                acknowledgement(range("1", "1") + "<n:BufferRemaining xmlns:n='" +
                                std::string(kNetRm) + "'>" + std::string(text) +
                                "</n:BufferRemaining>") +
                "</r>")
        ->acknowledgements[0]
        .buffer_remaining;
  };
  CHECK(places("8") == 8);
  CHECK(places("2147483647") == 2147483647);
  CHECK_FALSE(places("2147483648"));
  CHECK_FALSE(places("-1"));
}

// --- bodies --------------------------------------------------------------------------------------

namespace {

RmDialect dialect(RmVersion rm, AddressingVersion addressing) {
  return {rm, addressing, contexts::TrustFamily::oasis_200512};
}

template <class Append>
xml::Document written_body(Append append_body) {
  Bytes out;
  append_body(out);
  return test::parsed(out);
}

}  // namespace

TEST_CASE("CreateSequence is read as it was written, in all versions") {
  for (const RmVersion rm : {k10, k11}) {
    for (const AddressingVersion addressing :
         {AddressingVersion::addressing_2004_08, AddressingVersion::addressing_1_0}) {
      engine::CreateSequence body;
      body.acks_to = {"http://host/acks", to_bytes("<p xmlns=\"urn:p\">1</p>")};
      body.expires = Duration(1'800'250);
      body.offer.emplace();
      body.offer->identifier = "urn:offer";
      body.offer->endpoint = EndpointReference{"http://host/end", {}};
      body.offer->expires = Duration(60'000);
      body.offer->incomplete_behavior = "DiscardEntireSequence";
      body.context_identifier = "urn:context?a&b";
      const auto document = written_body([&](Bytes& out) {
        CHECK_FALSE(append_create_sequence(out, body, dialect(rm, addressing)));
      });
      const auto read_back = read_create_sequence(document.root(), dialect(rm, addressing));
      REQUIRE(read_back);
      CHECK(read_back->acks_to == body.acks_to);
      CHECK(read_back->expires == body.expires);
      REQUIRE(read_back->offer);
      CHECK(read_back->offer->identifier == "urn:offer");
      CHECK(read_back->offer->endpoint.has_value() == (rm == k11));
      CHECK(read_back->offer->expires == body.offer->expires);
      CHECK(read_back->offer->incomplete_behavior == (rm == k11 ? "DiscardEntireSequence" : ""));
      CHECK(read_back->context_identifier == body.context_identifier);
    }
  }
}

TEST_CASE("CreateSequenceResponse is read as it was written, with and without Accept") {
  for (const RmVersion rm : {k10, k11}) {
    for (const bool accepts : {false, true}) {
      engine::CreateSequenceResponse body;
      body.identifier = "urn:s";
      body.expires = Duration(1);
      body.incomplete_behavior = rm == k11 ? "NoDiscard" : "";
      if (accepts) {
        body.accept_acks_to = EndpointReference{"http://host/acks", {}};
      }
      const RmDialect spoken = dialect(rm, AddressingVersion::addressing_1_0);
      const auto document = written_body(
          [&](Bytes& out) { CHECK(append_create_sequence_response(out, body, spoken)); });
      const auto read_back = read_create_sequence_response(document.root(), spoken);
      REQUIRE(read_back);
      CHECK(read_back->identifier == "urn:s");
      CHECK(read_back->expires == body.expires);
      CHECK(read_back->incomplete_behavior == body.incomplete_behavior);
      CHECK(read_back->accept_acks_to == body.accept_acks_to);
    }
  }
}

TEST_CASE("every lifecycle body is read as it was written; 1.0 has TerminateSequence alone") {
  using Kind = SequenceLifecycle::Kind;
  for (const Kind kind :
       {Kind::close, Kind::close_response, Kind::terminate, Kind::terminate_response}) {
    const RmDialect in_1_1 = dialect(k11, AddressingVersion::addressing_1_0);
    SequenceLifecycle body{kind, "urn:s", 7};
    const auto document =
        written_body([&](Bytes& out) { CHECK(append_lifecycle(out, body, in_1_1)); });
    const auto read_back = read_lifecycle(document.root(), in_1_1);
    REQUIRE(read_back);
    CHECK(read_back->kind == kind);
    CHECK(read_back->identifier == "urn:s");
    const bool has_last = kind == Kind::close || kind == Kind::terminate;
    CHECK(read_back->last_number.has_value() == has_last);

    const RmDialect in_1_0 = dialect(k10, AddressingVersion::addressing_1_0);
    const auto old = test::parsed(in_rm(k10, name_of(kind), kId));
    CHECK(read_lifecycle(old.root(), in_1_0).has_value() == (kind == Kind::terminate));
  }
}

TEST_CASE("an offer without an endpoint, or declined by nowhere, is what it is") {
  const RmDialect in_1_1 = dialect(k11, AddressingVersion::addressing_1_0);
  const std::string wsa = "http://www.w3.org/2005/08/addressing";
  const std::string acks =
      "<r:AcksTo><a:Address xmlns:a='" + wsa + "'>urn:a</a:Address></r:AcksTo>";
  const auto no_endpoint =
      test::parsed(in_rm(k11, "CreateSequence", acks + "<r:Offer>" + kId + "</r:Offer>"));
  CHECK(read_create_sequence(no_endpoint.root(), in_1_1).error().code() ==
        ErrorCode::malformed_envelope);
  const auto declined = test::parsed(
      in_rm(k11, "CreateSequenceResponse",
            kId + "<r:Accept>" + test::replaced(acks, "urn:a", wsa + "/none") + "</r:Accept>"));
  const auto response = read_create_sequence_response(declined.root(), in_1_1);
  REQUIRE(response);
  CHECK_FALSE(response->accept_acks_to);  // RM-023
}

TEST_CASE("no expiry and PT0S say the same, and a broken duration says nothing good") {
  const RmDialect spoken = dialect(k11, AddressingVersion::addressing_1_0);
  const auto expires = [&](std::string_view text) {
    const auto document = test::parsed(in_rm(
        k11, "CreateSequenceResponse", kId + "<r:Expires>" + std::string(text) + "</r:Expires>"));
    return read_create_sequence_response(document.root(), spoken);
  };
  CHECK_FALSE(expires("PT0S")->expires);
  CHECK(expires(" PT1H30M ")->expires == Duration(5'400'000));
  CHECK(expires("P1DT0.5S")->expires == Duration(86'400'500));
  CHECK(expires("P1Y")->expires == Duration(std::int64_t{365} * 86'400'000));
  for (const char* broken : {"", "P", "PT", "1H", "-PT1S", "PT1H1D", "PT1.S", "P1.5D", "PT1S2S"}) {
    CHECK(expires(broken).error().code() == ErrorCode::malformed_value);
  }
  // What nobody lives to see is capped, not an overflow.
  CHECK(expires("P" + std::string(60, '9') + "Y"));
}
