#include "bindings/soap/headers/reading.h"

#include "base/limits.h"
#include "bindings/soap/addressing_names.h"
#include "bindings/soap/xml/c14n.h"

namespace parley::soap {

Result<std::string_view> read_text(const xml::Element& element, std::string& scratch) {
  if (element.has_children()) {
    return Error(ErrorCode::malformed_envelope, "text");
  }
  return element.text_view(scratch);
}

Result<std::string> read_text(const xml::Element& element) {
  std::string scratch;
  PARLEY_ASSIGN_OR_RETURN(const std::string_view text, read_text(element, scratch));
  return std::string(text);
}

Result<std::string> read_iri(const xml::Element& element) {
  std::string scratch;
  PARLEY_ASSIGN_OR_RETURN(const std::string_view text, read_text(element, scratch));
  const std::string_view iri = trim(text);
  if (iri.empty() || iri.size() > Limits().identifier_bytes_max) {
    return Error(ErrorCode::malformed_value, "URI");
  }
  return std::string(iri);
}

bool is_reference_parameter(const xml::Element& block) {
  const std::string_view ns = names_of(engine::AddressingVersion::addressing_1_0).ns;
  const auto marker = block.attribute(ns, "IsReferenceParameter");
  return marker && trim(*marker) != "0" && trim(*marker) != "false";
}

Result<QualifiedName> read_qualified_name(const xml::Element& element) {
  PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(element));
  const std::string_view name = trim(text);
  const std::size_t colon = name.find(':');
  const std::string_view prefix =
      colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
  const auto ns = element.namespace_of(prefix);
  if (local.empty() || local.find(':') != std::string_view::npos || (!prefix.empty() && !ns)) {
    return Error(ErrorCode::malformed_value, "QName");
  }
  return QualifiedName{std::string(ns.value_or("")), std::string(local)};
}

Result<void> append_canonical(Bytes& out, const xml::Element& element) {
  return xml::canonicalize(element, {}, out);
}

void append_child(Bytes& out,
                  std::string_view prefix,
                  std::string_view local_name,
                  std::string_view text) {
  append(out, "<");
  append(out, prefix);
  append(out, ":");
  append(out, local_name);
  append(out, ">");
  xml::append_text(out, text);
  append(out, "</");
  append(out, prefix);
  append(out, ":");
  append(out, local_name);
  append(out, ">");
}

}  // namespace parley::soap
