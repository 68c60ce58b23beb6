#pragma once

#include <string_view>

#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"

// wsa:EndpointReference and whatever has its type: ReplyTo, FaultTo, From, AcksTo, Endpoint
// (addressing.md, section 2).

namespace parley::soap {

/// Reads the content of an element of that type in `version`. Anonymous and none become their 1.0
/// spelling. Reference properties of 2004/08 are taken for parameters (WA-002). Metadata is dropped
/// (WA-006). Errors: invalid_addressing for a missing or empty Address, for anything twice, and for
/// reference parameters that could pass for headers of ours (WA-003).
Result<engine::EndpointReference> read_endpoint_reference(const xml::Element& element,
                                                          engine::AddressingVersion version);

/// The address as the wire spells it.
std::string_view wire_address(std::string_view address, engine::AddressingVersion version);

/// The address as the engine spells it.
std::string_view engine_address(std::string_view address, engine::AddressingVersion version);

/// Appends the content of an element of that type, each child with its own declaration of `wsa`
/// unless `is_declared`. Reference parameters stand as they are, so that the result is canonical
/// only without them.
void append_endpoint_reference(Bytes& out, const engine::EndpointReference& reference,
                               engine::AddressingVersion version, bool is_declared);

/// Writes the header block `local_name` (ReplyTo, FaultTo or From).
void write_endpoint_block(BlockWriter& writer, std::string_view local_name,
                          const engine::EndpointReference& reference,
                          engine::AddressingVersion version);

}  // namespace parley::soap
