#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/fact.h"
#include "store/key_space.h"
#include "store/leveldb/leveldb_directory.h"

namespace parley::store {

/// One line about a conversation.
struct ConversationSummary {
  std::uint32_t shard = 0;
  ConversationId conversation;
  ConversationFact::Value value;
  std::string context;            ///< Identifier; empty = none
  std::uint64_t sources = 0;
  std::uint64_t destinations = 0;
  std::uint64_t backlog = 0;      ///< messages that wait and have no number yet
  std::uint64_t unacknowledged = 0;  ///< messages that have left the backlog and are not done
  std::uint64_t inbox = 0;        ///< accepted and not consumed
  std::uint64_t reports = 0;
};

/// All that a store remembers of one conversation, but bodies; and no secret, not even a sealed one.
struct ConversationContents {
  ConversationFact::Value value;
  std::optional<contexts::ContextState> context;
  std::vector<SourceFact> sources;
  std::vector<DestinationFact> destinations;
  std::optional<OutboxCounters::Value> counters;
  std::vector<OutboxEntry> outbox;
  std::vector<InboxEntry> inbox;
  std::vector<ReportFact> reports;
  std::uint64_t backlog = 0;
};

/// What a check of every record found.
struct Verification {
  struct Problem {
    std::string key;  ///< describe_key
    ErrorCode code = ErrorCode::store_corrupt;
    std::string what;
  };

  std::map<KeyKind, std::uint64_t> records;  ///< sound ones, by kind
  std::uint64_t bytes = 0;                   ///< of keys and values
  std::vector<Problem> problems;             ///< the first kProblemsMax of them
  std::uint64_t problem_count = 0;

  static constexpr std::size_t kProblemsMax = 100;
};

/// Reads a store for an operator; changes nothing. Borrows the directory.
class Inspector {
 public:
  explicit Inspector(const LevelDbDirectory& directory) : directory_(directory) {}

  /// By shard and number. Errors: store_corrupt, store_version, io_failed.
  Result<std::vector<ConversationSummary>> list() const;

  /// Errors: not_found, invalid_argument (no such shard), and those of `list`.
  Result<ConversationContents> show(std::uint32_t shard, ConversationId conversation) const;

  /// Opens every record, and checks that what belongs to a conversation has one and that what waits
  /// has its body. Damage that LevelDB itself finds ends the walk and is the last problem.
  Verification verify() const;

 private:
  const LevelDbDirectory& directory_;
};

}  // namespace parley::store
