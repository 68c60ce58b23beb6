#include "bindings/soap/headers/addressing.h"

#include <string>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/endpoint_reference.h"
#include "bindings/soap/headers/reading.h"

namespace parley::soap {
namespace {

using engine::AddressingVersion;

/// An IRI property: at most once, never empty (WA-011, WA-012).
Result<void> take_iri(const xml::Element& block, std::string& into) {
  auto iri = read_iri(block);
  if (!iri || !into.empty()) {
    return Error(ErrorCode::invalid_addressing, "addressing header");
  }
  into = std::move(iri).value();
  return {};
}

Result<void> take_endpoint(const xml::Element& block, AddressingVersion version,
                           std::optional<engine::EndpointReference>& into) {
  if (into) {
    return Error(ErrorCode::invalid_addressing, "addressing header");
  }
  PARLEY_ASSIGN_OR_RETURN(into, read_endpoint_reference(block, version));
  return {};
}

/// WA-018. 2004/08 names the relationship by a QName, whose prefix one stack leaves undeclared: the
/// local name decides.
bool is_reply(const xml::Element& block, AddressingVersion version) {
  const auto relationship = block.attribute("", "RelationshipType");
  if (!relationship) {
    return true;
  }
  const std::string_view type = trim(*relationship);
  if (version == AddressingVersion::addressing_1_0) {
    return type == kReplyRelationship;
  }
  return type.substr(type.find(':') + 1) == kReplyRelationship200408;
}

Result<void> take_relationship(const xml::Element& block, AddressingVersion version,
                               std::string& into) {
  auto iri = read_iri(block);
  if (!iri) {
    return Error(ErrorCode::invalid_addressing, "relationship");
  }
  if (into.empty() && is_reply(block, version) && *iri != names_of(version).unspecified_id) {
    into = std::move(iri).value();
  }
  return {};
}

}  // namespace

Result<engine::Addressing> read_addressing(std::span<const xml::Element> blocks,
                                           AddressingVersion version) {
  const std::string_view ns = names_of(version).ns;
  engine::Addressing addressing;
  bool is_addressed = false;
  for (const xml::Element& block : blocks) {
    if (block.namespace_uri() != ns) {
      if (find_addressing(block.namespace_uri())) {
        return Error(ErrorCode::invalid_addressing, "addressing version");
      }
      continue;
    }
    if (is_reference_parameter(block)) {
      continue;  // WA-003
    }
    is_addressed = true;
    const std::string_view name = block.local_name();
    if (name == "Action") {
      PARLEY_TRY(take_iri(block, addressing.action));
    } else if (name == "To") {
      PARLEY_TRY(take_iri(block, addressing.to));
    } else if (name == "MessageID") {
      PARLEY_TRY(take_iri(block, addressing.message_id));
    } else if (name == "RelatesTo") {
      PARLEY_TRY(take_relationship(block, version, addressing.relates_to));
    } else if (name == "ReplyTo") {
      PARLEY_TRY(take_endpoint(block, version, addressing.reply_to));
    } else if (name == "FaultTo") {
      PARLEY_TRY(take_endpoint(block, version, addressing.fault_to));
    } else if (name == "From") {
      PARLEY_TRY(take_endpoint(block, version, addressing.from));
    }
  }
  addressing.to = engine_address(addressing.to, version);
  if (is_addressed && addressing.action.empty()) {
    return Error(ErrorCode::addressing_required, "action");
  }
  if (version == AddressingVersion::addressing_2004_08 && addressing.message_id.empty() &&
      (addressing.reply_to || addressing.fault_to)) {
    return Error(ErrorCode::addressing_required, "message id");
  }
  return addressing;
}

void write_addressing(BlockWriter& writer, const engine::Addressing& addressing,
                      AddressingVersion version) {
  const AddressingNames& names = names_of(version);
  const auto write_iri = [&](std::string_view local_name, std::string_view iri,
                             bool must_understand) {
    if (!iri.empty()) {
      writer.write_text_block("wsa", names.ns, local_name, iri, must_understand);
    }
  };
  const auto write_endpoint = [&](std::string_view local_name,
                                  const std::optional<engine::EndpointReference>& endpoint) {
    // 2004/08 has no none address: the header is left out.
    const bool is_none =
        endpoint && endpoint->address == names_of(AddressingVersion::addressing_1_0).none;
    if (endpoint && !(is_none && names.none.empty())) {
      write_endpoint_block(writer, local_name, *endpoint, version);
    }
  };
  write_iri("Action", addressing.action, true);  // WA-016
  write_iri("MessageID", addressing.message_id, false);
  write_iri("RelatesTo", addressing.relates_to, false);
  write_iri("To", wire_address(addressing.to, version), true);
  write_endpoint("From", addressing.from);
  write_endpoint("ReplyTo", addressing.reply_to);
  write_endpoint("FaultTo", addressing.fault_to);
}

}  // namespace parley::soap
