#include <utility>

#include "engine/route.h"
#include "engine/shard.h"
#include "engine/wire_names.h"

// The application's calls, and who is found by which name.

namespace parley::engine {

namespace {

constexpr std::string_view kUuidUrn = "urn:uuid:";

}  // namespace

Engine::Shard::Shard(EngineParts parts) : parts_(std::move(parts)) {}

// Finding.

Conversation* Engine::Shard::find_conversation(ConversationId conversation) const {
  const auto at = conversations_.find(conversation);
  return at == conversations_.end() ? nullptr : at->second.get();
}

Conversation* Engine::Shard::find_by(const Found& names, std::string_view name) const {
  const auto at = names.find(name);
  return name.empty() || at == names.end() ? nullptr : find_conversation(at->second);
}

const Profile* Engine::Shard::find_profile(std::string_view name) const {
  for (const Profile& profile : parts_.profiles) {
    if (profile.name == name) {
      return &profile;
    }
  }
  return nullptr;
}

Engine::Shard::Place Engine::Shard::find_place(std::string_view path) const {
  for (const Endpoint& endpoint : parts_.endpoints) {
    if (endpoint.path == path) {
      return {find_profile(endpoint.profile), &endpoint, nullptr};
    }
  }
  Conversation* const owner = find_by(by_address_, path);
  return owner != nullptr && owner->is_initiator() ? Place{&owner->profile(), nullptr, owner}
                                                   : Place();
}

Conversation& Engine::Shard::add_conversation(ConversationId id, const Profile& profile) {
  auto& at = conversations_[id];
  at = std::make_unique<Conversation>(id, profile, parts_);
  return *at;
}

// Registry.

RequestId Engine::Shard::new_request(ConversationId conversation) {
  const RequestId request{++last_request_};
  requests_.emplace(request, conversation);
  return request;
}

QuestionId Engine::Shard::new_question(ConversationId conversation) {
  const QuestionId question{++last_question_};
  questions_.emplace(question, conversation);
  return question;
}

void Engine::Shard::bind_exchange(ExchangeId exchange, ConversationId conversation) {
  exchanges_.insert_or_assign(exchange, conversation);
}

bool Engine::Shard::is_context_taken(const std::string& identifier, ConversationId by) const {
  const auto at = by_context_.find(identifier);
  return at != by_context_.end() && at->second != by;
}

// A peer may give a name that another one gave before: it is not his to end.
void Engine::Shard::unbind(Found& names, const std::string& name, ConversationId by) {
  const auto at = names.find(name);
  if (at != names.end() && at->second == by) {
    names.erase(at);
  }
}

void Engine::Shard::bind_context(const std::string& identifier, ConversationId conversation) {
  by_context_.try_emplace(identifier, conversation);
}

void Engine::Shard::bind_sequence(const std::string& identifier, ConversationId conversation) {
  if (!identifier.empty()) {
    by_sequence_.try_emplace(identifier, conversation);
  }
}

bool Engine::Shard::bind_address(const std::string& address, ConversationId conversation) {
  return by_address_.try_emplace(address, conversation).first->second == conversation;
}

void Engine::Shard::unbind_address(const std::string& address, ConversationId conversation) {
  const auto at = by_address_.find(address);
  if (at != by_address_.end() && at->second == conversation) {
    by_address_.erase(at);
  }
}

void Engine::Shard::report(const store::ReportFact::Value& value) {
  const ReportId id{++counters_.last_report};
  remember_counters();
  reports_.emplace(id.value, value);
  turn_.remember(store::ReportFact{id.value, value});
  turn_.add(Effect(Report{id, value}));
}

void Engine::Shard::remember_counters() { turn_.remember(store::ShardCounters{counters_}); }

// The application.

Result<Conversation*> Engine::Shard::for_application(ConversationId conversation) {
  Conversation* found = find_conversation(conversation);
  if (found == nullptr) {
    return Error(ErrorCode::not_found, "conversation");
  }
  if (is_failed_ || is_full()) {
    return Error(ErrorCode::busy, "the turn is full");
  }
  ++inputs_;
  touch(conversation);
  return found;
}

Result<ConversationId> Engine::Shard::begin(store::ConversationFact::Value what,
                                            const Profile& profile, Now now) {
  if (conversations_.size() >= parts_.limits.conversations_max) {
    return Error(ErrorCode::busy, "conversations");
  }
  const ConversationId id{++counters_.last_conversation};
  remember_counters();
  Means m = means(now);
  add_conversation(id, profile).begin(std::move(what), m);
  touch(id);
  return id;
}

Result<ConversationId> Engine::Shard::open(std::string address, std::string_view profile_name,
                                           Now now) {
  const Profile* profile = find_profile(profile_name);
  if (profile == nullptr) {
    return Error(ErrorCode::not_found, "profile");
  }
  if (address.empty() || address.size() > parts_.limits.identifier_bytes_max) {
    return Error(ErrorCode::invalid_argument, "address");
  }
  if (needs_confidential_channel(*profile) && !address.starts_with("https:")) {
    return Error(ErrorCode::invalid_argument, "the profile needs an https address");
  }
  if (profile->sc && profile->bootstrap == Bootstrap::issued) {
    const bool is_open = needs_confidential_channel(*profile) && !profile->issuer.starts_with("https:");
    if (profile->issuer.empty() || is_open || profile->creates_context) {
      return Error(ErrorCode::invalid_argument, "the token service of the profile");
    }
  }
  const Route route = route_of(profile->reply);
  const Route acks = route_of(profile->acks.value_or(profile->reply));
  const Route named = route == Route::exchanges ? acks : route;
  if ((named == Route::address && path_of(parts_.reply_address).empty()) ||
      (acks != Route::exchanges && acks != named)) {
    return Error(ErrorCode::invalid_state, "where answers go");
  }
  if (is_failed_ || is_full()) {
    return Error(ErrorCode::busy, "the turn is full");
  }
  ++inputs_;
  store::ConversationFact::Value what;
  what.role = store::ConversationRole::initiator;
  what.profile = profile->name;
  what.address = std::move(address);
  // Of its own, and not to be guessed: whoever can name it may send there (MC-001, MC-030).
  const std::string unique = crypto::fresh_uuid_urn(parts_.entropy).substr(kUuidUrn.size());
  if (named == Route::address) {
    what.reply_address = parts_.reply_address + '/' + unique;
  } else if (named == Route::polled) {
    what.reply_address = std::string(kPolledPrefix) + unique;
  }
  return begin(std::move(what), *profile, now);
}

Result<void> Engine::Shard::send(ConversationId conversation, Outgoing outgoing, Now now) {
  if (reports_.size() >= parts_.settings.reports_kept_max) {
    return Error(ErrorCode::busy, "reports wait to be taken note of");
  }
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(conversation));
  Means m = means(now);
  return found->send(std::move(outgoing), m);
}

