#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"
#include "sequences/rm_settings.h"

// wsrm:SequenceAcknowledgement, with netrm:BufferRemaining (reliable-messaging.md, 2.5 and 8.4).

namespace parley::soap {

/// What stands in the header, in its order; whether the ranges fit the sequence is for the RM Source
/// to judge (RM-041, RM-047). `None` beside ranges, as one stack writes it, says nothing. Every
/// failure is acknowledgement_invalid: no Identifier, nothing acknowledged or denied, a number that
/// is none or above 2^63-1, ranges and Nacks together or Final with Nack (RM-044; 1.0 stacks mix
/// ranges and Nacks), more than `ack_ranges_max` entries.
Result<engine::AcknowledgementHeader> read_sequence_acknowledgement(const xml::Element& element,
                                                                    sequences::RmVersion version,
                                                                    const Limits& limits);

void write_sequence_acknowledgement(BlockWriter& writer,
                                    const engine::AcknowledgementHeader& header,
                                    sequences::RmVersion version);

/// The children of the element, as they also stand in the detail of a fault.
void append_acknowledgement_content(Bytes& out, const engine::AcknowledgementHeader& header,
                                    sequences::RmVersion version);

}  // namespace parley::soap
