#include "cli/description_flags.h"

#include <sstream>
#include <utility>

#include "bindings/http/url.h"
#include "bindings/soap/policy/policy_emission.h"
#include "bindings/soap/xml/document.h"
#include "cli/failure.h"
#include "cli/node_flags.h"
#include "cli/octets_argument.h"

namespace parley::cli {
namespace {

using policy::Language;

/// "{urn:orders}Place", or "Place" of no namespace.
policy::QualifiedName name_in(const std::string& text, const std::string& operation) {
  if (!text.starts_with('{')) {
    return {{}, text};
  }
  const std::size_t end = text.find('}');
  if (end == std::string::npos) {
    throw Failure(ExitCode::usage, "--operation " + operation + ": " + text + " has no }");
  }
  return {text.substr(1, end - 1), text.substr(end + 1)};
}

policy::OfferedOperation operation_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  if (words.size() != 3 && words.size() != 5) {
    throw Failure(ExitCode::usage,
                  "--operation: it takes 'NAME ACTION ELEMENT', and for a request the ACTION and "
                  "the ELEMENT of its answer besides");
  }
  policy::OfferedOperation operation;
  operation.name = words[0];
  operation.input = {words[1], name_in(words[2], words[0])};
  if (words.size() == 5) {
    operation.output = policy::OfferedMessage{words[3], name_in(words[4], words[0])};
  }
  return operation;
}

/// The schema as an element that may stand in another document.
Bytes schema_in(const std::string& file) {
  const Limits limits;
  Bytes text = read_input(file, limits.envelope_bytes_max);
  const auto document = need(xml::Document::parse(std::move(text), limits), "--schema " + file);
  if (!document.root().is(policy::uri::kSchema, "schema")) {
    throw Failure(ExitCode::input, "--schema " + file + ": it is no xs:schema");
  }
  return xml::self_contained(document.root());
}

}  // namespace

void DescriptionFlags::declare(Flags& flags) {
  flags.texts("--operation", "TEXT", operations_,
              "a message, for the description: 'NAME ACTION ELEMENT', and for a request the ACTION "
              "and the ELEMENT of its answer besides; an element is NAME or {NAMESPACE}NAME");
  flags.text("--schema", "FILE", schema_file_, "what the elements are: one xs:schema");
  flags.text("--namespace", "URI", target_namespace_,
             "of the description (that of the first element)");
  flags.text("--public-address", "URL", address_,
             "where clients reach the service (as whoever asks for the description reached it)");
  flags.choice("--describe", {"usual", "2004/09", "1.5", "none"}, language_,
               "version of the policy in the description; none = there is no description");
}

std::optional<host::Description> DescriptionFlags::description(
    const engine::Profile& profile) const {
  if (language_ == "none") {
    return std::nullopt;
  }
  host::Description description;
  if (language_ != "usual") {
    description.language = language_ == "1.5" ? Language::policy_1_5 : Language::policy_2004_09;
  }
  if (!address_.empty() && !http::parse_url(address_)) {
    throw Failure(ExitCode::usage, "--public-address " + address_ + ": it takes a URL");
  }
  description.address = address_;
  policy::OfferedService& service = description.service;
  for (const std::string& operation : operations_) {
    service.operations.push_back(operation_in(operation));
  }
  if (!schema_file_.empty()) {
    service.schemas = schema_in(schema_file_);
  }
  service.target_namespace = target_namespace_;
  if (service.target_namespace.empty() && !service.operations.empty()) {
    service.target_namespace = service.operations.front().input.element.ns;
  }
  if (service.target_namespace.empty()) {
    service.target_namespace = "urn:parley:service";
  }
  service.name = "Service";
  service.port_type = "PortType";
  // Whatever fails here is to be told before the service starts.
  const auto policy = policy::policy_of({&profile, 1}, policy::usual_language(profile));
  if (!policy) {
    log_line("there is no description of the service: " + policy.error().message());
    return std::nullopt;
  }
  policy::OfferedService trial = service;
  trial.endpoints = {{description.port, {}, {profile}, description.language}};
  if (!policy::write_wsdl(trial)) {
    throw Failure(ExitCode::usage,
                  "--operation or --namespace: names have to be such as XML takes, and operations "
                  "differ in them");
  }
  return description;
}

}  // namespace parley::cli
