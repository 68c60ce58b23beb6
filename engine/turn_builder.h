#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/effects.h"
#include "engine/intent.h"
#include "store/fact.h"

namespace parley::engine {

/// What the turn in the making holds so far.
class TurnBuilder {
 public:
  /// Something between facts and effects: an effect as it is, or a message still to be written.
  using Item = std::variant<Effect, Intent>;

  /// The last fact of a key counts. `must_sync` is false where losing it harms nobody.
  void remember(store::Fact fact, bool must_sync = true);

  /// What is remembered in this turn must not be lost, whatever its facts said.
  void require_sync() { must_sync_ = true; }

  void add(Effect effect) { items_.emplace_back(std::in_place_type<Effect>, std::move(effect)); }

  void add(Intent intent) { items_.emplace_back(std::in_place_type<Intent>, std::move(intent)); }

  void event(EventKind kind, ConversationId conversation, std::uint64_t number = 0,
             ErrorCode reason = ErrorCode::internal_failure) {
    add(Effect(Event{kind, conversation, number, reason}));
  }

  bool is_empty() const { return facts_.empty() && items_.empty(); }

  bool must_sync() const { return must_sync_; }

  std::vector<store::Fact> take_facts();
  std::vector<Item> take_items() { return std::exchange(items_, {}); }

 private:
  std::vector<store::Fact> facts_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<Item> items_;
  bool must_sync_ = false;
};

}  // namespace parley::engine
