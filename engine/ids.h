#pragma once

#include <cstdint>

#include "base/strong.h"
#include "store/names.h"

namespace parley::engine {

using store::ConversationId;
using store::DeliveryName;
using store::Position;
using store::Ticket;

/// A request of a peer that waits for our answer: its open back-channel. Minted by the host, never
/// used twice in the life of an engine.
using ExchangeId = Strong<std::uint64_t, struct ExchangeTag>;

/// A request of ours that waits for its answer. Minted by the engine.
using RequestId = Strong<std::uint64_t, struct RequestTag>;

/// A question of the engine's that waits for `answer`.
using QuestionId = Strong<std::uint64_t, struct QuestionTag>;

/// An entry among the reports of a shard; acknowledged with `report_consumed`.
using ReportId = Strong<std::uint64_t, struct ReportTag>;

}  // namespace parley::engine
