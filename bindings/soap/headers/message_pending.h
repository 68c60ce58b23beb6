#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"

// wsmc:MessagePending, the header of what a poll brought (make-connection.md, section 3).

namespace parley::soap {

/// Nothing where there is no such block (MC-007). Errors: malformed_value; malformed_envelope for
/// two.
Result<std::optional<bool>> read_message_pending(std::span<const xml::Element> blocks);

void write_message_pending(BlockWriter& writer, bool is_pending);

}  // namespace parley::soap
