#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "engine/shard.h"
#include "store/key_space.h"

namespace parley::engine {

namespace {

/// The conversation that a fact belongs to; zero = the shard as a whole.
ConversationId conversation_of(const store::Fact& fact) {
  return std::visit(
      [](const auto& one) -> ConversationId {
        if constexpr (requires { one.name.conversation; }) {
          return one.name.conversation;
        } else if constexpr (requires { one.conversation; }) {
          return one.conversation;
        } else {
          return {};
        }
      },
      fact);
}

class Collected final : public store::FactSink {
 public:
  explicit Collected(std::function<Result<void>(store::Fact)> take) : take_(std::move(take)) {}
  Result<void> take(store::Fact fact) override { return take_(std::move(fact)); }

 private:
  std::function<Result<void>(store::Fact)> take_;
};

}  // namespace

Result<void> Engine::Shard::recover(store::Store& store, Now now) {
  Collected sink([&](store::Fact fact) -> Result<void> {
    if (const auto* counters = std::get_if<store::ShardCounters>(&fact)) {
      counters_ = counters->value;
      return {};
    }
    if (const auto* seen = std::get_if<store::ReplaySeen>(&fact)) {
      replays_.emplace(seen->digest, *seen->value);
      replays_by_age_.emplace(*seen->value, seen->digest);
      return {};
    }
    if (const auto* report = std::get_if<store::ReportFact>(&fact)) {
      reports_.emplace(report->report, *report->value);
      return {};
    }
    const ConversationId id = conversation_of(fact);
    if (const auto* begun = std::get_if<store::ConversationFact>(&fact)) {
      const Profile* profile = find_profile(begun->value->profile);
      if (profile == nullptr) {
        return Error(ErrorCode::not_found, "the profile of a conversation");
      }
      add_conversation(id, *profile);
    }
    Conversation* conversation = find_conversation(id);
    if (conversation == nullptr || id.value > counters_.last_conversation) {
      return Error(ErrorCode::store_corrupt, "a fact without its conversation");
    }
    conversation->recall(fact, now.mono);
    return {};
  });
  PARLEY_ASSIGN_OR_RETURN(epoch_, store.recover(sink));
  for (const auto& [id, value] : reports_) {
    turn_.add(Effect(Report{ReportId{id}, value}));
  }
  Means m = means(now);
  for (const auto& [id, conversation] : conversations_) {
    conversation->resume(m);
    touch(id);
  }
  return {};
}

std::vector<store::Fact> Engine::Shard::snapshot() const {
  std::vector<store::Fact> facts;
  if (counters_ != store::ShardCounters::Value{}) {
    facts.emplace_back(store::ShardCounters{counters_});
  }
  for (const auto& [digest, expires] : replays_) {
    facts.emplace_back(store::ReplaySeen{digest, expires});
  }
  for (const auto& [id, value] : reports_) {
    facts.emplace_back(store::ReportFact{id, value});
  }
  for (const auto& [id, conversation] : conversations_) {
    conversation->state().snapshot(facts);
  }
  std::sort(facts.begin(), facts.end(), [](const store::Fact& a, const store::Fact& b) {
    return store::key_of(a) < store::key_of(b);
  });
  return facts;
}

}  // namespace parley::engine
