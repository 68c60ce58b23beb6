#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contexts/live_key.h"
#include "engine/effects.h"
#include "engine/ids.h"
#include "engine/message.h"
#include "engine/profile.h"

// Messages that a turn will send. They are written and protected when the turn is taken, as late as
// that, so that they carry the newest acknowledgements and a fresh Timestamp.

namespace parley::engine {

/// A request of ours; what it says is kept by its conversation under the same id.
struct TransmitIntent {
  ConversationId conversation;
  RequestId request;
};

/// What protects the answer on an exchange: whatever protected the request. Nothing at all = no
/// protection. The key is shared, so that it outlives its context for one last answer (SC37).
struct AnswerKey {
  std::shared_ptr<const contexts::LiveKey> context;
  bool is_initiator = false;
  std::shared_ptr<const ExchangeKeys> exchange;
};

/// The answer is this message of the outbox.
struct ReplyContent {
  Position position;
};

/// The answer is nothing but acknowledgements; without any it is empty.
struct AcknowledgeContent {};

struct AnswerIntent {
  ExchangeId exchange;
  const Profile* profile = nullptr;
  std::optional<ConversationId> conversation;
  AnswerKey key;
  std::string relates_to;
  /// Sequences that the request named: their acknowledgements may travel on the answer (RM-074).
  std::vector<std::string> sequences;
  /// Where the request asks its reply, and a fault, to be sent; empty = on this exchange. Filled in
  /// only once it is known that this is admitted.
  EndpointReference reply_to;
  EndpointReference fault_to;
  bool in_clear = false;  ///< the request's Body was only signed
  /// Set on the answer to a poll: whether more waits (MC-007).
  std::optional<bool> pending;
  std::variant<AcknowledgeContent, ReplyContent, Body> content;
};

using Intent = std::variant<TransmitIntent, AnswerIntent>;

}  // namespace parley::engine
