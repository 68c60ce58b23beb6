#pragma once

#include <cstdint>
#include <string>

#include "base/strong.h"

// The names of what a store keeps. All of them are minted by the engine and never used twice.

namespace parley::store {

/// A durable name for one peer, unique in its shard, from 1.
using ConversationId = Strong<std::uint64_t, struct ConversationTag>;

/// The application's handle on what it sent: a number that grows within its conversation.
using Ticket = Strong<std::uint64_t, struct TicketTag>;

/// The place of a message in the outbox of its conversation: 1, 2, 3, … in the order of sending.
using Position = Strong<std::uint64_t, struct PositionTag>;

/// Names what was received: valid across crashes and across engines. A message that no sequence
/// carried has an empty `sequence` and a number of the engine's own.
struct DeliveryName {
  ConversationId conversation;
  std::string sequence;
  std::uint64_t number = 0;

  friend auto operator<=>(const DeliveryName&, const DeliveryName&) = default;
};

}  // namespace parley::store
