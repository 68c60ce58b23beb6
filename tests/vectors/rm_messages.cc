#include "tests/vectors/rm_messages.h"

#include <optional>

#include "bindings/soap/envelope.h"
#include "bindings/soap/fault_body.h"
#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/soap_versions.h"
#include "tests/vectors/outside_document.h"
#include "tests/vectors/rm_elements.h"

namespace parley::vectors {
namespace {

/// The n-th element of that name in the namespace of either version; null when there are fewer.
xml::Element find_rm_element(const xml::Document& document,
                             std::string_view local,
                             std::size_t number) {
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    const xml::Element element = document.at(i);
    if (element.local_name() == local && soap::find_rm(element.namespace_uri()) && number-- == 0) {
      return element;
    }
  }
  return {};
}

/// What is wrong with the frame of an envelope, its RM headers as a whole, or the fault in it.
std::string check_envelope(const soap::Envelope& envelope, const Entry& entry) {
  const std::string soap = entry.json.text_or("soap", "");
  const bool is_1_2 = envelope.soap == engine::SoapVersion::soap_1_2;
  if (!soap.empty() && is_1_2 != (soap == "1.2")) {
    return "another SOAP version";
  }
  if (envelope.rm) {
    const auto headers = soap::read_rm_headers(envelope.blocks, *envelope.rm, Limits{});
    if (!headers) {
      return headers.error().message();
    }
  }
  const auto child = soap::body_child(envelope);
  if (!child) {
    return child.error().message();
  }
  if (child->is(soap::names_of(envelope.soap).ns, "Fault")) {
    const auto fault = soap::read_fault(*child, envelope.sequence_fault, Limits{});
    if (!fault) {
      return fault.error().message();
    }
    return fault->code == ErrorCode::peer_fault ? "a fault that is not known here" : "";
  }
  return "";
}

std::string check_content(const xml::Document& document,
                          const Entry& entry,
                          engine::AddressingVersion addressing) {
  std::map<std::string, std::size_t> seen;
  for (const Json& content : entry.json["expected"]["content"].items()) {
    const std::string& name = content.text("element");
    const xml::Element element = find_rm_element(document, name, seen[name]++);
    if (!element) {
      return "no " + name;
    }
    soap::RmDialect dialect;
    dialect.rm = *soap::find_rm(element.namespace_uri());
    dialect.addressing = addressing;
    if (const std::string problem = check_rm_element(element, content, dialect); !problem.empty()) {
      return problem;
    }
  }
  return seen.empty() ? "nothing is expected of it" : "";
}

}  // namespace

Verdict run_rm_message(const Entry& entry) {
  const std::string& result = entry.json["expected"].text("result");
  const OutsideDocument outside = parse_outside(entry.read("file"));
  if (!outside.document) {
    return result == "schema-valid" ? outside.why : passed();
  }
  auto addressing = engine::AddressingVersion::addressing_1_0;
  std::string problem;
  if (outside.document->root().local_name() == "Envelope") {
    const auto envelope = soap::read_envelope(*outside.document);
    problem = envelope ? check_envelope(*envelope, entry) : envelope.error().message();
    addressing = envelope ? envelope->addressing.value_or(addressing) : addressing;
  }
  if (problem.empty()) {
    problem = check_content(*outside.document, entry, addressing);
  }
  if (result == "schema-valid") {
    return expect(problem.empty(), problem);
  }
  if (result == "schema-invalid" || result == "rejected" || result == "invalid") {
    return expect(!problem.empty(), "read, though it must not be");
  }
  // "see verified": schemas refuse it and receivers differ. Reading it with any other content than
  // the index tells is wrong; refusing it is not.
  return expect(problem.find("another") == std::string::npos, problem);
}

}  // namespace parley::vectors
