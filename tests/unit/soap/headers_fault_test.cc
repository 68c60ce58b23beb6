#include <set>

#include <catch2/catch.hpp>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/fault_body.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "unit/soap/wire_text.h"

using namespace parley;
using namespace parley::soap;
using engine::AddressingVersion;
using engine::Fault;
using engine::SoapVersion;
using sequences::RmVersion;

namespace {

std::vector<FaultDialect> all_dialects() {
  std::vector<FaultDialect> dialects;
  for (const SoapVersion soap : {SoapVersion::soap_1_1, SoapVersion::soap_1_2}) {
    for (const AddressingVersion addressing :
         {AddressingVersion::addressing_2004_08, AddressingVersion::addressing_1_0}) {
      for (const RmVersion rm : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
        for (const contexts::TrustFamily trust :
             {contexts::TrustFamily::feb_2005, contexts::TrustFamily::oasis_200512}) {
          dialects.push_back({soap, addressing, rm, trust});
        }
      }
    }
  }
  return dialects;
}

std::vector<ErrorCode> all_codes() {
  std::vector<ErrorCode> codes;
  for (unsigned i = 0; i <= static_cast<unsigned>(ErrorCode::internal_failure); ++i) {
    codes.push_back(static_cast<ErrorCode>(i));
  }
  return codes;
}

std::string body_text(const Fault& fault, const FaultDialect& dialect) {
  Bytes out;
  append_fault(out, fault, dialect);
  return std::string(as_text(out));
}

std::string header_text(const Fault& fault, const FaultDialect& dialect) {
  return test::written_blocks(
      dialect.soap, [&](BlockWriter& writer) { write_fault_blocks(writer, fault, dialect); });
}

Result<Fault> written_and_read(const Fault& fault, const FaultDialect& dialect) {
  const xml::Document body = test::parsed(body_text(fault, dialect));
  const xml::Document headers = test::parsed(header_text(fault, dialect));
  const xml::Element sequence_fault =
      headers.root().child(names_of(dialect.rm).ns, "SequenceFault");
  return read_fault(body.root(), sequence_fault, Limits());
}

Fault fault_of(ErrorCode code) {
  Fault fault;
  fault.code = code;
  return fault;
}

}  // namespace

TEST_CASE("a fault of ours that has a name means the same when it is read, in every dialect") {
  for (const FaultDialect& dialect : all_dialects()) {
    for (const ErrorCode code : all_codes()) {
      if (code == ErrorCode::peer_fault) {
        continue;  // the application's own
      }
      CAPTURE(name_of(code));
      const FaultForm form = fault_form(code, dialect);
      const auto read_back = written_and_read(fault_of(code), dialect);
      REQUIRE(read_back);
      // Codes that share a face mean the first of them; a bare Sender or Receiver means nothing
      // more.
      const ErrorCode meaning =
          form.local_name.empty()
              ? ErrorCode::peer_fault
              : error_of_fault(fault_namespace(form.vocabulary, dialect),
                               form.nested.empty() ? form.local_name : form.nested);
      CHECK(read_back->code == meaning);
      if (!form.local_name.empty()) {
        const FaultForm same = fault_form(meaning, dialect);
        CHECK(same.local_name == form.local_name);
        CHECK(same.vocabulary == form.vocabulary);
      }
      CHECK(read_back->reason == form.reason);
      CHECK_FALSE(read_back->reason.empty());
    }
  }
}

TEST_CASE("every failure of authentication looks the same on the wire") {
  for (const FaultDialect& dialect : all_dialects()) {
    std::set<std::string> faces;
    for (const ErrorCode code : {ErrorCode::security_failed, ErrorCode::security_missing,
                                 ErrorCode::security_header_invalid, ErrorCode::token_invalid,
                                 ErrorCode::token_unavailable, ErrorCode::authentication_failed,
                                 ErrorCode::message_expired, ErrorCode::replayed}) {
      faces.insert(body_text(fault_of(code), dialect) + header_text(fault_of(code), dialect) +
                   std::string(action_of(fault_of(code), dialect)));
    }
    CHECK(faces.size() == 1);  // M58, M88
  }
}

TEST_CASE("what is wrong on our side says that the sender is not to blame, and nothing else") {
  for (const FaultDialect& dialect : all_dialects()) {
    std::set<std::string> faces;
    for (const ErrorCode code : all_codes()) {
      const Blame blame = blame_of(code);
      if ((blame == Blame::environment && code != ErrorCode::endpoint_unavailable) ||
          blame == Blame::internal) {
        faces.insert(body_text(fault_of(code), dialect));
        CHECK_FALSE(fault_form(code, dialect).blames_sender);
      }
      // MC-022: those of polls are the receiver's in any case.
      const bool is_of_polls =
          code == ErrorCode::selection_missing || code == ErrorCode::selection_unsupported;
      if (!is_of_polls && (blame == Blame::peer_misbehaved || blame == Blame::peer_incompatible)) {
        CHECK(fault_form(code, dialect).blames_sender);
      }
    }
    CHECK(faces.size() == 1);
  }
}

