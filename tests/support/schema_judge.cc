#include "support/schema_judge.h"

#include <array>
#include <utility>

namespace parley::test {
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

}  // namespace

SchemaJudge::SchemaJudge(std::filesystem::path folder) : folder_(std::move(folder)) {
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

std::string SchemaJudge::judge(const std::vector<std::string>& files,
                               const engine::Profile& profile) const {
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
  const ToolResult result = run_tool(temporary_, command);
  return result.status == 0 ? "" : "exit " + std::to_string(result.status) + ": " + result.errors;
}

std::string SchemaJudge::import_of(std::string_view ns, std::string_view file) const {
  return "<xs:import namespace='" + std::string(ns) + "' schemaLocation='" +
         (folder_ / file).string() + "'/>";
}

}  // namespace parley::test