Result<void> Engine::Shard::reply(const DeliveryName& delivery, Reply reply,
                                  std::vector<store::Record> records, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(delivery.conversation));
  Means m = means(now);
  return found->reply({delivery.sequence, delivery.number}, std::move(reply), std::move(records),
                      m);
}

Result<void> Engine::Shard::consumed(const DeliveryName& delivery,
                                     std::vector<store::Record> records, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(delivery.conversation));
  Means m = means(now);
  return found->consumed({delivery.sequence, delivery.number}, std::move(records), m);
}

Result<void> Engine::Shard::declined(const DeliveryName& delivery, Duration retry_after, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(delivery.conversation));
  Means m = means(now);
  return found->declined({delivery.sequence, delivery.number}, retry_after, m);
}

Result<void> Engine::Shard::close(ConversationId conversation, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(conversation));
  Means m = means(now);
  return found->close(m);
}

Result<void> Engine::Shard::renew(ConversationId conversation, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(conversation));
  Means m = means(now);
  return found->renew(m);
}

Result<void> Engine::Shard::report_consumed(ReportId report, Now) {
  if (!reports_.contains(report.value)) {
    return Error(ErrorCode::not_found, "report");
  }
  if (is_failed_ || is_full()) {
    return Error(ErrorCode::busy, "the turn is full");
  }
  ++inputs_;
  reports_.erase(report.value);
  turn_.remember(store::ReportFact{report.value, std::nullopt});
  return {};
}

std::vector<ConversationId> Engine::Shard::conversations() const {
  std::vector<ConversationId> ids;
  ids.reserve(conversations_.size());
  for (const auto& [id, conversation] : conversations_) {
    ids.push_back(id);
  }
  return ids;
}

std::optional<ConversationStatus> Engine::Shard::status(ConversationId conversation) const {
  const Conversation* found = find_conversation(conversation);
  return found == nullptr ? std::nullopt : std::optional(found->status());
}

TicketStatus Engine::Shard::ticket_status(ConversationId conversation, Ticket ticket) const {
  const Conversation* found = find_conversation(conversation);
  return found == nullptr ? TicketStatus::unknown : found->ticket_status(ticket);
}

}  // namespace parley::engine
