#include "bindings/soap/policy/wsdl_writer.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "bindings/soap/policy/policy_emission.h"
#include "bindings/soap/policy/policy_writer.h"
#include "bindings/soap/xml/characters.h"
#include "bindings/soap/xml/escape.h"

namespace parley::policy {
namespace {

using xml::append;

bool is_ncname(const std::string& name) {
  return !name.empty() &&
         xml::ncname_end(name.data(), name.data() + name.size()) == name.data() + name.size();
}

Result<void> check(const OfferedService& service) {
  bool is_right = is_ncname(service.name) && is_ncname(service.port_type) &&
                  !service.target_namespace.empty() && xml::is_xml_text(service.target_namespace);
  std::set<std::string> names;
  const auto check_message = [&](const OfferedMessage& message) {
    is_right = is_right && is_ncname(message.element.local_name) &&
               xml::is_xml_text(message.element.ns) && xml::is_xml_text(message.action);
  };
  for (const OfferedOperation& operation : service.operations) {
    is_right = is_right && is_ncname(operation.name) && names.insert(operation.name).second;
    check_message(operation.input);
    if (operation.output) {
      check_message(*operation.output);
    }
  }
  names.clear();
  for (const OfferedEndpoint& endpoint : service.endpoints) {
    is_right = is_right && is_ncname(endpoint.port) && names.insert(endpoint.port).second &&
               xml::is_xml_text(endpoint.address) && !endpoint.profiles.empty() &&
               std::all_of(endpoint.profiles.begin(), endpoint.profiles.end(),
                           [&](const engine::Profile& profile) {
                             return profile.soap == endpoint.profiles.front().soap;
                           });
  }
  return is_right ? Result<void>() : Error(ErrorCode::invalid_argument, "service description");
}

class Writer {
 public:
  explicit Writer(const OfferedService& service) : service_(service) {}

  Result<Bytes> write() {
    text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wsdl:definitions xmlns:wsdl=\"");
    text(uri::kWsdl).text("\" xmlns:wsam=\"").text(uri::kWsam).text("\" xmlns:wsaw=\"");
    text(uri::kWsaw).text("\" xmlns:tns=\"").value(service_.target_namespace);
    text("\" name=\"").value(service_.name).text("\" targetNamespace=\"");
    value(service_.target_namespace).text("\">\n");
    for (const OfferedEndpoint& endpoint : service_.endpoints) {
      PARLEY_TRY(write_policy_of(endpoint));
    }
    write_types();
    write_messages();
    write_port_type();
    for (const OfferedEndpoint& endpoint : service_.endpoints) {
      write_binding(endpoint);
    }
    write_service();
    text("</wsdl:definitions>\n");
    return std::move(out_);
  }

 private:
  Result<void> write_policy_of(const OfferedEndpoint& endpoint) {
    const Language language = endpoint.language.value_or(usual_language(endpoint.profiles.front()));
    PARLEY_ASSIGN_OR_RETURN(const NormalPolicy policy, policy_of(endpoint.profiles, language));
    write_policy(out_, policy, Nesting::compact, policy_id(endpoint));
    text("\n");
    if (const auto of_messages = message_policy_of(endpoint.profiles, language)) {
      write_policy(out_, *of_messages, Nesting::compact, message_policy_id(endpoint));
      text("\n");
    }
    return {};
  }

  void write_types() {
    text("<wsdl:types>");
    if (service_.schemas.empty()) {
      write_open_schemas();
    } else {
      text(as_text(service_.schemas));
    }
    text("</wsdl:types>\n");
  }

  /// Elements of any content, so that a description without a schema is whole.
  void write_open_schemas() {
    std::map<std::string, std::set<std::string>> elements;
    for (const OfferedOperation& operation : service_.operations) {
      elements[operation.input.element.ns].insert(operation.input.element.local_name);
      if (operation.output) {
        elements[operation.output->element.ns].insert(operation.output->element.local_name);
      }
    }
    for (const auto& [ns, names] : elements) {
      text("<xs:schema xmlns:xs=\"").text(uri::kSchema).text("\" elementFormDefault=\"qualified\"");
      if (!ns.empty()) {
        text(" targetNamespace=\"").value(ns).text("\"");
      }
      text(">");
      for (const std::string& name : names) {
        text("<xs:element name=\"").value(name);
        text(
            "\"><xs:complexType><xs:sequence><xs:any minOccurs=\"0\" maxOccurs=\"unbounded\" "
            "namespace=\"##any\" processContents=\"lax\"/></xs:sequence></xs:complexType>"
            "</xs:element>");
      }
      text("</xs:schema>");
    }
  }

