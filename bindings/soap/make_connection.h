#pragma once

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"

// The body of a poll (make-connection.md, section 3).

namespace parley::soap {

/// What selects messages in another way than by an address is kept as the detail of the fault that
/// it deserves (MC-011, MC-023). Errors: malformed_envelope for two addresses; malformed_value.
Result<engine::MakeConnection> read_make_connection(const xml::Element& element);

/// Appends the element with its namespace, canonical.
void append_make_connection(Bytes& out, const engine::MakeConnection& body);

}  // namespace parley::soap
