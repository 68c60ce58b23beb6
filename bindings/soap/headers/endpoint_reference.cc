#include "bindings/soap/headers/endpoint_reference.h"

#include <optional>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

/// WA-003: a reference parameter becomes a header block of messages to its endpoint, so it must not be
/// able to pass for one that means something here.
bool may_be_parameter(const xml::Element& element) {
  const std::string_view ns = element.namespace_uri();
  if (find_addressing(ns) || find_rm(ns) || ns == kMc || ns == uri::kWsse ||
      ns == uri::kWsse11) {
    return false;
  }
  for (const SoapNames& soap : kSoapNames) {
    if (ns == soap.ns || element.attribute(soap.ns, "mustUnderstand") ||
        element.attribute(soap.ns, soap.role_attribute)) {
      return false;
    }
  }
  return true;
}

Result<void> read_parameters(const xml::Element& element, Bytes& parameters) {
  for (const xml::Element& child : element.children()) {
    if (!may_be_parameter(child)) {
      return Error(ErrorCode::invalid_addressing, "reference parameter");
    }
    PARLEY_TRY(append_canonical(parameters, child));
  }
  return {};
}

}  // namespace

Result<engine::EndpointReference> read_endpoint_reference(const xml::Element& element,
                                                          engine::AddressingVersion version) {
  const std::string_view ns = names_of(version).ns;
  engine::EndpointReference reference;
  bool has_address = false;
  bool has_parameters = false;
  bool has_properties = false;
  for (const xml::Element& child : element.children()) {
    if (child.namespace_uri() != ns) {
      continue;
    }
    const std::string_view name = child.local_name();
    if (name == "Address") {
      if (std::exchange(has_address, true)) {
        return Error(ErrorCode::invalid_addressing, "two addresses");
      }
      auto address = read_iri(child);
      if (!address) {
        return Error(ErrorCode::invalid_addressing, "address");
      }
      reference.address = engine_address(*address, version);
    } else if (name == "ReferenceParameters" || (name == "ReferenceProperties" &&
                                                 version ==
                                                     engine::AddressingVersion::addressing_2004_08)) {
      if (std::exchange(name == "ReferenceParameters" ? has_parameters : has_properties, true)) {
        return Error(ErrorCode::invalid_addressing, "reference parameters");
      }
      PARLEY_TRY(read_parameters(child, reference.reference_parameters));
    }
  }
  if (!has_address) {
    return Error(ErrorCode::invalid_addressing, "no address");
  }
  return reference;
}

std::string_view wire_address(std::string_view address, engine::AddressingVersion version) {
  const AddressingNames& engine_names = names_of(engine::AddressingVersion::addressing_1_0);
  return address == engine_names.anonymous ? names_of(version).anonymous : address;
}

std::string_view engine_address(std::string_view address, engine::AddressingVersion version) {
  const AddressingNames& engine_names = names_of(engine::AddressingVersion::addressing_1_0);
  return address == names_of(version).anonymous ? engine_names.anonymous : address;
}

void append_endpoint_reference(Bytes& out, const engine::EndpointReference& reference,
                               engine::AddressingVersion version, bool is_declared) {
  const std::string_view ns = names_of(version).ns;
  const auto open = [&](std::string_view name) {
    append(out, "<wsa:");
    append(out, name);
    if (!is_declared) {
      append(out, " xmlns:wsa=\"");
      append(out, ns);
      out.push_back('"');
    }
    out.push_back('>');
  };
  open("Address");
  xml::append_text(out, wire_address(reference.address, version));
  append(out, "</wsa:Address>");
  if (!reference.reference_parameters.empty()) {
    open("ReferenceParameters");
    out.insert(out.end(), reference.reference_parameters.begin(),
               reference.reference_parameters.end());
    append(out, "</wsa:ReferenceParameters>");
  }
}

void write_endpoint_block(BlockWriter& writer, std::string_view local_name,
                          const engine::EndpointReference& reference,
                          engine::AddressingVersion version) {
  writer.open("wsa", names_of(version).ns, local_name);
  append_endpoint_reference(writer.out(), reference, version, true);
  writer.close("wsa", local_name);
  if (!reference.reference_parameters.empty()) {
    writer.mark_not_canonical();
  }
}

}  // namespace parley::soap