  void write_messages() {
    for (const OfferedOperation& operation : service_.operations) {
      write_message(operation.name, operation.input);
      if (operation.output) {
        write_message(operation.name + "Response", *operation.output);
      }
    }
  }

  void write_message(const std::string& name, const OfferedMessage& message) {
    text("<wsdl:message name=\"").value(name).text("\"><wsdl:part name=\"parameters\" ");
    if (message.element.ns.empty()) {
      text("element=\"");
    } else {
      text("xmlns:e=\"").value(message.element.ns).text("\" element=\"e:");
    }
    value(message.element.local_name).text("\"/></wsdl:message>\n");
  }

  void write_port_type() {
    text("<wsdl:portType name=\"").value(service_.port_type).text("\">\n");
    for (const OfferedOperation& operation : service_.operations) {
      text("<wsdl:operation name=\"").value(operation.name).text("\">");
      write_port_message("input", operation.name, operation.input);
      if (operation.output) {
        write_port_message("output", operation.name + "Response", *operation.output);
      }
      text("</wsdl:operation>\n");
    }
    text("</wsdl:portType>\n");
  }

  /// The action in the attributes of both eras (WA-052).
  void write_port_message(std::string_view direction,
                          const std::string& name,
                          const OfferedMessage& message) {
    text("<wsdl:").text(direction).text(" message=\"tns:").value(name).text("\"");
    if (!message.action.empty()) {
      text(" wsam:Action=\"").value(message.action).text("\" wsaw:Action=\"");
      value(message.action).text("\"");
    }
    text("/>");
  }

  void write_binding(const OfferedEndpoint& endpoint) {
    const bool is_1_1 = endpoint.profiles.front().soap == engine::SoapVersion::soap_1_1;
    text("<wsdl:binding name=\"").value(endpoint.port).text("Binding\" type=\"tns:");
    value(service_.port_type).text("\" xmlns:soap=\"");
    text(is_1_1 ? uri::kWsdlSoap11 : uri::kWsdlSoap12).text("\">\n");
    const Language language = endpoint.language.value_or(usual_language(endpoint.profiles.front()));
    write_reference(language, policy_id(endpoint));
    text("\n<soap:binding style=\"document\" transport=\"");
    text(uri::kSoapOverHttp).text("\"/>\n");
    for (const OfferedOperation& operation : service_.operations) {
      text("<wsdl:operation name=\"").value(operation.name);
      text("\"><soap:operation style=\"document\" soapAction=\"").value(operation.input.action);
      text("\"/>");
      write_bound_message("input", endpoint, language);
      if (operation.output) {
        write_bound_message("output", endpoint, language);
      }
      text("</wsdl:operation>\n");
    }
    text("</wsdl:binding>\n");
  }

  void write_bound_message(std::string_view direction,
                           const OfferedEndpoint& endpoint,
                           Language language) {
    text("<wsdl:").text(direction).text(">");
    if (message_policy_of(endpoint.profiles, language)) {
      write_reference(language, message_policy_id(endpoint));
    }
    text("<soap:body use=\"literal\"/></wsdl:").text(direction).text(">");
  }

  void write_reference(Language language, const std::string& policy) {
    text("<wsp:PolicyReference xmlns:wsp=\"").text(namespace_of(language)).text("\" URI=\"#");
    value(policy).text("\"/>");
  }

  void write_service() {
    text("<wsdl:service name=\"").value(service_.name).text("\">\n");
    for (const OfferedEndpoint& endpoint : service_.endpoints) {
      const bool is_1_1 = endpoint.profiles.front().soap == engine::SoapVersion::soap_1_1;
      text("<wsdl:port name=\"").value(endpoint.port).text("\" binding=\"tns:");
      value(endpoint.port).text("Binding\"><soap:address xmlns:soap=\"");
      text(is_1_1 ? uri::kWsdlSoap11 : uri::kWsdlSoap12).text("\" location=\"");
      value(endpoint.address).text("\"/></wsdl:port>\n");
    }
    text("</wsdl:service>\n");
  }

  static std::string policy_id(const OfferedEndpoint& endpoint) { return endpoint.port + "Policy"; }

  static std::string message_policy_id(const OfferedEndpoint& endpoint) {
    return endpoint.port + "MessagePolicy";
  }

  Writer& text(std::string_view text) {
    append(out_, text);
    return *this;
  }

  Writer& value(std::string_view text) {
    xml::append_attribute(out_, text);
    return *this;
  }

  const OfferedService& service_;
  Bytes out_;
};

}  // namespace

Result<Bytes> write_wsdl(const OfferedService& service) {
  PARLEY_TRY(check(service));
  return Writer(service).write();
}

}  // namespace parley::policy
