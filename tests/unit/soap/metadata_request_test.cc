#include "bindings/soap/policy/metadata_request.h"

#include <string>

#include <catch2/catch.hpp>

#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/xml/document.h"

// Services are asked for their description in SOAP, by anybody.

using namespace parley;
using namespace parley::policy;

namespace {

constexpr std::string_view kSoap12 = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view kSoap11 = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::string_view kWsa10 = "http://www.w3.org/2005/08/addressing";
constexpr std::string_view kWsa2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing";

std::string request(std::string_view soap,
                    std::string_view wsa,
                    std::string_view action,
                    std::string_view headers = "",
                    std::string_view body = "") {
  return "<s:Envelope xmlns:s='" + std::string(soap) + "' xmlns:a='" + std::string(wsa) +
         "'><s:Header><a:Action s:mustUnderstand='1'>" + std::string(action) +
         "</a:Action><a:MessageID>urn:m</a:MessageID>" + std::string(headers) +
         "</s:Header><s:Body>" + std::string(body) + "</s:Body></s:Envelope>";
}

/// Counts how often the document is made.
struct Source {
  int made = 0;

  Result<std::vector<MetadataSection>> operator()() {
    ++made;
    return std::vector<MetadataSection>{
        {std::string(uri::kWsdl), "urn:t", to_bytes("<?xml version='1.0'?><w xmlns='urn:w'/>")}};
  }
};

MetadataAnswer ask(std::string_view text, std::string_view content_type, Source& source) {
  return answer_metadata_request(to_bytes(text), content_type, std::ref(source), Limits());
}

MetadataAnswer ask(std::string_view text) {
  Source source;
  return ask(text, "application/soap+xml", source);
}

std::string text_of(const MetadataAnswer& answer) {
  return std::string(as_text(answer.bytes));
}

}  // namespace

TEST_CASE("A request says at its edge that it asks for metadata") {
  CHECK(says_that_it_asks("text/xml", kTransferGet));
  CHECK(says_that_it_asks("text/xml", kGetMetadata));
  CHECK(
      says_that_it_asks("application/soap+xml; action=\"" + std::string(kTransferGet) + "\"", ""));
  CHECK_FALSE(says_that_it_asks("application/soap+xml; action=\"urn:other\"", ""));
  CHECK_FALSE(says_that_it_asks("text/xml", "urn:other"));
  CHECK_FALSE(says_that_it_asks("", ""));
}

