#include "bindings/soap/policy/wsdl_addressing.h"

#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_names.h"

namespace parley::policy {
namespace {

/// Where an Action may come from.
constexpr std::array<std::string_view, 6> kActions{
    uri::kWsam,
    uri::kWsam200702,
    uri::kWsam200701,
    uri::kWsaw,
    soap::names_of(engine::AddressingVersion::addressing_1_0).ns,
    soap::names_of(engine::AddressingVersion::addressing_2004_08).ns,
};

}  // namespace

std::string attribute_of(const xml::Element& element, std::string_view local) {
  return std::string(element ? element.attribute("", local).value_or("") : "");
}

xml::Element soap_child(const xml::Element& parent, std::string_view local) {
  const xml::Element child = parent.child(uri::kWsdlSoap11, local);
  return child ? child : parent.child(uri::kWsdlSoap12, local);
}

std::string told_action(const xml::Element& message) {
  for (const std::string_view ns : kActions) {
    const auto action = message ? message.attribute(ns, "Action") : std::nullopt;
    if (action && !soap::trim(*action).empty()) {
      return std::string(soap::trim(*action));
    }
  }
  return "";
}

std::string default_action(const Definition& port_type, std::string_view message) {
  const std::string ns(port_type.target_namespace);
  const std::string delimiter = ns.starts_with("urn:") ? ":" : "/";
  return ns + (ns.ends_with(delimiter) ? "" : delimiter) + attribute_of(port_type.element, "name") +
         delimiter + std::string(message);
}

std::string port_address(const xml::Element& port) {
  const std::string location = attribute_of(soap_child(port, "address"), "location");
  if (!location.empty()) {
    return location;
  }
  for (const soap::AddressingNames& names : soap::kAddressingNames) {
    const xml::Element reference = port.child(names.ns, "EndpointReference");
    const xml::Element address = reference ? reference.child(names.ns, "Address") : xml::Element();
    if (address) {
      return std::string(soap::trim(address.text()));
    }
  }
  return "";
}

}  // namespace parley::policy
