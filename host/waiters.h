#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/effects.h"
#include "engine/engine.h"

namespace parley::host {

/// Calls of the application that wait for something. On the loop's thread; every call given here is
/// answered once.
class Waiters {
 public:
  using Done = std::function<void(Result<void>)>;
  using Answered = std::function<void(Result<engine::Delivery>)>;
  /// Looks whether its time has come: nothing = not yet.
  using Check = std::function<std::optional<Result<void>>(const engine::Engine&)>;
  /// Names one that may be given up; 0 = none.
  using Id = std::uint64_t;

  // A message that was sent: durable.
  void await_accepted(engine::ConversationId conversation, engine::Ticket ticket, Done done);
  void accepted(engine::ConversationId conversation, engine::Ticket ticket);

  // A delivery that was dealt with: durable.
  void await_consumed(const engine::DeliveryName& name, Done done);
  void consumed(const engine::DeliveryName& name);

  // The answer to a request.
  Id await_answer(engine::ConversationId conversation, engine::Ticket ticket, Answered answered);
  bool awaits_answer(engine::ConversationId conversation, engine::Ticket ticket) const;
  /// The first that waits gets it.
  void answer(const engine::Delivery& delivery);
  /// A report told the outcome: there is no answer. `check` finds out where there is none any more.
  void no_answer(engine::ConversationId conversation, engine::Ticket ticket, const Error& why);

  // Anything that the state of the engine shows.
  Id await_state(Check check, Done done);
  void check(const engine::Engine& engine);

  /// It takes no longer: timed_out.
  void give_up(Id id);

  /// None of them will come.
  void fail(const Error& error);

 private:
  using TicketKey = std::pair<engine::ConversationId, engine::Ticket>;

  struct AnswerWaiter {
    Id id = 0;
    Answered answered;
  };

  struct StateWaiter {
    Id id = 0;
    Check check;
    Done done;
  };

  Id last_id_ = 0;
  std::multimap<TicketKey, Done> accepted_;
  std::multimap<engine::DeliveryName, Done> consumed_;
  std::multimap<TicketKey, AnswerWaiter> answers_;
  std::vector<StateWaiter> states_;
};

}  // namespace parley::host
