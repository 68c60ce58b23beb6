#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "bindings/soap/message_layout.h"
#include "support/external_tool.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// What we write is valid by the published schemas, in the judgement of an independent validator.

using namespace parley;

namespace {

struct SchemaFile {
  std::string_view ns;
  std::string_view file;
};

constexpr std::array kSchemas{
    SchemaFile{"http://www.w3.org/XML/1998/namespace", "xml.xsd"},
    SchemaFile{"http://www.w3.org/2003/05/soap-envelope", "soap-1.2.xsd"},
    SchemaFile{"http://schemas.xmlsoap.org/soap/envelope/", "soap-1.1.xsd"},
    SchemaFile{"http://www.w3.org/2005/08/addressing", "ws-addr200508.xsd"},
    SchemaFile{"http://schemas.xmlsoap.org/ws/2004/08/addressing", "ws-addr200408.xsd"},
    SchemaFile{"http://docs.oasis-open.org/wss/2004/01/"
               "oasis-200401-wss-wssecurity-utility-1.0.xsd",
               "oasis-200401-wss-wssecurity-utility-1.0.xsd"},
    SchemaFile{"http://docs.oasis-open.org/wss/2004/01/"
               "oasis-200401-wss-wssecurity-secext-1.0.xsd",
               "oasis-200401-wss-wssecurity-secext-1.0.xsd"},
    SchemaFile{"http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd",
               "oasis-wss-wssecurity-secext-1.1.xsd"},
    SchemaFile{"http://www.w3.org/2000/09/xmldsig#", "xmldsig-core-schema.xsd"},
    SchemaFile{"http://www.w3.org/2001/04/xmlenc#", "xenc-schema.xsd"},
    SchemaFile{"http://www.w3.org/2001/10/xml-exc-c14n#", "exc-c14n.xsd"},
    SchemaFile{"http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512",
               "ws-secureconversation-1.3.xsd"},
    SchemaFile{"http://schemas.xmlsoap.org/ws/2005/02/sc", "ws-secureconversation-200502.xsd"},
    SchemaFile{"http://docs.oasis-open.org/ws-sx/ws-trust/200512", "ws-trust-1.3.xsd"},
    SchemaFile{"http://schemas.xmlsoap.org/ws/2005/02/trust", "ws-trust-200502.xsd"},
    SchemaFile{"http://docs.oasis-open.org/ws-rx/wsrm/200702", "wsrm-200702.xsd"},
};

/// A schema that imports all of them: SOAP's wildcards then judge every element that they know.
class Schemas {
 public:
  explicit Schemas(std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const auto& [name, rm_1_0] : {std::pair("wsa10.xsd", "wsrm-200502-wsa200508.xsd"),
                                       std::pair("wsa200408.xsd", "wsrm-200502-wsa200408.xsd")}) {
      std::string text = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>";
      for (const SchemaFile& schema : kSchemas) {
        text += import_of(schema.ns, schema.file);
      }
      text += import_of("http://schemas.xmlsoap.org/ws/2005/02/rm", rm_1_0) + "</xs:schema>";
      temporary_.write(name, as_bytes(text));
    }
  }

  /// Empty = valid.
  std::string judge(const std::vector<std::string>& files, const engine::Profile& profile) const {
    std::vector<std::string> command{
        "env",
        "XML_CATALOG_FILES=" + (folder_ / "catalog-security.xml").string() + " " +
            (folder_ / "catalog-rm.xml").string(),
        "xmllint",
        "--nonet",
        "--noout",
        "--schema",
        temporary_.path(profile.addressing == engine::AddressingVersion::addressing_1_0
                            ? "wsa10.xsd"
                            : "wsa200408.xsd")};
    command.insert(command.end(), files.begin(), files.end());
    const test::ToolResult result = test::run_tool(temporary_, command);
    return result.status == 0 ? "" : "exit " + std::to_string(result.status) + ": " + result.errors;
  }

