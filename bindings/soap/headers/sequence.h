#pragma once

#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"
#include "sequences/rm_settings.h"

// wsrm:Sequence (reliable-messaging.md, section 2.4).

namespace parley::soap {

/// Errors: malformed_envelope for missing, repeated or foreign children of ours (RM-030);
/// malformed_value for what is not a number or an Identifier; number_rollover above 2^63-1 (RM-033).
Result<engine::SequenceHeader> read_sequence(const xml::Element& block,
                                             sequences::RmVersion version);

/// With mustUnderstand (RM-030).
void write_sequence(BlockWriter& writer, const engine::SequenceHeader& header,
                    sequences::RmVersion version);

}  // namespace parley::soap
