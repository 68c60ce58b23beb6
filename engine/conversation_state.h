#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "contexts/security_context.h"
#include "engine/ids.h"
#include "engine/profile.h"
#include "sequences/rm_destination.h"
#include "sequences/rm_source.h"
#include "store/fact.h"

namespace parley::engine {

/// Sequence and number of what was received; an empty sequence = not numbered by one.
struct InboxKey {
  std::string sequence;
  std::uint64_t number = 0;

  friend auto operator<=>(const InboxKey&, const InboxKey&) = default;
};

/// All of a conversation that outlives a crash, and indexes over it. Changed by facts alone: the same
/// `apply` serves judging and recovery, so memory is what the store holds. The machines of sequences
/// change by facts of their own; they are marked as changed, and `take_changes` gives their states.
class ConversationState {
 public:
  ConversationState(ConversationId id, const Profile& profile, const Limits& limits);

  ConversationId id() const { return id_; }
  const Profile& profile() const { return profile_; }

  /// A fact of this conversation becomes state. Facts of other kinds change nothing.
  void apply(const store::Fact& fact, MonoTime now);

  /// All facts of the state, in no order.
  void snapshot(std::vector<store::Fact>& facts) const;

  // The parts.

  store::ConversationFact::Value what;
  std::optional<contexts::SecurityContext> context;
  store::OutboxCounters::Value counters;

  const std::map<Position, store::OutboxEntry::Value>& outbox() const { return outbox_; }
  const std::map<InboxKey, store::InboxEntry::Value>& inbox() const { return inbox_; }

  // Sequences. The changing getters mark the machine as changed.

  const std::map<std::uint64_t, sequences::RmSource>& sources() const { return sources_; }
  const std::map<std::string, sequences::RmDestination, std::less<>>& destinations() const {
    return destinations_;
  }

  /// The newest source; null if there is none.
  const sequences::RmSource* source() const;
  std::uint64_t source_slot() const { return sources_.empty() ? 0 : sources_.rbegin()->first; }
  const sequences::RmSource* find_source(std::uint64_t slot) const;
  /// By Identifier; zero if there is none.
  std::uint64_t find_source_slot(std::string_view identifier) const;
  const sequences::RmDestination* find_destination(std::string_view sequence) const;

  sequences::RmSource& change_source(std::uint64_t slot);
  sequences::RmDestination& change_destination(std::string_view sequence);
  /// For what is volatile in a machine.
  sequences::RmSource& source_at(std::uint64_t slot);
  sequences::RmDestination& destination_at(std::string_view sequence);

  /// A new sequence; the first change of it.
  void add_source(std::uint64_t slot, sequences::SourceState state, MonoTime now);
  void add_destination(sequences::DestinationState state, MonoTime now);
  void drop_source(std::uint64_t slot);
  void drop_destination(std::string_view sequence);

  bool has_changes() const { return !changed_sources_.empty() || !changed_destinations_.empty(); }

  /// The facts of the machines that have changed since the last call.
  std::vector<store::Fact> take_changes();

  // Indexes. Zero = none.

  Position position_of_number(std::uint64_t slot, std::uint64_t number) const;
  Position position_of_message(std::string_view message_id) const;
  /// The reply in the outbox that answers this delivery.
  Position position_of_reply(const InboxKey& request) const;

 private:
  void take(const store::ConversationFact& fact, MonoTime now);
  void take(const store::ContextFact& fact, MonoTime now);
  void take(const store::SourceFact& fact, MonoTime now);
  void take(const store::DestinationFact& fact, MonoTime now);
  void take(const store::OutboxCounters& fact, MonoTime now);
  void take(const store::OutboxEntry& fact, MonoTime now);
  void take(const store::InboxEntry& fact, MonoTime now);
  template <class Other>
  void take(const Other&, MonoTime) {}  // not a conversation's, or a body
  void index(Position position, const store::OutboxEntry::Value& entry);
  void unindex(const store::OutboxEntry::Value& entry);

  ConversationId id_;
  const Profile& profile_;
  const Limits& limits_;
  std::map<std::uint64_t, sequences::RmSource> sources_;
  std::map<std::string, sequences::RmDestination, std::less<>> destinations_;
  std::map<Position, store::OutboxEntry::Value> outbox_;
  std::map<InboxKey, store::InboxEntry::Value> inbox_;
  std::set<std::uint64_t> changed_sources_;
  std::set<std::string, std::less<>> changed_destinations_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Position> by_number_;
  std::map<std::string, Position, std::less<>> by_message_;
  std::map<InboxKey, Position> by_request_;
};

}  // namespace parley::engine
