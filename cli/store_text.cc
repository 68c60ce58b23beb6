#include "cli/store_text.h"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <ctime>

namespace parley::cli {
namespace {

using sequences::NumberRanges;

// Rows of a list are shown up to this many; the rest is counted.
constexpr std::size_t kRowsMax = 20;

[[gnu::format(printf, 2, 3)]] void add(std::string& out, const char* format, ...) {
  std::va_list arguments;
  std::va_list again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const std::size_t had = out.size();
  const auto size = static_cast<std::size_t>(std::vsnprintf(nullptr, 0, format, arguments));
  out.resize(had + size + 1);
  std::vsnprintf(out.data() + had, size + 1, format, again);
  out.resize(had + size);
  va_end(again);
  va_end(arguments);
}

// The name of an enumerator that counts from 0.
template <class E, std::size_t N>
const char* pick(const char* const (&names)[N], E value) {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? names[at] : "?";
}

const char* name_of(store::ConversationPhase phase) {
  constexpr const char* kNames[] = {"open", "closing", "ended"};
  return pick(kNames, phase);
}

const char* name_of(sequences::SourcePhase phase) {
  constexpr const char* kNames[] = {"none",    "creating", "created",
                                    "closing", "closed",   "terminating"};
  return pick(kNames, phase);
}

const char* name_of(sequences::DestinationPhase phase) {
  constexpr const char* kNames[] = {"none", "created", "closed", "terminated"};
  return pick(kNames, phase);
}

const char* name_of(sequences::SequenceEnd end) {
  constexpr const char* kNames[] = {
      "",        "completed",          "aborted",           "refused",  "no answer",
      "gave up", "terminated by peer", "forgotten by peer", "violated", "expired",
      "inactive"};
  return pick(kNames, end);
}

const char* name_of(store::OutboxKind kind) {
  constexpr const char* kNames[] = {"one-way", "request", "reply", "last message"};
  return pick(kNames, kind);
}

const char* name_of(store::ReportKind kind) {
  constexpr const char* kNames[] = {"outcome unknown",   "not delivered", "answer lost",
                                    "delivery refused",  "context lost",  "sequence ended",
                                    "conversation ended"};
  return pick(kNames, kind);
}

// "1-40, 42, 50-51"
std::string ranges_text(const NumberRanges& ranges) {
  std::string out;
  for (std::size_t i = 0; i < ranges.size() && i < kRowsMax; ++i) {
    out += i == 0 ? "" : ", ";
    out += std::to_string(ranges[i].first);
    if (ranges[i].second != ranges[i].first) {
      out += "-" + std::to_string(ranges[i].second);
    }
  }
  if (ranges.size() > kRowsMax) {
    out += " and " + std::to_string(ranges.size() - kRowsMax) + " more ranges";
  }
  return out.empty() ? "nothing" : out;
}

std::string expires_text(const std::optional<WallTime>& expires) {
  return expires ? ", expires " + to_text(*expires) : "";
}

void add_context(std::string& out, const contexts::ContextState& context) {
  add(out, "  context      %s, %s, %s%s\n", context.identifier.c_str(),
      context.family == contexts::TrustFamily::oasis_200512 ? "1.3" : "2005/02",
      context.role == contexts::ContextRole::initiator ? "initiator" : "recipient",
      context.is_cancelling ? ", being cancelled" : "");
  for (const contexts::InstanceState& instance : context.instances) {
    add(out, "    instance   %s: key of %" PRIu32 " bits, %s, from %s to %s%s\n",
        instance.name.instance.empty() ? "first" : instance.name.instance.c_str(),
        instance.key_bits, instance.is_proven ? "proven" : "not proven yet",
        to_text(instance.lifetime.created).c_str(), to_text(instance.lifetime.expires).c_str(),
        instance.retires ? (", retires " + to_text(*instance.retires)).c_str() : "");
  }
  if (context.renewal) {
    add(out, "    renewal    asked for at %s\n", to_text(context.renewal->began).c_str());
  }
}

void add_source(std::string& out, const store::SourceFact& fact) {
  const sequences::SourceState& s = *fact.value;
  add(out, "  source %-5" PRIu64 " %s, %s%s%s%s\n", fact.slot,
      s.identifier.empty() ? "(no identifier yet)" : s.identifier.c_str(), name_of(s.phase),
      s.end == sequences::SequenceEnd::open ? "" : ": ", name_of(s.end),
      expires_text(s.expires).c_str());
  add(out, "    sent       up to %" PRIu64 "\n", s.last_assigned);
  add(out, "    acknowledged %s%s\n", ranges_text(s.acked).c_str(), s.has_final ? " (final)" : "");
}

void add_destination(std::string& out, const store::DestinationFact& fact) {
  const sequences::DestinationState& s = *fact.value;
  add(out, "  destination  %s, %s%s%s%s\n", fact.sequence.c_str(), name_of(s.phase),
      s.end == sequences::SequenceEnd::open ? "" : ": ", name_of(s.end),
      expires_text(s.expires).c_str());
  add(out, "    promises   %s%s\n", std::string(sequences::name_of(s.assurance)).c_str(),
      s.in_order ? ", in order" : "");
  add(out, "    accepted   %s\n", ranges_text(s.received).c_str());
  add(out, "    consumed   %s\n", ranges_text(s.consumed).c_str());
}

template <class T, class F>
void add_rows(std::string& out, const std::vector<T>& rows, F add_row) {
  for (std::size_t i = 0; i < rows.size() && i < kRowsMax; ++i) {
    add_row(rows[i]);
  }
  if (rows.size() > kRowsMax) {
    add(out, "    … and %zu more\n", rows.size() - kRowsMax);
  }
}

void add_waiting(std::string& out, const store::ConversationContents& contents) {
  add(out, "  outbox       %zu under way, %" PRIu64 " in the backlog\n", contents.outbox.size(),
      contents.backlog);
  add_rows(out, contents.outbox, [&](const store::OutboxEntry& entry) {
    add(out, "    position %" PRIu64 ": %s, ticket %" PRIu64 ", number %" PRIu64 "%s\n",
        entry.position.value, name_of(entry.value->kind), entry.value->ticket.value,
        entry.value->number, entry.value->is_answered ? ", answered" : "");
  });
  add(out, "  inbox        %zu accepted and not consumed\n", contents.inbox.size());
  add_rows(out, contents.inbox, [&](const store::InboxEntry& entry) {
    add(out, "    number %" PRIu64 "%s%s\n", entry.name.number,
        entry.value->expects_reply ? ", expects a reply" : "",
        entry.value->answers.value != 0 ? ", is a reply" : "");
  });
  add(out, "  reports      %zu\n", contents.reports.size());
  add_rows(out, contents.reports, [&](const store::ReportFact& report) {
    add(out, "    %s, ticket %" PRIu64 ": %s\n", name_of(report.value->kind),
        report.value->ticket.value, std::string(text_of(report.value->reason)).c_str());
  });
}

const char* name_of(store::KeyKind kind) {
  switch (kind) {
    case store::KeyKind::shard_counters:
      return "shard counters";
    case store::KeyKind::replay_seen:
      return "replays seen";
    case store::KeyKind::report:
      return "reports";
    case store::KeyKind::conversation:
      return "conversations";
    case store::KeyKind::context:
      return "contexts";
    case store::KeyKind::source:
      return "sources";
    case store::KeyKind::destination:
      return "destinations";
    case store::KeyKind::outbox_counters:
      return "outbox counters";
    case store::KeyKind::outbox_entry:
      return "outbox entries";
    case store::KeyKind::inbox_entry:
      return "inbox entries";
    case store::KeyKind::outbox_body:
      return "outbox bodies";
    case store::KeyKind::inbox_body:
      return "inbox bodies";
    case store::KeyKind::record:
      return "application's records";
  }
  return "";
}

}  // namespace

std::string to_text(WallTime time) {
  const std::time_t seconds = static_cast<std::time_t>(time.ms / 1000);
  std::tm parts{};
  char text[32];
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
    return "?";
  }
  return text;
}

