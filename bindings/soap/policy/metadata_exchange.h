#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"

// WS-MetadataExchange (2004/09): how a service is asked for its description in SOAP.

namespace parley::policy {

inline constexpr std::string_view kGetMetadata =
    "http://schemas.xmlsoap.org/ws/2004/09/mex/GetMetadata/Request";
/// WS-Transfer's Get, which asks the same of the address of a metadata section.
inline constexpr std::string_view kTransferGet =
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";

/// The action of the answer to a request for metadata; nothing for any other action.
std::optional<std::string_view> metadata_answer_action(std::string_view action);

/// A document in an answer.
struct MetadataSection {
  std::string dialect;     ///< a URI: the namespace of WSDL, of XML Schema, of a policy language
  std::string identifier;  ///< its target namespace; empty = not said
  Bytes document;          ///< one element that stands alone
};

/// Whether `body`, the child of a Body, asks for metadata of that dialect: GetMetadata may name
/// one; WS-Transfer's Get has an empty Body, which asks for all.
bool asks_for(const xml::Element& body, std::string_view dialect);

/// The body of an answer: one self-contained element.
Bytes write_metadata(std::span<const MetadataSection> sections);

/// Reads a mex:Metadata. Sections that only refer to an address are left out. Errors:
/// malformed_value for another element; limit_exceeded.
Result<std::vector<MetadataSection>> read_metadata(const xml::Element& metadata);

}  // namespace parley::policy
