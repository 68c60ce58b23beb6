#include "bindings/soap/policy/metadata_exchange.h"

#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_limits.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/xml/escape.h"

namespace parley::policy {
namespace {

constexpr std::string_view kGetMetadataAnswer =
    "http://schemas.xmlsoap.org/ws/2004/09/mex/GetMetadata/Response";
constexpr std::string_view kTransferGetAnswer =
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";

}  // namespace

std::optional<std::string_view> metadata_answer_action(std::string_view action) {
  if (action == kGetMetadata) {
    return kGetMetadataAnswer;
  }
  return action == kTransferGet ? std::optional(kTransferGetAnswer) : std::nullopt;
}

bool asks_for(const xml::Element& body, std::string_view dialect) {
  if (!body) {
    return true;
  }
  const xml::Element asked = body.child(uri::kMetadataExchange, "Dialect");
  return body.is(uri::kMetadataExchange, "GetMetadata") &&
         (!asked || soap::trim(asked.text()) == dialect);
}

Bytes write_metadata(std::span<const MetadataSection> sections) {
  Bytes out;
  xml::append(out, "<mex:Metadata xmlns:mex=\"");
  xml::append(out, uri::kMetadataExchange);
  xml::append(out, "\">");
  for (const MetadataSection& section : sections) {
    xml::append(out, "<mex:MetadataSection Dialect=\"");
    xml::append_attribute(out, section.dialect);
    if (!section.identifier.empty()) {
      xml::append(out, "\" Identifier=\"");
      xml::append_attribute(out, section.identifier);
    }
    xml::append(out, "\">");
    std::string_view document = as_text(section.document);
    if (document.starts_with("<?xml")) {
      document.remove_prefix(document.find("?>") + 2);  // only a document may begin so
    }
    xml::append(out, document);
    xml::append(out, "</mex:MetadataSection>");
  }
  xml::append(out, "</mex:Metadata>");
  return out;
}

Result<std::vector<MetadataSection>> read_metadata(const xml::Element& metadata) {
  if (!metadata.is(uri::kMetadataExchange, "Metadata")) {
    return Error(ErrorCode::malformed_value, "metadata");
  }
  std::vector<MetadataSection> sections;
  for (const xml::Element& section : metadata.children()) {
    const xml::Element document = section.first_child();
    if (!section.is(uri::kMetadataExchange, "MetadataSection") || !document ||
        document.namespace_uri() == uri::kMetadataExchange) {
      continue;  // a location or a reference
    }
    if (sections.size() >= PolicyLimits().documents_max) {
      return Error(ErrorCode::limit_exceeded, "metadata sections");
    }
    sections.push_back({std::string(section.attribute("", "Dialect").value_or("")),
                        std::string(section.attribute("", "Identifier").value_or("")),
                        xml::self_contained(document)});
  }
  return sections;
}

}  // namespace parley::policy
