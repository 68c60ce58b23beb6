#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "sequences/rm_settings.h"

// wsrm:AckRequested (reliable-messaging.md, 2.6).

namespace parley::soap {

/// The Identifier; a number beside it (1.0) is passed over. Errors: malformed_envelope,
/// malformed_value.
Result<std::string> read_ack_requested(const xml::Element& block, sequences::RmVersion version);

void write_ack_requested(BlockWriter& writer, std::string_view identifier,
                         sequences::RmVersion version);

}  // namespace parley::soap
