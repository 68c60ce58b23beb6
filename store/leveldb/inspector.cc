#include "store/leveldb/inspector.h"

#include <set>
#include <utility>
#include <variant>

#include "store/leveldb/disk_key.h"
#include "store/leveldb/leveldb_store.h"
#include "store/leveldb/record_codec.h"

namespace parley::store {
namespace {

// Keeps what is waiting of one conversation: all positions given, less those in the window.
std::uint64_t backlog_of(const OutboxCounters::Value& counters) {
  return counters.last_position.value - counters.last_windowed.value;
}

void forget_secrets(contexts::ContextState& context) {
  for (contexts::InstanceState& instance : context.instances) {
    instance.secret.sealed.clear();
    if (instance.answer) {
      instance.answer->issuer_entropy.reset();
    }
  }
  if (context.renewal) {
    context.renewal->entropy.sealed.clear();
  }
}

// Facts of one shard, counted per conversation.
class Summarizer {
 public:
  explicit Summarizer(std::uint32_t shard) : shard_(shard) {}

  void take(const Fact& fact) { std::visit(*this, fact); }

  void operator()(const ConversationFact& f) { of(f.conversation).value = *f.value; }
  void operator()(const ContextFact& f) { of(f.conversation).context = f.value->identifier; }
  void operator()(const SourceFact& f) { ++of(f.conversation).sources; }
  void operator()(const DestinationFact& f) { ++of(f.conversation).destinations; }
  void operator()(const OutboxCounters& f) { of(f.conversation).backlog = backlog_of(*f.value); }
  void operator()(const OutboxEntry& f) { ++of(f.conversation).unacknowledged; }
  void operator()(const InboxEntry& f) { ++of(f.name.conversation).inbox; }
  void operator()(const ReportFact& f) { ++of(f.value->conversation).reports; }
  void operator()(const ShardCounters&) {}
  void operator()(const ReplaySeen&) {}
  void operator()(const OutboxBody&) {}
  void operator()(const InboxBody&) {}
  void operator()(const Record&) {}

  void append_to(std::vector<ConversationSummary>& all) && {
    for (auto& [id, summary] : summaries_) {
      all.push_back(std::move(summary));
    }
  }

 private:
  ConversationSummary& of(ConversationId id) {
    ConversationSummary& summary = summaries_[id];
    summary.shard = shard_;
    summary.conversation = id;
    return summary;
  }

  std::uint32_t shard_;
  std::map<ConversationId, ConversationSummary> summaries_;
};

// Facts of one conversation.
struct Collector {
  ConversationId wanted;
  std::optional<ConversationFact::Value> conversation;
  ConversationContents contents;

  bool is_wanted(ConversationId id) const { return id == wanted; }

  void operator()(const ConversationFact& f) {
    if (is_wanted(f.conversation)) {
      conversation = f.value;
    }
  }
  void operator()(const ContextFact& f) {
    if (is_wanted(f.conversation)) {
      contents.context = f.value;
      forget_secrets(*contents.context);
    }
  }
  void operator()(const SourceFact& f) { keep(f, f.conversation, contents.sources); }
  void operator()(const DestinationFact& f) { keep(f, f.conversation, contents.destinations); }
  void operator()(const OutboxCounters& f) {
    if (is_wanted(f.conversation)) {
      contents.counters = f.value;
      contents.backlog = backlog_of(*f.value);
    }
  }
  void operator()(const OutboxEntry& f) { keep(f, f.conversation, contents.outbox); }
  void operator()(const InboxEntry& f) { keep(f, f.name.conversation, contents.inbox); }
  void operator()(const ReportFact& f) { keep(f, f.value->conversation, contents.reports); }
  void operator()(const ShardCounters&) {}
  void operator()(const ReplaySeen&) {}
  void operator()(const OutboxBody&) {}
  void operator()(const InboxBody&) {}
  void operator()(const Record&) {}

  template <class T>
  void keep(const T& fact, ConversationId id, std::vector<T>& into) {
    if (is_wanted(id)) {
      into.push_back(fact);
    }
  }
};

// What belongs together in one shard. Keys come in order, bodies before state; so all is gathered
// first and compared at the end of the shard.
class Relations {
 public:
  void take(const Fact& fact, std::string_view key) {
    key_ = key;
    std::visit(*this, fact);
  }