  /// Where a schema and the text that it belongs to do not agree.
  static bool knows(const std::string& sample, const engine::Profile& profile) {
    const bool is_rm_1_1 = profile.rm == sequences::RmVersion::rm_1_1;
    // RM-090: the schema forbids what belongs into the Detail.
    const bool has_detail = is_rm_1_1 && profile.soap == engine::SoapVersion::soap_1_1 &&
                            (sample == "UnknownSequence" || sample == "InvalidAcknowledgement");
    // 1.1 has endpoint references of addressing 1.0 only.
    const bool has_endpoint = is_rm_1_1 &&
                              profile.addressing == engine::AddressingVersion::addressing_2004_08 &&
                              sample.starts_with("CreateSequence");
    return !has_detail && !has_endpoint;
  }

  const test::TemporaryFolder& temporary() const { return temporary_; }

 private:
  std::string import_of(std::string_view ns, std::string_view file) const {
    return "<xs:import namespace='" + std::string(ns) + "' schemaLocation='" +
           (folder_ / file).string() + "'/>";
  }

  std::filesystem::path folder_;
  test::TemporaryFolder temporary_;
};

}  // namespace

TEST_CASE("every message that we write is valid by the published schemas") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const Schemas schemas(shared / "schemas");
  auto codec = soap::SoapCodec::make(test::client_credentials(), {});
  REQUIRE(codec);
  crypto::SystemEntropy entropy;
  for (const engine::Profile& profile : test::version_profiles()) {
    CAPTURE(test::describe(profile));
    const contexts::LiveKey key = test::context_key(profile, "urn:instance");
    std::vector<std::string> files;
    std::size_t count = 0;
    for (const test::Sample& sample : test::samples(profile)) {
      CAPTURE(sample.name);
      if (!Schemas::knows(sample.name, profile)) {
        continue;
      }
      const auto layout =
          soap::MessageLayout::make(sample.message, profile, true, soap::CodecSettings().limits);
      REQUIRE(layout);
      const std::string name = std::to_string(count++);
      files.push_back(schemas.temporary().write(name + "-plain.xml", layout->plain()));
      for (const bool is_initiator : {true, false}) {
        engine::ProtectWith with;
        with.context = &key;
        with.is_initiator = is_initiator;
        const auto wire = (*codec)->protect(sample.message, profile, with, test::kNow, entropy);
        REQUIRE(wire);
        files.push_back(schemas.temporary().write(
            name + (is_initiator ? "-initiator.xml" : "-recipient.xml"), wire->bytes));
      }
      engine::ProtectWith bootstrap;
      bootstrap.bootstrap = true;
      const auto request =
          (*codec)->protect(sample.message, profile, bootstrap, test::kNow, entropy);
      REQUIRE(request);
      files.push_back(schemas.temporary().write(name + "-bootstrap.xml", request->bytes));
      engine::ProtectWith answer;
      answer.answering = request->exchange_keys;
      const auto response = (*codec)->protect(sample.message, profile, answer, test::kNow, entropy);
      REQUIRE(response);
      files.push_back(schemas.temporary().write(name + "-answer.xml", response->bytes));
    }
    CHECK(schemas.judge(files, profile) == "");
  }
}

TEST_CASE("the validator does see what is wrong") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const Schemas schemas(shared / "schemas");
  const engine::Profile profile;
  const auto layout = soap::MessageLayout::make(test::application_message(profile, "<x/>"), profile,
                                                true, soap::CodecSettings().limits);
  REQUIRE(layout);
  const std::string text(as_text(layout->plain()));
  for (const auto& [from, to] :
       {std::pair("<wsrm:MessageNumber>41<", "<wsrm:MessageNumber>0<"),
        std::pair("Lower=\"1\"", "Lower=\"x\""), std::pair("<wsa:Address>", "<wsa:Adress>")}) {
    std::string broken = test::replaced(text, from, to);
    if (std::string_view(to) == "<wsa:Adress>") {
      broken = test::replaced(broken, "</wsa:Address>", "</wsa:Adress>");
    }
    const std::string file = schemas.temporary().write("broken.xml", as_bytes(broken));
    CHECK(schemas.judge({file}, profile) != "");
  }
}