TEST_CASE("a fault about a sequence names it, in the place that each version has") {
  for (const FaultDialect& dialect : all_dialects()) {
    for (const ErrorCode code :
         {ErrorCode::sequence_unknown, ErrorCode::sequence_terminated, ErrorCode::sequence_closed,
          ErrorCode::number_rollover, ErrorCode::last_number_exceeded}) {
      Fault fault = fault_of(code);
      fault.sequence_identifier = "urn:s?a&b";
      fault.max_number = 77;
      const std::string headers = header_text(fault, dialect);
      const std::string body = body_text(fault, dialect);
      const bool is_1_1 = dialect.soap == SoapVersion::soap_1_1;
      CHECK((headers.find("SequenceFault") != std::string::npos) == is_1_1);  // RM-090, RM-092
      CHECK((headers.find("<wsrm:Identifier") != std::string::npos) == is_1_1);
      CHECK((body.find("<wsrm:Identifier") != std::string::npos) != is_1_1);
      CHECK((headers.find("wsrm:Detail") != std::string::npos) ==
            (is_1_1 && dialect.rm == RmVersion::rm_1_1));
      const auto read_back = written_and_read(fault, dialect);
      REQUIRE(read_back);
      CHECK(read_back->code == code);
      CHECK(read_back->sequence_identifier == "urn:s?a&b");
      const bool has_max = code == ErrorCode::number_rollover && dialect.rm == RmVersion::rm_1_1;
      CHECK(read_back->max_number == (has_max ? 77 : 0));
    }
  }
}

TEST_CASE("a refusal is about a body, so SOAP 1.1 has it in faultcode and not in a header") {
  for (const ErrorCode code : {ErrorCode::sequence_refused, ErrorCode::rm_required}) {
    FaultDialect dialect;
    dialect.soap = SoapVersion::soap_1_1;
    CHECK(header_text(fault_of(code), dialect) == "<r></r>");  // RM-091
    CHECK(body_text(fault_of(code), dialect).find("<faultcode xmlns:f=") != std::string::npos);
  }
}

TEST_CASE("an invalid acknowledgement is sent back as it was") {
  for (const FaultDialect& dialect : all_dialects()) {
    Fault fault = fault_of(ErrorCode::acknowledgement_invalid);
    fault.sequence_identifier = "urn:s";
    fault.acknowledgement =
        engine::AcknowledgementHeader{"urn:s", {{5, 2}}, {}, false, std::nullopt};
    const auto read_back = written_and_read(fault, dialect);
    REQUIRE(read_back);
    REQUIRE(read_back->acknowledgement);
    CHECK(read_back->acknowledgement->ranges == std::vector<engine::NumberRange>{{5, 2}});
    CHECK(read_back->sequence_identifier == "urn:s");
  }
}

TEST_CASE("an application's own fault keeps its words") {
  for (const FaultDialect& dialect : all_dialects()) {
    for (const bool is_sender : {true, false}) {
      Fault fault;
      fault.sender = is_sender;
      fault.subcode_namespace = "urn:app?<&\"";
      fault.subcode = "OutOfStock";
      fault.reason = "none <left> & none will come";
      fault.detail = to_bytes("<d xmlns=\"urn:d\">1</d><e></e>");
      const auto read_back = written_and_read(fault, dialect);
      REQUIRE(read_back);
      CHECK(read_back->code == ErrorCode::peer_fault);
      CHECK(read_back->subcode_namespace == fault.subcode_namespace);
      CHECK(read_back->subcode == fault.subcode);
      CHECK(read_back->reason == fault.reason);
      CHECK(read_back->detail == fault.detail);
      if (dialect.soap ==
          SoapVersion::soap_1_2) {  // the only code of SOAP 1.1 is the application's
        CHECK(read_back->sender == is_sender);
      }
      fault.subcode_namespace.clear();
      fault.subcode.clear();
      CHECK(written_and_read(fault, dialect)->sender == is_sender);
    }
  }
}

