#pragma once

#include <span>

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"
#include "sequences/rm_settings.h"

// All reliable-messaging headers of one envelope (reliable-messaging.md, section 2).

namespace parley::soap {

/// Reads the blocks of `version` among `blocks`, which are those meant for us. Errors: as those of the
/// single headers; malformed_envelope for two Sequence headers (RM-032) or for headers of both
/// versions; acknowledgement_invalid for two acknowledgements of one Identifier (RM-042);
/// must_understand for UsesSequenceSSL (RM-180); limit_exceeded for more headers than
/// `ack_ranges_max`.
Result<engine::RmHeaders> read_rm_headers(std::span<const xml::Element> blocks,
                                          sequences::RmVersion version, const Limits& limits);

/// UsesSequenceSTR, Sequence, acknowledgements, then requests for them.
void write_rm_headers(BlockWriter& writer, const engine::RmHeaders& headers,
                      sequences::RmVersion version);

}  // namespace parley::soap
