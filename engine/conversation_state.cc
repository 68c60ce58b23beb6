#include "engine/conversation_state.h"

#include <tuple>
#include <variant>

#include "base/check.h"

namespace parley::engine {

using sequences::RmDestination;
using sequences::RmSource;
using store::OutboxEntry;

ConversationState::ConversationState(ConversationId id, const Profile& profile,
                                     const Limits& limits)
    : id_(id), profile_(profile), limits_(limits) {}

void ConversationState::apply(const store::Fact& fact, MonoTime now) {
  std::visit([&](const auto& one) { take(one, now); }, fact);
}

void ConversationState::take(const store::ConversationFact& fact, MonoTime) {
  if (fact.value) {
    what = *fact.value;
  }
}

void ConversationState::take(const store::ContextFact& fact, MonoTime) {
  if (!fact.value) {
    context.reset();
  } else if (context && context->state().identifier == fact.value->identifier) {
    context->apply(*fact.value);
  } else {
    context.emplace(*fact.value);
  }
}

void ConversationState::take(const store::SourceFact& fact, MonoTime now) {
  sources_.erase(fact.slot);
  if (fact.value) {
    sources_.try_emplace(fact.slot, *fact.value, profile_.rm_settings, limits_, now);
  }
}

void ConversationState::take(const store::DestinationFact& fact, MonoTime now) {
  destinations_.erase(fact.sequence);
  if (fact.value) {
    destinations_.try_emplace(fact.sequence, *fact.value, profile_.rm_settings, limits_, now);
  }
}

void ConversationState::take(const store::OutboxCounters& fact, MonoTime) {
  counters = fact.value.value_or(store::OutboxCounters::Value{});
}

void ConversationState::take(const OutboxEntry& fact, MonoTime) {
  const auto old = outbox_.find(fact.position);
  if (old != outbox_.end()) {
    unindex(old->second);
    outbox_.erase(old);
  }
  if (fact.value) {
    index(fact.position, *fact.value);
    outbox_.emplace(fact.position, *fact.value);
  }
}

void ConversationState::take(const store::InboxEntry& fact, MonoTime) {
  InboxKey key{fact.name.sequence, fact.name.number};
  if (fact.value) {
    inbox_.insert_or_assign(std::move(key), *fact.value);
  } else {
    inbox_.erase(key);
  }
}

void ConversationState::snapshot(std::vector<store::Fact>& facts) const {
  facts.emplace_back(store::ConversationFact{id_, what});
  if (context) {
    facts.emplace_back(store::ContextFact{id_, context->state()});
  }
  for (const auto& [slot, source] : sources_) {
    facts.emplace_back(store::SourceFact{id_, slot, source.state()});
  }
  for (const auto& [sequence, destination] : destinations_) {
    facts.emplace_back(store::DestinationFact{id_, sequence, destination.state()});
  }
  if (counters != store::OutboxCounters::Value{}) {
    facts.emplace_back(store::OutboxCounters{id_, counters});
  }
  for (const auto& [position, entry] : outbox_) {
    facts.emplace_back(OutboxEntry{id_, position, entry});
  }
  for (const auto& [key, entry] : inbox_) {
    facts.emplace_back(store::InboxEntry{{id_, key.sequence, key.number}, entry});
  }
}

const RmSource* ConversationState::source() const {
  return sources_.empty() ? nullptr : &sources_.rbegin()->second;
}

const RmSource* ConversationState::find_source(std::uint64_t slot) const {
  const auto at = sources_.find(slot);
  return at == sources_.end() ? nullptr : &at->second;
}

std::uint64_t ConversationState::find_source_slot(std::string_view identifier) const {
  for (const auto& [slot, source] : sources_) {
    if (!identifier.empty() && source.identifier() == identifier) {
      return slot;
    }
  }
  return 0;
}

const RmDestination* ConversationState::find_destination(std::string_view sequence) const {
  const auto at = destinations_.find(sequence);
  return at == destinations_.end() ? nullptr : &at->second;
}

RmSource& ConversationState::source_at(std::uint64_t slot) {
  const auto at = sources_.find(slot);
  PARLEY_CHECK(at != sources_.end());
  return at->second;
}

RmDestination& ConversationState::destination_at(std::string_view sequence) {
  const auto at = destinations_.find(sequence);
  PARLEY_CHECK(at != destinations_.end());
  return at->second;
}

RmSource& ConversationState::change_source(std::uint64_t slot) {
  changed_sources_.insert(slot);
  return source_at(slot);
}

RmDestination& ConversationState::change_destination(std::string_view sequence) {
  if (!changed_destinations_.contains(sequence)) {
    changed_destinations_.emplace(sequence);
  }
  return destination_at(sequence);
}

void ConversationState::add_source(std::uint64_t slot, sequences::SourceState state,
                                   MonoTime now) {
  sources_.try_emplace(slot, std::move(state), profile_.rm_settings, limits_, now);
  changed_sources_.insert(slot);
}

void ConversationState::add_destination(sequences::DestinationState state, MonoTime now) {
  const std::string sequence = state.identifier;
  destinations_.try_emplace(sequence, std::move(state), profile_.rm_settings, limits_, now);
  changed_destinations_.insert(sequence);
}

void ConversationState::drop_source(std::uint64_t slot) {
  sources_.erase(slot);
  changed_sources_.insert(slot);
}

void ConversationState::drop_destination(std::string_view sequence) {
  const auto at = destinations_.find(sequence);
  if (at != destinations_.end()) {
    changed_destinations_.insert(at->first);
    destinations_.erase(at);
  }
}

std::vector<store::Fact> ConversationState::take_changes() {
  std::vector<store::Fact> facts;
  for (const std::uint64_t slot : changed_sources_) {
    store::SourceFact fact{id_, slot, std::nullopt};
    if (const RmSource* at = find_source(slot)) {
      fact.value = at->state();
    }
    facts.emplace_back(std::move(fact));
  }
  for (const std::string& sequence : changed_destinations_) {
    store::DestinationFact fact{id_, sequence, std::nullopt};
    if (const RmDestination* at = find_destination(sequence)) {
      fact.value = at->state();
    }
    facts.emplace_back(std::move(fact));
  }
  changed_sources_.clear();
  changed_destinations_.clear();
  return facts;
}

Position ConversationState::position_of_number(std::uint64_t slot, std::uint64_t number) const {
  const auto at = by_number_.find({slot, number});
  return at == by_number_.end() ? Position{} : at->second;
}

Position ConversationState::position_of_message(std::string_view message_id) const {
  const auto at = by_message_.find(message_id);
  return at == by_message_.end() ? Position{} : at->second;
}

Position ConversationState::position_of_reply(const InboxKey& request) const {
  const auto at = by_request_.find(request);
  return at == by_request_.end() ? Position{} : at->second;
}

void ConversationState::index(Position position, const OutboxEntry::Value& entry) {
  if (entry.slot != 0) {
    by_number_.insert_or_assign({entry.slot, entry.number}, position);
  }
  if (!entry.request_sequence.empty() || entry.kind == store::OutboxKind::reply) {
    by_request_.insert_or_assign({entry.request_sequence, entry.request_number}, position);
  } else {
    by_message_.insert_or_assign(entry.message_id, position);
  }
}

void ConversationState::unindex(const OutboxEntry::Value& entry) {
  by_number_.erase({entry.slot, entry.number});
  by_request_.erase({entry.request_sequence, entry.request_number});
  by_message_.erase(entry.message_id);
}

}  // namespace parley::engine