TEST_CASE("actions of faults follow the versions") {
  FaultDialect dialect;
  CHECK(action_of(fault_of(ErrorCode::sequence_unknown), dialect) ==
        "http://docs.oasis-open.org/ws-rx/wsrm/200702/fault");
  CHECK(action_of(fault_of(ErrorCode::invalid_addressing), dialect) ==
        "http://www.w3.org/2005/08/addressing/fault");
  CHECK(action_of(fault_of(ErrorCode::must_understand), dialect) ==
        "http://www.w3.org/2005/08/addressing/soap/fault");
  dialect.addressing = AddressingVersion::addressing_2004_08;
  dialect.rm = RmVersion::rm_1_0;
  for (const ErrorCode code : all_codes()) {
    const bool is_of_polls =
        code == ErrorCode::selection_missing || code == ErrorCode::selection_unsupported;
    CHECK(action_of(fault_of(code), dialect) ==
          (is_of_polls ? "http://docs.oasis-open.org/ws-rx/wsmc/200702/fault"  // MC-020
                       : "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"));
  }
}

TEST_CASE("an address that is refused is named on the second level (WA-041, WA-051)") {
  FaultDialect dialect;
  const std::string text = body_text(fault_of(ErrorCode::address_refused), dialect);
  CHECK(text.find("f:InvalidAddressingHeader") < text.find("f:OnlyAnonymousAddressSupported"));
  dialect.soap = SoapVersion::soap_1_1;
  CHECK(body_text(fault_of(ErrorCode::address_refused), dialect)
            .find("<faultcode xmlns:f=\"http://www.w3.org/2005/08/addressing\">"
                  "f:OnlyAnonymousAddressSupported</faultcode>") != std::string::npos);
}

TEST_CASE("a header that was not understood is named, and versions that we speak are") {
  const FaultDialect dialect;
  Fault fault = fault_of(ErrorCode::must_understand);
  fault.subcode_namespace = "urn:h";
  fault.subcode = "Header";
  const std::string not_understood = header_text(fault, dialect);
  const xml::Document document = test::parsed(not_understood);
  const xml::Element block = document.root().first_child();
  CHECK(block.local_name() == "NotUnderstood");
  CHECK(block.attribute("", "qname") == "f:Header");
  CHECK(block.namespace_of("f") == "urn:h");
  const std::string upgrade = header_text(fault_of(ErrorCode::version_mismatch), dialect);
  CHECK(upgrade.find("SupportedEnvelope") != std::string::npos);
}

TEST_CASE("what other stacks write is understood") {
  const auto meaning = [](std::string_view ns, std::string_view name) {
    return error_of_fault(ns, name);
  };
  const std::string_view dnse = "http://schemas.microsoft.com/ws/2006/05/security";
  CHECK(meaning(names_of(RmVersion::rm_1_1).ns, "WsrmRequired") ==
        ErrorCode::rm_required);  // RM-097
  CHECK(meaning(uri::kWsse, "FailedCheck") == ErrorCode::security_failed);
  CHECK(meaning(uri::kWsse, "MessageExpired") == ErrorCode::message_expired);
  CHECK(meaning(uri::kWsu, "MessageExpired") == ErrorCode::message_expired);
  CHECK(meaning(dnse, "ServerTooBusy") == ErrorCode::endpoint_unavailable);
  CHECK(meaning(dnse, "SecuritySessionAborted") == ErrorCode::context_unknown);
  CHECK(meaning("urn:unknown", "Anything") == ErrorCode::peer_fault);
  CHECK(meaning(uri::kWsse, "Nonsense") == ErrorCode::peer_fault);
  CHECK(meaning("", "") == ErrorCode::peer_fault);
}

TEST_CASE("a nested subcode that means nothing here does not hide the one that does") {
  const xml::Document document = test::parsed(
      "<s:Fault xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:x='urn:x' "
      "xmlns:r='http://docs.oasis-open.org/ws-rx/wsrm/200702'><s:Code><s:Value>s:Receiver</s:Value>"
      "<s:Subcode><s:Value>r:CreateSequenceRefused</s:Value><s:Subcode><s:Value>x:Limit</s:Value>"
      "</s:Subcode></s:Subcode></s:Code><s:Reason><s:Text xml:lang='en'>busy</s:Text></s:Reason>"
      "</s:Fault>");
  const auto fault = read_fault(document.root(), xml::Element(), Limits());
  REQUIRE(fault);
  CHECK(fault->code == ErrorCode::sequence_refused);
  CHECK_FALSE(fault->sender);
}

TEST_CASE("a fault without a code is malformed") {
  for (const char* text : {"<s:Fault xmlns:s='http://www.w3.org/2003/05/soap-envelope'/>",
                           "<s:Fault xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>"}) {
    const xml::Document document = test::parsed(text);
    const auto fault = read_fault(document.root(), xml::Element(), Limits());
    CHECK(fault.error().code() == ErrorCode::malformed_envelope);
  }
}
