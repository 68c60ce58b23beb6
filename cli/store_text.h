#pragma once

#include <string>

#include "store/leveldb/inspector.h"

// What a store holds, as lines for a terminal. No secret is in what comes here; what a peer has
// written may be, so callers print it through `printable`.

namespace parley::cli {

/// A line for each conversation, under a head.
std::string to_text(const std::vector<store::ConversationSummary>& conversations);

std::string to_text(std::uint32_t shard,
                    store::ConversationId conversation,
                    const store::ConversationContents& contents);

std::string to_text(const store::Verification& found);

/// "2026-01-31T12:00:00Z"
std::string to_text(WallTime time);

}  // namespace parley::cli