TEST_CASE("Metadata is given in the versions of the request") {
  for (const std::string_view soap : {kSoap11, kSoap12}) {
    for (const std::string_view wsa : {kWsa10, kWsa2004}) {
      Source source;
      const MetadataAnswer answer =
          ask(request(soap, wsa, kTransferGet),
              soap == kSoap11 ? "text/xml; charset=utf-8" : "application/soap+xml", source);
      CHECK(answer.kind == engine::AnswerKind::message);
      CHECK(source.made == 1);
      auto document = xml::Document::parse(answer.bytes, Limits());
      REQUIRE(document);
      const xml::Element header = document->root().child(soap, "Header");
      REQUIRE(header);
      CHECK(header.child(wsa, "Action").text() ==
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse");
      CHECK(header.child(wsa, "RelatesTo").text() == "urn:m");
      const auto sections = read_metadata(document->root().child(soap, "Body").first_child());
      REQUIRE(sections);
      REQUIRE(sections->size() == 1);
      CHECK(sections->front().dialect == uri::kWsdl);
      CHECK(sections->front().identifier == "urn:t");
    }
  }
}

TEST_CASE("GetMetadata may name the dialect that it wants") {
  const auto dialect = [](std::string_view name) {
    return "<m:GetMetadata xmlns:m='" + std::string(uri::kMetadataExchange) + "'><m:Dialect>" +
           std::string(name) + "</m:Dialect></m:GetMetadata>";
  };
  CHECK(
      text_of(ask(request(kSoap12, kWsa10, kGetMetadata, "", dialect(uri::kWsdl)))).find("urn:w") !=
      std::string::npos);
  CHECK(text_of(ask(request(kSoap12, kWsa10, kGetMetadata, "", dialect(uri::kSchema))))
            .find("urn:w") == std::string::npos);
}

TEST_CASE("What is no sound request for metadata gets a fault, and nothing is made for it") {
  const auto refused = [](std::string_view text, std::string_view expected,
                          std::string_view type = "application/soap+xml") {
    CAPTURE(text);
    Source source;
    const MetadataAnswer answer = ask(text, type, source);
    CHECK(answer.kind == engine::AnswerKind::sender_fault);
    CHECK(source.made == 0);
    CHECK(text_of(answer).find(expected) != std::string::npos);
  };
  refused(request(kSoap12, kWsa10, "urn:other"), "ActionNotSupported");
  // The answer goes nowhere but back.
  refused(request(kSoap12, kWsa10, kTransferGet,
                  "<a:ReplyTo><a:Address>http://victim/</a:Address></a:ReplyTo>"),
          "InvalidAddressingHeader");
  refused(request(kSoap12, kWsa10, kTransferGet,
                  "<a:FaultTo><a:Address>http://victim/</a:Address></a:FaultTo>"),
          "InvalidAddressingHeader");
  // Nothing here proves anything, so what demands to be understood is not (WA-016).
  refused(request(kSoap12, kWsa10, kTransferGet, "<x:Must xmlns:x='urn:x' s:mustUnderstand='1'/>"),
          "MustUnderstand");
  refused(request(kSoap12, kWsa10, kTransferGet, "", "<x/><y/>"), "Fault");
  refused(request(kSoap11, kWsa10, kTransferGet), "VersionMismatch");
  refused("<s:Envelope xmlns:s='urn:no'/>", "VersionMismatch");
  refused("no XML", "Fault");
  refused("<!DOCTYPE x><x/>", "Fault");
  refused(request(kSoap12, kWsa10, kTransferGet), "Fault", "multipart/related");
}

TEST_CASE("A description that cannot be made is told as a fault of the service") {
  const MetadataAnswer answer = answer_metadata_request(
      to_bytes(request(kSoap12, kWsa10, kTransferGet)), "application/soap+xml",
      []() -> Result<std::vector<MetadataSection>> {
        return Error(ErrorCode::internal_failure, "test");
      },
      Limits());
  CHECK(answer.kind == engine::AnswerKind::receiver_fault);
}

TEST_CASE("What a client asks is answered, and it takes the answer to nothing else") {
  for (const auto soap : {engine::SoapVersion::soap_1_1, engine::SoapVersion::soap_1_2}) {
    const auto asked = write_metadata_request("http://h/s?a&b", "urn:uuid:1", soap, Limits());
    REQUIRE(asked);
    CHECK(says_that_it_asks(asked->content_type, asked->soap_action));
    Source source;
    const MetadataAnswer answer = ask(as_text(asked->bytes), asked->content_type, source);
    CHECK(answer.kind == engine::AnswerKind::message);
    const auto read = [&](const Bytes& bytes, const std::string& id) {
      return read_metadata_answer(bytes, answer.content_type, id, Limits());
    };
    const auto sections = read(answer.bytes, "urn:uuid:1");
    REQUIRE(sections);
    CHECK(sections->size() == 1);
    CHECK(read(answer.bytes, "urn:uuid:2").error().code() == ErrorCode::invalid_addressing);
    Source other;
    const MetadataAnswer fault =
        ask(request(soap == engine::SoapVersion::soap_1_1 ? kSoap11 : kSoap12, kWsa10, "urn:other"),
            answer.content_type, other);
    CHECK(read(fault.bytes, "urn:m").error().code() == ErrorCode::peer_fault);
    CHECK_FALSE(read(to_bytes("<html/>"), "urn:m"));
  }
}
