#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "contexts/trust_recipient.h"
#include "engine/ids.h"
#include "engine/message.h"
#include "store/fact.h"

namespace parley::engine {

/// What a conversation needs of the shard that it lives in: names, reports, and being found.
class Registry {
 public:
  virtual ~Registry() = default;

  virtual RequestId new_request(ConversationId conversation) = 0;
  virtual void end_request(RequestId request) = 0;
  virtual QuestionId new_question(ConversationId conversation) = 0;
  virtual void end_question(QuestionId question) = 0;
  virtual void bind_exchange(ExchangeId exchange, ConversationId conversation) = 0;
  virtual void end_exchange(ExchangeId exchange) = 0;

  /// Messages that name this context, or (without security) this sequence, belong to `conversation`, if
  /// to no other yet; only whose it is can end that.
  virtual void bind_context(const std::string& identifier, ConversationId conversation) = 0;
  /// Whether another conversation has this context.
  virtual bool is_context_taken(const std::string& identifier, ConversationId by) const = 0;
  virtual void unbind_context(const std::string& identifier, ConversationId by) = 0;
  virtual void bind_sequence(const std::string& identifier, ConversationId conversation) = 0;
  virtual void unbind_sequence(const std::string& identifier, ConversationId by) = 0;
  virtual bool knows_sequence(const std::string& identifier) const = 0;

  /// Messages that come to this path of ours, or ask for what waits for this polled address, belong to
  /// `conversation`. False if it is another's already.
  virtual bool bind_address(const std::string& address, ConversationId conversation) = 0;
  virtual void unbind_address(const std::string& address, ConversationId conversation) = 0;

  /// Remembers what may be taken once, for as long as it could be taken again. An error: it has been, or
  /// there is no room to remember it.
  virtual std::optional<ErrorCode> take_once(const std::vector<ReplayMark>& marks, bool must_sync,
                                             Now now) = 0;

  /// Contexts issued and not yet used.
  virtual contexts::PendingContexts& pending_contexts() = 0;

  /// Remembers a report and tells it.
  virtual void report(const store::ReportFact::Value& value) = 0;
};

}  // namespace parley::engine
