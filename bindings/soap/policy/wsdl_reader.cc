#include "bindings/soap/policy/wsdl_reader.h"

#include <map>
#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/attachments.h"
#include "bindings/soap/policy/wsdl_addressing.h"
#include "bindings/soap/policy/wsdl_index.h"

namespace parley::policy {
namespace {

xml::Children children_of(const xml::Element& element) {
  return element ? element.children() : xml::Children(xml::Element());
}

/// Of one port type, by name.
using Operations = std::multimap<std::string, xml::Element>;

class Reader {
 public:
  Reader(const WsdlIndex& index, const Attachments& attachments, WorkBudget& budget)
      : index_(index), attachments_(attachments), budget_(budget) {}

  Result<void> read_service(const Definition& service, std::vector<EndpointDescription>& out);

 private:
  Result<void> read_policies(EndpointDescription& endpoint,
                             const xml::Element& port,
                             const Definition& service,
                             const Definition& binding,
                             const Definition& port_type);
  /// The operation of the port type that a binding's operation is about: names may be overloaded,
  /// then the input's name tells which.
  Result<xml::Element> abstract_operation(const xml::Element& bound, const Operations& operations);
  Result<xml::Element> abstract_fault(const xml::Element& bound, const xml::Element& abstract);
  Result<OperationDescription> read_operation(const xml::Element& bound,
                                              const xml::Element& abstract,
                                              const Definition& binding,
                                              const Definition& port_type);
  Result<void> read_operations(EndpointDescription& endpoint,
                               const Definition& binding,
                               const Definition& port_type);
  Result<MessageDescription> read_message(const xml::Element& bound,
                                          const xml::Element& abstract,
                                          const Definition& binding,
                                          const Definition& port_type);

