#pragma once

#include <span>

#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"

// The message addressing properties of one envelope (addressing.md, section 3).

namespace parley::soap {

/// Reads all addressing headers among `blocks`, which are the blocks meant for us (WA-011, WA-017).
/// Blocks of other namespaces are passed over. Errors: invalid_addressing for two versions at once
/// (WA-014), for a property given twice or empty, for a malformed endpoint reference;
/// addressing_required for addressing without Action (WA-010), and in 2004/08 for a ReplyTo or
/// FaultTo without MessageID.
Result<engine::Addressing> read_addressing(std::span<const xml::Element> blocks,
                                           engine::AddressingVersion version);

/// Writes a block for each property that is there.
void write_addressing(BlockWriter& writer, const engine::Addressing& addressing,
                      engine::AddressingVersion version);

}  // namespace parley::soap
