#include "engine/turn_builder.h"

#include "store/key_space.h"

namespace parley::engine {

void TurnBuilder::remember(store::Fact fact, bool must_sync) {
  must_sync_ = must_sync_ || must_sync;
  const Bytes key = store::key_of(fact);
  const auto [found, is_new] = by_key_.try_emplace(std::string(as_text(key)), facts_.size());
  if (is_new) {
    facts_.emplace_back(std::move(fact));
  } else {
    facts_[found->second] = std::move(fact);
  }
}

std::vector<store::Fact> TurnBuilder::take_facts() {
  by_key_.clear();
  must_sync_ = false;
  return std::exchange(facts_, {});
}

}  // namespace parley::engine