  const WsdlIndex& index_;
  const Attachments& attachments_;
  WorkBudget& budget_;
};

Result<xml::Element> Reader::abstract_operation(const xml::Element& bound,
                                                const Operations& operations) {
  const auto [begin, end] = operations.equal_range(attribute_of(bound, "name"));
  const std::string input = attribute_of(bound.child(uri::kWsdl, "input"), "name");
  for (auto at = begin; at != end; ++at) {
    PARLEY_TRY(budget_.spend(1));
    if (!input.empty() && attribute_of(at->second.child(uri::kWsdl, "input"), "name") == input) {
      return at->second;
    }
  }
  return begin == end ? xml::Element() : begin->second;
}

Result<xml::Element> Reader::abstract_fault(const xml::Element& bound,
                                            const xml::Element& abstract) {
  const std::string name = attribute_of(bound, "name");
  for (const xml::Element& child : children_of(abstract)) {
    PARLEY_TRY(budget_.spend(1));
    if (child.is(uri::kWsdl, "fault") && attribute_of(child, "name") == name) {
      return child;
    }
  }
  return xml::Element();
}

Result<MessageDescription> Reader::read_message(const xml::Element& bound,
                                                const xml::Element& abstract,
                                                const Definition& binding,
                                                const Definition& port_type) {
  PARLEY_TRY(budget_.spend(1));
  MessageDescription message;
  std::vector<NormalPolicy> policies;
  if (bound) {
    message.name = attribute_of(bound, "name");
    PARLEY_TRY(attachments_.add_inline(bound, binding.document, policies));
  }
  if (abstract) {
    message.action = told_action(abstract);
    PARLEY_TRY(attachments_.add_inline(abstract, port_type.document, policies));
    const Definition content = index_.find("message", qualified_attribute(abstract, "message"));
    if (content) {
      PARLEY_TRY(attachments_.add_inline(content.element, content.document, policies));
      const xml::Element part = content.element.child(uri::kWsdl, "part");
      message.element = part ? qualified_attribute(part, "element") : QualifiedName();
    }
  }
  PARLEY_ASSIGN_OR_RETURN(message.policy, attachments_.merged(policies));
  return message;
}

Result<OperationDescription> Reader::read_operation(const xml::Element& bound,
                                                    const xml::Element& abstract,
                                                    const Definition& binding,
                                                    const Definition& port_type) {
  OperationDescription operation;
  operation.name = attribute_of(bound, "name");
  std::vector<NormalPolicy> policies;
  PARLEY_TRY(attachments_.add_inline(bound, binding.document, policies));
  if (abstract) {
    PARLEY_TRY(attachments_.add_inline(abstract, port_type.document, policies));
  }
  PARLEY_ASSIGN_OR_RETURN(operation.policy, attachments_.merged(policies));

  const auto child = [](const xml::Element& parent, std::string_view local) {
    return parent ? parent.child(uri::kWsdl, local) : xml::Element();
  };
  const xml::Element input = child(abstract, "input");
  const xml::Element output = child(abstract, "output");
  PARLEY_ASSIGN_OR_RETURN(operation.input,
                          read_message(child(bound, "input"), input, binding, port_type));
  if (output || child(bound, "output")) {
    PARLEY_ASSIGN_OR_RETURN(operation.output,
                            read_message(child(bound, "output"), output, binding, port_type));
  }
  for (const xml::Element& fault : bound.children()) {
    if (fault.is(uri::kWsdl, "fault")) {
      PARLEY_ASSIGN_OR_RETURN(const xml::Element of, abstract_fault(fault, abstract));
      PARLEY_ASSIGN_OR_RETURN(operation.faults.emplace_back(),
                              read_message(fault, of, binding, port_type));
    }
  }

  const auto name_or = [](const xml::Element& message, const std::string& fallback) {
    const std::string name = attribute_of(message, "name");
    return name.empty() ? fallback : name;
  };
  if (operation.input.action.empty()) {
    operation.input.action = soap::trim(attribute_of(soap_child(bound, "operation"), "soapAction"));
  }
  if (operation.input.action.empty() && port_type) {
    operation.input.action = default_action(
        port_type, name_or(input, operation.name + (operation.output ? "Request" : "")));
  }
  if (operation.output && operation.output->action.empty() && port_type) {
    operation.output->action =
        default_action(port_type, name_or(output, operation.name + "Response"));
  }
  return operation;
}

Result<void> Reader::read_policies(EndpointDescription& endpoint,
                                   const xml::Element& port,
                                   const Definition& service,
                                   const Definition& binding,
                                   const Definition& port_type) {
  const std::string service_name = endpoint.service.local_name;
  std::vector<NormalPolicy> policies;
  PARLEY_TRY(attachments_.add_inline(service.element, service.document, policies));
  PARLEY_TRY(attachments_.add_named("wsdl11.service(" + service_name + ")", policies));
  PARLEY_ASSIGN_OR_RETURN(endpoint.service_policy, attachments_.merged(policies));

  policies.clear();
  PARLEY_TRY(attachments_.add_inline(port, service.document, policies));
  PARLEY_TRY(attachments_.add_inline(binding.element, binding.document, policies));
  if (port_type) {
    PARLEY_TRY(attachments_.add_inline(port_type.element, port_type.document, policies));
    PARLEY_TRY(attachments_.add_named(
        "wsdl11.portType(" + attribute_of(port_type.element, "name") + ")", policies));
  }
  PARLEY_TRY(
      attachments_.add_named("wsdl11.port(" + service_name + "/" + endpoint.port + ")", policies));
  PARLEY_TRY(
      attachments_.add_named("wsdl11.binding(" + endpoint.binding.local_name + ")", policies));
  PARLEY_TRY(attachments_.add_external(endpoint.address, policies));
  PARLEY_ASSIGN_OR_RETURN(endpoint.policy, attachments_.merged(policies));
  return {};
}

Result<void> Reader::read_operations(EndpointDescription& endpoint,
                                     const Definition& binding,
                                     const Definition& port_type) {
  Operations operations;
  for (const xml::Element& child : children_of(port_type.element)) {
    PARLEY_TRY(budget_.spend(1));
    if (child.is(uri::kWsdl, "operation")) {
      operations.emplace(attribute_of(child, "name"), child);
    }
  }
  for (const xml::Element& bound : binding.element.children()) {
    if (bound.is(uri::kWsdl, "operation")) {
      PARLEY_ASSIGN_OR_RETURN(const xml::Element abstract, abstract_operation(bound, operations));
      PARLEY_ASSIGN_OR_RETURN(endpoint.operations.emplace_back(),
                              read_operation(bound, abstract, binding, port_type));
    }
  }
  return {};
}

Result<void> Reader::read_service(const Definition& service,
                                  std::vector<EndpointDescription>& out) {
  for (const xml::Element& port : service.element.children()) {
    PARLEY_TRY(budget_.spend(1));
    EndpointDescription endpoint;
    endpoint.binding = qualified_attribute(port, "binding");
    const Definition binding = index_.find("binding", endpoint.binding);
    const xml::Element soap = binding ? soap_child(binding.element, "binding") : xml::Element();
    if (!port.is(uri::kWsdl, "port") || !soap) {
      continue;
    }
    endpoint.service = {std::string(service.target_namespace),
                        attribute_of(service.element, "name")};
    endpoint.port = attribute_of(port, "name");
    endpoint.soap = soap.namespace_uri() == uri::kWsdlSoap11 ? engine::SoapVersion::soap_1_1
                                                             : engine::SoapVersion::soap_1_2;
    endpoint.transport = attribute_of(soap, "transport");
    endpoint.address = port_address(port);
    endpoint.uses_addressing = binding.element.child(uri::kWsaw, "UsingAddressing") ||
                               port.child(uri::kWsaw, "UsingAddressing");
    const Definition port_type =
        index_.find("portType", qualified_attribute(binding.element, "type"));
    PARLEY_TRY(read_policies(endpoint, port, service, binding, port_type));
    PARLEY_TRY(read_operations(endpoint, binding, port_type));
    out.push_back(std::move(endpoint));
  }
  return {};
}

}  // namespace

Result<ServiceDescription> read_services(PolicyDocuments& documents) {
  WorkBudget budget{documents.limits()};
  const WsdlIndex index(documents);
  PARLEY_ASSIGN_OR_RETURN(const Attachments attachments, Attachments::find(documents, budget));
  Reader reader(index, attachments, budget);
  ServiceDescription description;
  description.missing_imports = index.missing_imports();
  for (const Definition& service : index.services()) {
    PARLEY_TRY(reader.read_service(service, description.endpoints));
  }
  for (const std::string& warning : attachments.warnings()) {
    description.warnings.push_back(warning);
  }
  return description;
}

}  // namespace parley::policy