std::string to_text(const std::vector<store::ConversationSummary>& conversations) {
  std::string out;
  add(out, "%5s %12s %-9s %-8s %8s %9s %8s %7s  %s\n", "shard", "conversation", "role", "phase",
      "backlog", "under way", "inbox", "reports", "with");
  for (const store::ConversationSummary& c : conversations) {
    const bool is_initiator = c.value.role == store::ConversationRole::initiator;
    add(out,
        "%5" PRIu32 " %12" PRIu64 " %-9s %-8s %8" PRIu64 " %9" PRIu64 " %8" PRIu64 " %7" PRIu64
        "  ",
        c.shard, c.conversation.value, is_initiator ? "initiator" : "recipient",
        name_of(c.value.phase), c.backlog, c.unacknowledged, c.inbox, c.reports);
    out += is_initiator ? c.value.address : c.value.endpoint + " from " + c.value.principal;
    out += '\n';
  }
  add(out, "%zu conversations\n", conversations.size());
  return out;
}

std::string to_text(std::uint32_t shard,
                    store::ConversationId conversation,
                    const store::ConversationContents& contents) {
  const store::ConversationFact::Value& value = contents.value;
  std::string out;
  add(out, "conversation %" PRIu64 " of shard %" PRIu32 "\n", conversation.value, shard);
  add(out, "  role         %s, %s\n",
      value.role == store::ConversationRole::initiator ? "initiator" : "recipient",
      name_of(value.phase));
  add(out, "  profile      %s\n", value.profile.c_str());
  add(out, "  with         %s\n",
      value.address.empty() ? value.endpoint.c_str() : value.address.c_str());
  add(out, "  principal    %s\n", value.principal.empty() ? "nobody" : value.principal.c_str());
  if (contents.context) {
    add_context(out, *contents.context);
  } else {
    add(out, "  context      none\n");
  }
  for (const store::SourceFact& source : contents.sources) {
    add_source(out, source);
  }
  for (const store::DestinationFact& destination : contents.destinations) {
    add_destination(out, destination);
  }
  if (contents.counters) {
    add(out, "  last ticket  %" PRIu64 "\n", contents.counters->last_ticket.value);
  }
  add_waiting(out, contents);
  return out;
}

std::string to_text(const store::Verification& found) {
  std::string out;
  std::uint64_t records = 0;
  for (const auto& [kind, count] : found.records) {
    add(out, "%12" PRIu64 " %s\n", count, name_of(kind));
    records += count;
  }
  add(out, "%12" PRIu64 " sound records, %" PRIu64 " octets\n", records, found.bytes);
  for (const store::Verification::Problem& problem : found.problems) {
    add(out, "damaged: %s: %s\n", problem.key.c_str(), problem.what.c_str());
  }
  if (found.problem_count > found.problems.size()) {
    add(out, "damaged: %" PRIu64 " more\n", found.problem_count - found.problems.size());
  }
  return out;
}

}  // namespace parley::cli
