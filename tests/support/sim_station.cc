#include "tests/support/sim_station.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace parley::sim {

using store::Fact;

Station::Station(StationSetup setup, std::uint64_t seed)
    : setup_(std::move(setup)),
      codec_(setup_.principal),
      entropy_(seed),
      sealing_(crypto::SealingKey::generate(entropy_)) {}

Result<void> Station::start(Now now) {
  ++incarnation_;
  in_flight_.clear();
  expected_.clear();
  for (Fact& fact : disk_->state()) {
    Bytes key = store::key_of(fact);
    expected_.insert_or_assign(std::move(key), std::move(fact));
  }
  store_ = std::make_unique<store::MemoryStore>(disk_);
  auto engine = std::make_unique<engine::Engine>(
      engine::EngineParts{codec_, entropy_, sealing_, setup_.profiles, setup_.endpoints,
                          setup_.settings, setup_.contexts, setup_.limits,
                          setup_.reply_address, setup_.answer_prefixes});
  PARLEY_TRY(engine->recover(*store_, now));
  engine_ = std::move(engine);
  return {};
}

void Station::crash() {
  engine_.reset();
  store_.reset();
  in_flight_.clear();
}

std::size_t Station::submit(Now now) {
  std::size_t count = 0;
  while (auto turn = engine_->take_turn(now)) {
    store::Batch batch = turn->batch();
    std::vector<store::DestinationFact> destinations;
    for (const Fact& fact : batch.facts) {
      if (const auto* destination = std::get_if<store::DestinationFact>(&fact)) {
        destinations.push_back(*destination);
      }
      Bytes key = store::key_of(fact);
      if (key.front() != store::kStatePrefix) {
        continue;
      }
      if (store::is_deletion(fact)) {
        expected_.erase(key);
      } else {
        expected_.insert_or_assign(std::move(key), fact);
      }
    }
    store_->submit(std::move(batch));
    in_flight_.push_back({std::move(*turn), std::move(destinations)});
    check_memory();
    ++count;
  }
  return count;
}

