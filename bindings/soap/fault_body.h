#pragma once

#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/fault_table.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"

// soap:Fault of both SOAP versions, and the header blocks that go with it
// (reliable-messaging.md, section 5; addressing.md, section 5; namespaces.md, section 9).

namespace parley::soap {

/// Appends soap:Fault with all namespaces. A fault of ours is named by its `code`; one of the
/// application (code peer_fault) by its subcode, reason and detail.
void append_fault(Bytes& out, const engine::Fault& fault, const FaultDialect& dialect);

/// Writes the header blocks of a fault: wsrm:SequenceFault, which SOAP 1.1 has for faults about
/// sequence headers (RM-090 to RM-092); NotUnderstood, when `subcode` names the header that was
/// not; Upgrade for a version mismatch.
void write_fault_blocks(BlockWriter& writer, const engine::Fault& fault,
                        const FaultDialect& dialect);

/// wsa:Action of a fault that comes without one.
std::string_view action_of(const engine::Fault& fault, const FaultDialect& dialect);

/// Reads soap:Fault of either version; `sequence_fault` is the header block of that name, or null.
/// What we do not know becomes `peer_fault`, with the peer's words for the application.
/// Errors: malformed_envelope for a fault without a code.
Result<engine::Fault> read_fault(const xml::Element& fault, const xml::Element& sequence_fault,
                                 const Limits& limits);

}  // namespace parley::soap
