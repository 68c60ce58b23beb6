#include "host/waiters.h"

#include <algorithm>
#include <optional>

namespace parley::host {
namespace {

/// Takes all entries of `key` out before any of them is called: the call may add others.
template <class Map>
std::vector<typename Map::mapped_type> take_all(Map& map, const typename Map::key_type& key) {
  std::vector<typename Map::mapped_type> taken;
  const auto [first, last] = map.equal_range(key);
  for (auto at = first; at != last; ++at) {
    taken.push_back(std::move(at->second));
  }
  map.erase(first, last);
  return taken;
}

}  // namespace

void Waiters::await_accepted(engine::ConversationId conversation,
                             engine::Ticket ticket,
                             Done done) {
  accepted_.emplace(TicketKey{conversation, ticket}, std::move(done));
}

void Waiters::accepted(engine::ConversationId conversation, engine::Ticket ticket) {
  for (const Done& done : take_all(accepted_, {conversation, ticket})) {
    done({});
  }
}

void Waiters::await_consumed(const engine::DeliveryName& name, Done done) {
  consumed_.emplace(name, std::move(done));
}

void Waiters::consumed(const engine::DeliveryName& name) {
  for (const Done& done : take_all(consumed_, name)) {
    done({});
  }
}

Waiters::Id Waiters::await_answer(engine::ConversationId conversation,
                                  engine::Ticket ticket,
                                  Answered answered) {
  answers_.emplace(TicketKey{conversation, ticket}, AnswerWaiter{++last_id_, std::move(answered)});
  return last_id_;
}

bool Waiters::awaits_answer(engine::ConversationId conversation, engine::Ticket ticket) const {
  return answers_.find({conversation, ticket}) != answers_.end();
}

void Waiters::answer(const engine::Delivery& delivery) {
  const auto found = answers_.find({delivery.name.conversation, delivery.answers});
  if (found == answers_.end()) {
    return;
  }
  const Answered answered = std::move(found->second.answered);
  answers_.erase(found);
  answered(delivery);
}

void Waiters::no_answer(engine::ConversationId conversation,
                        engine::Ticket ticket,
                        const Error& why) {
  for (const AnswerWaiter& waiter : take_all(answers_, {conversation, ticket})) {
    waiter.answered(why);
  }
}

Waiters::Id Waiters::await_state(Check check, Done done) {
  states_.push_back({++last_id_, std::move(check), std::move(done)});
  return last_id_;
}

void Waiters::check(const engine::Engine& engine) {
  std::vector<TicketKey> over;
  for (const auto& [key, waiter] : answers_) {
    const auto& [conversation, ticket] = key;
    if (engine.ticket_status(conversation, ticket) == engine::TicketStatus::settled) {
      const auto status = engine.status(conversation);
      if (!status || status->undelivered == 0) {
        over.push_back(key);
      }
    }
  }
  for (const auto& [conversation, ticket] : over) {
    no_answer(conversation, ticket, Error(ErrorCode::not_found, "no answer is to come"));
  }
  std::vector<std::pair<Done, Result<void>>> come;
  const auto has_come = [&](StateWaiter& waiter) {
    const auto outcome = waiter.check(engine);
    if (outcome) {
      come.emplace_back(std::move(waiter.done), *outcome);
    }
    return outcome.has_value();
  };
  states_.erase(std::remove_if(states_.begin(), states_.end(), has_come), states_.end());
  for (const auto& [done, outcome] : come) {
    done(outcome);
  }
}

void Waiters::give_up(Id id) {
  const Error late(ErrorCode::timed_out, "waiting");
  for (auto at = answers_.begin(); at != answers_.end(); ++at) {
    if (at->second.id == id) {
      const Answered answered = std::move(at->second.answered);
      answers_.erase(at);
      answered(late);
      return;
    }
  }
  for (auto at = states_.begin(); at != states_.end(); ++at) {
    if (at->id == id) {
      const Done done = std::move(at->done);
      states_.erase(at);
      done(late);
      return;
    }
  }
}

void Waiters::fail(const Error& error) {
  for (const auto& [key, done] : std::exchange(accepted_, {})) {
    done(error);
  }
  for (const auto& [name, done] : std::exchange(consumed_, {})) {
    done(error);
  }
  for (const auto& [key, waiter] : std::exchange(answers_, {})) {
    waiter.answered(error);
  }
  for (const StateWaiter& waiter : std::exchange(states_, {})) {
    waiter.done(error);
  }
}

}  // namespace parley::host