// Collapsed equals folded: what the engine holds in memory is what recovery would read.
void Station::check_memory() const {
  std::vector<std::pair<Bytes, Fact>> memory;
  for (Fact& fact : engine_->snapshot()) {
    Bytes key = store::key_of(fact);
    memory.emplace_back(std::move(key), std::move(fact));
  }
  std::sort(memory.begin(), memory.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  auto expected = expected_.begin();
  for (const auto& [key, fact] : memory) {
    if (expected == expected_.end() || key < expected->first) {
      throw Violation{"memory holds what the store will not: " + describe(fact)};
    }
    if (expected->first < key) {
      throw Violation{"the store will hold what memory does not: " + describe(expected->second)};
    }
    if (!(expected->second == fact)) {
      throw Violation{"memory and store differ: " + describe(fact) + " | " +
                      describe(expected->second)};
    }
    ++expected;
  }
  if (expected != expected_.end()) {
    throw Violation{"the store will hold what memory does not: " + describe(expected->second)};
  }
}

std::optional<std::vector<Station::Released>> Station::commit(std::size_t turns_max) {
  store_->faults().commits_per_collect = turns_max;
  std::vector<Released> released;
  for (store::CommitOutcome& outcome : store_->collect()) {
    if (!outcome.receipt) {
      engine_->commit_failed();
      return std::nullopt;
    }
    InFlight one = std::move(in_flight_.front());
    in_flight_.pop_front();
    engine_->committed(outcome.turn);
    released.push_back({outcome.turn, std::move(one.destinations),
                        std::move(one.turn).release(*outcome.receipt)});
  }
  return released;
}

void Station::wipe_disk() {
  disk_ = std::make_shared<store::MemoryDisk>();
}

Bytes Station::record(std::string_view name) const {
  const auto found = disk_->facts.find(store::record_key(as_bytes(name)));
  if (found == disk_->facts.end()) {
    return {};
  }
  return std::get<store::Record>(found->second).value.value_or(Bytes());
}

namespace {

std::string text_of_ranges(const sequences::NumberRanges& ranges) {
  std::string text;
  for (const auto& [first, last] : ranges) {
    text += (text.empty() ? "" : ",") + std::to_string(first) + "-" + std::to_string(last);
  }
  return "[" + text + "]";
}

struct Describe {
  std::string operator()(const store::ShardCounters& f) const {
    return "counters conversations " + std::to_string(f.value.last_conversation) + " reports " +
           std::to_string(f.value.last_report);
  }

  std::string operator()(const store::ConversationFact& f) const {
    return of("conversation", f.conversation, f.value.has_value()) +
           (f.value ? " phase " + std::to_string(static_cast<int>(f.value->phase)) : "");
  }

  std::string operator()(const store::ContextFact& f) const {
    std::string text = of("context", f.conversation, f.value.has_value());
    if (f.value) {
      text += " " + f.value->identifier + " instances " +
              std::to_string(f.value->instances.size()) + (f.value->renewal ? " renewing" : "") +
              (f.value->is_cancelling ? " cancelling" : "");
    }
    return text;
  }

  std::string operator()(const store::SourceFact& f) const {
    std::string text =
        of("source", f.conversation, f.value.has_value()) + " slot " + std::to_string(f.slot);
    if (f.value) {
      text += " phase " + std::to_string(static_cast<int>(f.value->phase)) + " end " +
              std::to_string(static_cast<int>(f.value->end)) + " last " +
              std::to_string(f.value->last_assigned) + " acked " + text_of_ranges(f.value->acked) +
              (f.value->has_final ? " final" : "");
    }
    return text;
  }

  std::string operator()(const store::DestinationFact& f) const {
    std::string text = of("destination", f.conversation, f.value.has_value()) + " " + f.sequence;
    if (f.value) {
      text += " phase " + std::to_string(static_cast<int>(f.value->phase)) + " received " +
              text_of_ranges(f.value->received) + " consumed " + text_of_ranges(f.value->consumed);
    }
    return text;
  }

  std::string operator()(const store::OutboxCounters& f) const {
    std::string text = of("outbox counters", f.conversation, f.value.has_value());
    if (f.value) {
      text += " ticket " + std::to_string(f.value->last_ticket.value) + " position " +
              std::to_string(f.value->last_position.value) + " windowed " +
              std::to_string(f.value->last_windowed.value);
    }
    return text;
  }

  std::string operator()(const store::OutboxEntry& f) const {
    std::string text = of("outbox entry", f.conversation, f.value.has_value()) + " " +
                       std::to_string(f.position.value);
    if (f.value) {
      text += " ticket " + std::to_string(f.value->ticket.value) + " kind " +
              std::to_string(static_cast<int>(f.value->kind)) + " slot " +
              std::to_string(f.value->slot) + " number " + std::to_string(f.value->number) +
              (f.value->is_answered ? " answered" : "");
    }
    return text;
  }

  std::string operator()(const store::InboxEntry& f) const {
    return of("inbox entry", f.name.conversation, f.value.has_value()) + " " + f.name.sequence +
           " " + std::to_string(f.name.number);
  }

  std::string operator()(const store::ReportFact& f) const {
    std::string text = "report " + std::to_string(f.report);
    if (f.value) {
      text += " kind " + std::to_string(static_cast<int>(f.value->kind)) + " conversation " +
              std::to_string(f.value->conversation.value) + " ticket " +
              std::to_string(f.value->ticket.value) + " " + std::string(name_of(f.value->reason));
    }
    return f.value ? text : text + " gone";
  }

  std::string operator()(const store::ReplaySeen& f) const {
    return std::string("replay seen") + (f.value ? "" : " gone");
  }

  std::string operator()(const store::OutboxBody& f) const {
    return of("outbox body", f.conversation, f.value.has_value()) + " " +
           std::to_string(f.position.value);
  }

  std::string operator()(const store::InboxBody& f) const {
    return of("inbox body", f.name.conversation, f.value.has_value()) + " " + f.name.sequence +
           " " + std::to_string(f.name.number);
  }

  std::string operator()(const store::Record& f) const {
    return "record " + std::string(as_text(f.name));
  }

  static std::string of(const char* kind, store::ConversationId conversation, bool is_there) {
    return std::string(kind) + " of " + std::to_string(conversation.value) +
           (is_there ? "" : " gone");
  }
};

}  // namespace

std::string describe(const Fact& fact) {
  return std::visit(Describe{}, fact);
}

}  // namespace parley::sim
