#pragma once

#include <string>
#include <string_view>

#include "bindings/soap/policy/wsdl_index.h"
#include "bindings/soap/xml/document.h"

// Where messages go and what they are called, as WSDL says it.

namespace parley::policy {

/// An attribute without namespace; empty where it or the element is missing.
std::string attribute_of(const xml::Element& element, std::string_view local);

/// The WSDL extension of that name for either version of SOAP; null when there is none.
xml::Element soap_child(const xml::Element& parent, std::string_view local);

/// The action that an input, output or fault of a port type tells; empty = none.
std::string told_action(const xml::Element& message);

/// WA-053: the action where nobody tells one. `message` is the name of the message, or its default.
std::string default_action(const Definition& port_type, std::string_view message);

/// The address of a port: that of SOAP, or of an endpoint reference; empty = none.
std::string port_address(const xml::Element& port);

}  // namespace parley::policy