  void operator()(const ConversationFact& f) { conversations_.insert(f.conversation); }
  void operator()(const ContextFact& f) { child(f.conversation); }
  void operator()(const SourceFact& f) { child(f.conversation); }
  void operator()(const DestinationFact& f) { child(f.conversation); }
  void operator()(const OutboxCounters& f) { child(f.conversation); }
  void operator()(const OutboxEntry& f) { child(f.conversation); }
  void operator()(const InboxEntry& f) {
    child(f.name.conversation);
    inbox_.emplace(as_text(key_of(InboxBody{f.name, std::nullopt})), key_);
  }
  void operator()(const OutboxBody& f) { child(f.conversation); }
  void operator()(const InboxBody& f) {
    child(f.name.conversation);
    inbox_bodies_.emplace(as_text(key_of(f)));
  }
  void operator()(const ShardCounters&) {}
  void operator()(const ReportFact&) {}
  void operator()(const ReplaySeen&) {}
  void operator()(const Record&) {}

  template <class Report>
  void judge(const Report& report) const {
    for (const auto& [conversation, key] : children_) {
      if (conversations_.count(conversation) == 0) {
        report(key, "its conversation is missing");
      }
    }
    for (const auto& [body, key] : inbox_) {
      if (inbox_bodies_.count(body) == 0) {
        report(key, "its body is missing");
      }
    }
  }

 private:
  // One child stands for all of a conversation.
  void child(ConversationId conversation) { children_.emplace(conversation, key_); }

  std::string key_;
  std::set<ConversationId> conversations_;
  std::map<ConversationId, std::string> children_;
  std::map<std::string, std::string> inbox_;  // key of the body → key of the entry
  std::set<std::string> inbox_bodies_;
};

}  // namespace

Result<std::vector<ConversationSummary>> Inspector::list() const {
  std::vector<ConversationSummary> all;
  for (std::uint32_t shard = 0; shard < directory_.shards(); ++shard) {
    Summarizer summarizer(shard);
    const KeyRange range = state_range(shard);
    PARLEY_TRY(directory_.database_->scan(
        range.begin, range.end, [&](std::string_view key, std::string_view value) -> Result<void> {
          PARLEY_ASSIGN_OR_RETURN(const Fact fact, open_fact(directory_.seal_, key, value));
          summarizer.take(fact);
          return {};
        }));
    std::move(summarizer).append_to(all);
  }
  return all;
}

Result<ConversationContents> Inspector::show(std::uint32_t shard,
                                             ConversationId conversation) const {
  if (shard >= directory_.shards()) {
    return Error(ErrorCode::invalid_argument, "number of a shard");
  }
  Collector collector;
  collector.wanted = conversation;
  const KeyRange range = state_range(shard);
  PARLEY_TRY(directory_.database_->scan(
      range.begin, range.end, [&](std::string_view key, std::string_view value) -> Result<void> {
        PARLEY_ASSIGN_OR_RETURN(const Fact fact, open_fact(directory_.seal_, key, value));
        std::visit(collector, fact);
        return {};
      }));
  if (!collector.conversation) {
    return Error(ErrorCode::not_found, "conversation");
  }
  collector.contents.value = *collector.conversation;
  return std::move(collector.contents);
}

Verification Inspector::verify() const {
  Verification found;
  const auto report = [&](std::string_view key, ErrorCode code, std::string what) {
    ++found.problem_count;
    if (found.problems.size() < Verification::kProblemsMax) {
      found.problems.push_back({describe_key(key), code, std::move(what)});
    }
  };
  const auto report_relation = [&](std::string_view key, std::string what) {
    report(key, ErrorCode::store_corrupt, std::move(what));
  };
  std::uint32_t shard = 0;
  Relations relations;
  std::string last_key;
  const Result<void> walked = directory_.database_->scan(
      {}, {}, [&](std::string_view key, std::string_view value) -> Result<void> {
        last_key = key;
        found.bytes += key.size() + value.size();
        const auto parsed = parse_disk_key(key);
        if (!parsed || parsed->shard >= directory_.shards()) {
          report(key, ErrorCode::store_corrupt, "no record has this key");
          return {};
        }
        if (parsed->kind == DiskKey::Kind::header) {
          return {};  // Opening the directory has checked it.
        }
        if (parsed->kind == DiskKey::Kind::owner) {
          const auto plain = directory_.seal_.open(key, value);
          if (!plain || !decode_epoch(plain->view())) {
            report(key, ErrorCode::store_corrupt, "the record does not open");
          }
          return {};
        }
        if (parsed->shard != shard) {
          relations.judge(report_relation);
          relations = Relations();
          shard = parsed->shard;
        }
        const auto fact = open_fact(directory_.seal_, key, value);
        if (!fact) {
          report(key, fact.error().code(), std::string(text_of(fact.error().code())));
          return {};
        }
        ++found.records[kind_of(*fact)];
        relations.take(*fact, key);
        return {};
      });
  if (walked) {
    relations.judge(report_relation);
  } else {
    report(last_key, walked.error().code(), "the file is damaged after this record");
  }
  return found;
}

}  // namespace parley::store
