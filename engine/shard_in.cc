#include <algorithm>
#include <utility>

#include "engine/shard.h"
#include "engine/wire_names.h"

// From bytes to the conversation that they belong to. Whatever cannot be proven, or names what is not
// known, changes nothing and is answered by a fault.

namespace parley::engine {

namespace {

bool is_renew(const Hints& hints) { return hints.action.ends_with("/RST/SCT/Renew"); }

/// MC-031: one that came again would take a message away from whom it is for.
bool is_poll(const Message& message) {
  return std::holds_alternative<MakeConnection>(message.body);
}

/// What nothing else recognises when it comes again: neither a sequence number, nor an Identifier, nor
/// a MessageID that is remembered.
bool needs_replay_check(const OpenedMessage& opened) {
  const Message& message = opened.message;
  if ((opened.replay_marks.empty() && opened.one_time.empty()) || message.rm.sequence) {
    return false;
  }
  if (const auto* request = std::get_if<contexts::TokenRequest>(&message.body)) {
    return request->operation == contexts::TrustOperation::issue ||
           request->operation == contexts::TrustOperation::amend ||
           std::holds_alternative<TokenProof>(opened.proof);
  }
  if (std::holds_alternative<contexts::TokenResponse>(message.body)) {
    return message.addressing.relates_to.empty();  // it would bring a context back that has ended
  }
  if (std::holds_alternative<CreateSequence>(message.body)) {
    return message.addressing.message_id.empty();
  }
  const bool is_bare = !message.rm.acknowledgements.empty() || !message.rm.ack_requests.empty();
  return is_poll(message) || (std::holds_alternative<ApplicationBody>(message.body) && !is_bare);
}

/// An answer for a back-channel, which nobody sends as a request. Both sides of a context have the same
/// key: it may be our own, sent back to us.
bool is_answer(const Addressing& addressing) {
  return addressing.to == kAnonymousAddress && !addressing.relates_to.empty();
}

/// Whether it was meant for this service, and not for another that its sender calls.
std::optional<ErrorCode> refusal_of(const OpenedMessage& opened, const Endpoint& endpoint) {
  const std::vector<std::string>& urls = endpoint.urls;
  if (urls.empty()) {
    return std::nullopt;
  }
  if (std::find(urls.begin(), urls.end(), opened.message.addressing.to) == urls.end()) {
    return ErrorCode::destination_unreachable;
  }
  return opened.can_be_passed_on ? std::optional(ErrorCode::security_missing) : std::nullopt;
}

}  // namespace

// Beyond the turn's limit the world may come as often again; then it is as if the network had lost it.
bool Engine::Shard::may_take_input() {
  if (is_failed_ || inputs_ >= 2 * parts_.limits.turn_inputs_max) {
    return false;
  }
  ++inputs_;
  return true;
}

void Engine::Shard::refuse(AnswerIntent intent, Fault fault) {
  turn_.event(EventKind::message_refused, {}, 0, fault.code);
  intent.content = Body(std::move(fault));
  turn_.add(Intent(std::move(intent)));
}

void Engine::Shard::receive(IncomingRequest request, Now now) {
  const Profile* const profile = find_place(request.endpoint).profile;
  if (profile == nullptr) {
    turn_.add(Effect(Answer{request.exchange, AnswerKind::unavailable, {}, {}}));
    return;
  }
  auto sealed = parts_.codec.parse(std::move(request.bytes), request.content_type, *profile);
  if (sealed) {
    receive(request.exchange, request.endpoint, request.channel, std::move(sealed).value(), now);
    return;
  }
  if (!may_take_input()) {
    turn_.add(Effect(Answer{request.exchange, AnswerKind::unavailable, {}, {}}));
    return;
  }
  AnswerIntent intent;
  intent.exchange = request.exchange;
  intent.profile = profile;
  refuse(std::move(intent), {.code = sealed.error().code()});
}

void Engine::Shard::receive(ExchangeId exchange, std::string_view path, const Channel& channel,
                            std::unique_ptr<SealedMessage> sealed, Now now) {
  const Place place = find_place(path);
  if (place.profile == nullptr || !may_take_input()) {
    turn_.add(Effect(Answer{exchange, AnswerKind::unavailable, {}, {}}));
    return;
  }
  const Hints hints = sealed->hints();
  AnswerIntent intent;
  intent.exchange = exchange;
  intent.profile = place.profile;
  intent.relates_to = hints.message_id;
  if (const auto refused = admit(hints, place, now)) {
    refuse(std::move(intent), {.code = *refused});
    return;
  }
  auto opened =
      parts_.codec.open(std::move(sealed), *place.profile, *this, nullptr, channel, now.wall);
  if (!opened) {
    refuse(std::move(intent), {.code = opened.error().code()});
    return;
  }
  take_opened(std::move(opened).value(), std::move(intent), place, now);
}

/// Before anything is verified: whether there is a key at all for what the message claims.
std::optional<ErrorCode> Engine::Shard::admit(const Hints& hints, const Place& place, Now now) {
  opening_ = {nullptr, is_renew(hints), now.wall, {}};
  if (!place.profile->sc) {
    return std::nullopt;
  }
  switch (hints.protection) {
    case Hints::Protected::no:
      return hints.is_fault ? std::nullopt : std::optional(ErrorCode::security_missing);
    case Hints::Protected::bootstrap:
      return std::nullopt;
    case Hints::Protected::context: {
      Conversation* owner = find_by(by_context_, hints.context.identifier);
      const bool is_there =
          owner != nullptr &&
          (place.initiator != nullptr ? owner == place.initiator
                                      : !owner->is_initiator() &&
                                            owner->state().what.endpoint == place.endpoint->path);
      if (!is_there) {
        return ErrorCode::context_unknown;
      }
      opening_.owner = owner;
      const auto key = key_for(hints.context);
      return key ? std::nullopt : std::optional(key.error().code());
    }
  }
  return ErrorCode::security_missing;
}

Result<std::shared_ptr<const contexts::LiveKey>> Engine::Shard::key_for(
    const contexts::ContextName& name) const {
  auto key = opening_.owner->key(name, Conversation::KeyUse::receive, opening_.now);
  if (!key && opening_.renews) {
    key = opening_.owner->key(name, Conversation::KeyUse::renew, opening_.now);
  }
  return key;
}

const contexts::LiveKey* Engine::Shard::find(const contexts::ContextName& name) const {
  if (opening_.owner == nullptr || find_by(by_context_, name.identifier) != opening_.owner) {
    return nullptr;
  }
  const auto key = key_for(name);
  if (!key) {
    return nullptr;
  }
  opening_.keys.push_back(*key);
  return opening_.keys.back().get();
}

void Engine::Shard::take_opened(OpenedMessage opened, AnswerIntent intent, const Place& place,
                                Now now) {
  const Profile& profile = *intent.profile;
  intent.key.exchange = opened.exchange_keys;
  intent.relates_to = opened.message.addressing.message_id;  // it may have been hidden
  if (profile.sc && std::holds_alternative<NoProof>(opened.proof)) {
    turn_.event(EventKind::unsecured_fault, {});
    turn_.add(Effect(Answer{intent.exchange, AnswerKind::accepted, {}, {}}));
    return;
  }
  if (place.endpoint != nullptr) {
    if (const auto refused = refusal_of(opened, *place.endpoint)) {
      refuse(std::move(intent), {.code = *refused});
      return;
    }
  }
  if (const auto refused = note_replay(opened, now)) {
    refuse(std::move(intent), {.code = *refused});
    return;
  }
  Conversation* conversation = nullptr;
  if (const auto* proof = std::get_if<ContextProof>(&opened.proof)) {
    conversation = find_by(by_context_, proof->name.identifier);
    if (conversation == nullptr || conversation != opening_.owner) {
      refuse(std::move(intent), {.code = ErrorCode::security_failed});
      return;
    }
    const auto key = key_for(proof->name);
    intent.key.context = key ? *key : nullptr;
    if (is_answer(opened.message.addressing)) {
      refuse(std::move(intent), {.code = ErrorCode::security_failed});
      return;
    }
    intent.key.is_initiator = conversation->is_initiator();
  } else if (std::holds_alternative<TokenProof>(opened.proof)) {
    if (place.endpoint == nullptr) {
      refuse(std::move(intent), {.code = ErrorCode::security_missing});
    } else {
      take_issue(opened, std::move(intent), *place.endpoint, now);
    }
    return;
  } else if (place.initiator != nullptr) {
    conversation = place.initiator;
  } else if (const auto* poll = std::get_if<MakeConnection>(&opened.message.body);
             poll != nullptr && profile.rm && find_named(opened) == nullptr) {
    // MC-035: for an address that nobody knows there is nothing, and no word about that.
    if (auto fault = Conversation::refusal_of(*poll, profile)) {
      refuse(std::move(intent), std::move(*fault));
    } else {
      turn_.add(Effect(Answer{intent.exchange, AnswerKind::accepted, {}, {}}));
    }
    return;
  } else {
    auto found = recipient_of(opened, profile, *place.endpoint, now);
    if (!found) {
      Fault fault{.code = found.error().code()};
      if (opened.message.rm.sequence) {
        fault.sequence_identifier = opened.message.rm.sequence->identifier;
      } else if (const auto* named = std::get_if<SequenceLifecycle>(&opened.message.body)) {
        fault.sequence_identifier = named->identifier;
      } else if (!opened.message.rm.ack_requests.empty()) {
        fault.sequence_identifier = opened.message.rm.ack_requests.front();
      } else if (!opened.message.rm.acknowledgements.empty()) {
        fault.sequence_identifier = opened.message.rm.acknowledgements.front().identifier;
      }
      refuse(std::move(intent), std::move(fault));
      return;
    }
    conversation = *found;
  }
  intent.conversation = conversation->id();
  touch(conversation->id());
  Means m = means(now);
  conversation->receive(std::move(opened), {std::nullopt, std::move(intent), std::nullopt}, m);
}

// T19: by the identity that obtained the context. Whether it is of another or nobody's, is not told.
void Engine::Shard::take_renewal(const contexts::TokenRequest& request,
                                 const std::string& principal, AnswerIntent intent,
                                 const Endpoint& endpoint, Now now) {
  Conversation* const conversation =
      request.target ? find_by(by_context_, request.target->identifier) : nullptr;
  if (conversation == nullptr || conversation->is_initiator() ||
      conversation->state().what.endpoint != endpoint.path ||
      intent.profile->bootstrap == Bootstrap::issued) {
    refuse(std::move(intent), {.code = ErrorCode::context_unknown});
    return;
  }
  intent.conversation = conversation->id();
  touch(conversation->id());
  Means m = means(now);
  conversation->renew_for(request, principal, std::move(intent), m);
}

// Issue makes a conversation (secure-conversation.md, 3), and so does a context that was made
// elsewhere. Nothing but a renewal is done for a bare credential besides.
void Engine::Shard::take_issue(OpenedMessage& opened, AnswerIntent intent,
                               const Endpoint& endpoint, Now now) {
  const auto& proof = std::get<TokenProof>(opened.proof);
  const bool is_service = endpoint.issues_for.empty();
  if (is_service && std::holds_alternative<contexts::TokenResponse>(opened.message.body)) {
    take_propagation(opened, std::move(intent), endpoint, now);
    return;
  }
  const auto* request = std::get_if<contexts::TokenRequest>(&opened.message.body);
  if (request == nullptr) {
    refuse(std::move(intent), {.code = ErrorCode::security_missing});
    return;
  }
  if (request->operation == contexts::TrustOperation::renew && is_service) {
    take_renewal(*request, proof.principal, std::move(intent), endpoint, now);
    return;
  }
  if (request->operation != contexts::TrustOperation::issue) {
    refuse(std::move(intent), {.code = ErrorCode::trust_bad_request});
    return;
  }
  if (!is_service) {
    take_issue_for_another(*request, proof.principal, std::move(intent), endpoint, now);
    return;
  }
  if (intent.profile->bootstrap == Bootstrap::issued) {
    refuse(std::move(intent), {.code = ErrorCode::trust_request_failed});  // its token service does
    return;
  }
  Means m = means(now);
  auto granted =
      contexts::decide_issue(*request, proof.principal, m.fresh_name(), pending_, m.trust());
  if (!granted) {
    refuse(std::move(intent), {.code = granted.error().code()});
    return;
  }
  store::ConversationFact::Value what;
  what.role = store::ConversationRole::recipient;
  what.profile = intent.profile->name;
  what.endpoint = endpoint.path;
  what.principal = proof.principal;
  const auto begun = begin(std::move(what), *intent.profile, now);
  if (!begun) {
    refuse(std::move(intent), {.code = ErrorCode::endpoint_unavailable, .sender = false});
    return;
  }
  pending_.add(proof.principal);
  Conversation& conversation = *find_conversation(*begun);
  conversation.begin_context(std::move(*granted->fact), m);
  intent.conversation = *begun;
  intent.content = Body(std::move(granted->response));
  turn_.add(Intent(std::move(intent)));
}

// Without security a sequence is all that tells whose a message is.
Conversation* Engine::Shard::find_named(const OpenedMessage& opened) const {
  const Message& message = opened.message;
  if (message.rm.sequence) {
    return find_by(by_sequence_, message.rm.sequence->identifier);
  }
  if (const auto* lifecycle = std::get_if<SequenceLifecycle>(&message.body)) {
    return find_by(by_sequence_, lifecycle->identifier);
  }
  if (const auto* fault = std::get_if<Fault>(&message.body);
      fault != nullptr && !fault->sequence_identifier.empty()) {
    return find_by(by_sequence_, fault->sequence_identifier);
  }
  if (std::holds_alternative<CreateSequence>(message.body)) {
    const std::string& id = message.addressing.message_id;
    Conversation* repeated = id.empty() ? nullptr : find_by(by_sequence_, id);
    return repeated != nullptr ? repeated : find_polled(message);
  }
  if (const auto* poll = std::get_if<MakeConnection>(&message.body)) {
    return find_by(by_address_, poll->address);
  }
  for (const AcknowledgementHeader& header : message.rm.acknowledgements) {
    if (Conversation* found = find_by(by_sequence_, header.identifier)) {
      return found;
    }
  }
  for (const std::string& sequence : message.rm.ack_requests) {
    if (Conversation* found = find_by(by_sequence_, sequence)) {
      return found;
    }
  }
  return nullptr;
}

// A polled address stands for one client (MC-001), whose sequences follow one another.
Conversation* Engine::Shard::find_polled(const Message& creation) const {
  const auto& body = std::get<CreateSequence>(creation.body);
  if (Conversation* found = find_by(by_address_, body.acks_to.address)) {
    return found;
  }
  const std::optional<EndpointReference>& replies_to =
      body.offer && body.offer->endpoint ? body.offer->endpoint : creation.addressing.reply_to;
  return replies_to ? find_by(by_address_, replies_to->address) : nullptr;
}

Result<Conversation*> Engine::Shard::recipient_of(const OpenedMessage& opened,
                                                  const Profile& profile,
                                                  const Endpoint& endpoint, Now now) {
  Conversation* named = find_named(opened);
  if (named != nullptr && named->state().what.endpoint == endpoint.path &&
      !named->is_initiator()) {
    return named;
  }
  store::ConversationFact::Value what;
  what.role = store::ConversationRole::recipient;
  what.profile = profile.name;
  what.endpoint = endpoint.path;
  if (!profile.rm) {
    // Nothing tells callers apart: one conversation serves all of them.
    for (const auto& [id, conversation] : conversations_) {
      if (!conversation->is_initiator() && conversation->state().what.endpoint == endpoint.path) {
        return conversation.get();
      }
    }
  } else if (!std::holds_alternative<CreateSequence>(opened.message.body)) {
    const bool names_one = opened.message.rm.sequence || !opened.message.rm.ack_requests.empty() ||
                           !opened.message.rm.acknowledgements.empty() ||
                           std::holds_alternative<SequenceLifecycle>(opened.message.body);
    return Error(names_one ? ErrorCode::sequence_unknown : ErrorCode::rm_required, "sequence");
  }
  auto begun = begin(std::move(what), profile, now);
  if (!begun) {
    return Error(ErrorCode::endpoint_unavailable, "conversations");
  }
  return find_conversation(*begun);
}

std::optional<ErrorCode> Engine::Shard::note_replay(const OpenedMessage& opened, Now now) {
  if (!needs_replay_check(opened)) {
    return std::nullopt;
  }
  std::vector<ReplayMark> marks = opened.replay_marks;
  marks.insert(marks.end(), opened.one_time.begin(), opened.one_time.end());
  // A poll that a crash lets in again takes nothing that is not handed out once more.
  return take_once(marks, !is_poll(opened.message), now);
}

std::optional<ErrorCode> Engine::Shard::take_once(const std::vector<ReplayMark>& marks,
                                                  bool must_sync, Now now) {
  const bool is_replay = std::any_of(marks.begin(), marks.end(), [this](const ReplayMark& mark) {
    return replays_.contains(mark.digest);
  });
  if (is_replay) {
    turn_.event(EventKind::replay_refused, {});
    return ErrorCode::security_failed;
  }
  forget_replays(now);
  if (replays_.size() + marks.size() > parts_.limits.replays_kept_max) {
    turn_.event(EventKind::limit_reached, {}, 0, ErrorCode::replayed);
    return ErrorCode::endpoint_unavailable;
  }
  for (const ReplayMark& mark : marks) {
    const WallTime until = mark.until + ms(parts_.contexts.context_clock_skew_ms);
    if (replays_.emplace(mark.digest, until).second) {
      replays_by_age_.emplace(until, mark.digest);
      turn_.remember(store::ReplaySeen{mark.digest, until}, must_sync);
    }
  }
  return std::nullopt;
}

// Answers to requests of ours.

void Engine::Shard::receive(IncomingResponse response, Now now) {
  const auto at = requests_.find(response.request);
  if (at == requests_.end() || !may_take_input()) {
    return;
  }
  if (at->second.value == 0) {
    // Whoever takes a context has nothing to say.
    end_handover(response.request, response.bytes.empty());
    return;
  }
  touch(at->second);
  take_answer(std::move(response), *find_conversation(at->second), now);
}

void Engine::Shard::take_answer(IncomingResponse response, Conversation& conversation, Now now) {
  const RequestId request = response.request;
  const Profile& profile = conversation.profile();
  Means m = means(now);
  if (response.bytes.empty()) {
    conversation.accepted(request, m);
    return;
  }
  const auto fail = [&](ErrorCode reason) {
    turn_.event(EventKind::message_refused, conversation.id(), 0, reason);
    conversation.request_failed(request, m);
  };
  auto sealed = parts_.codec.parse(std::move(response.bytes), response.content_type, profile);
  if (!sealed) {
    fail(sealed.error().code());
    return;
  }
  const Hints hints = (*sealed)->hints();
  opening_ = {&conversation, true, now.wall, {}};
  auto opened = parts_.codec.open(std::move(sealed).value(), profile, *this,
                                  conversation.keys_of(request), response.channel, now.wall);
  if (!opened) {
    fail(opened.error().code());
    return;
  }
  if (profile.sc && std::holds_alternative<NoProof>(opened->proof)) {
    const auto* fault = std::get_if<Fault>(&opened->message.body);
    if (fault != nullptr) {
      conversation.hinted(request, fault->code, m);
    } else {
      fail(ErrorCode::security_missing);
    }
    return;
  }
  if (const auto* proof = std::get_if<ContextProof>(&opened->proof);
      proof != nullptr && find_by(by_context_, proof->name.identifier) != &conversation) {
    fail(ErrorCode::security_failed);
    return;
  }
  // A credential alone, whosever it is, says nothing about what a context protects.
  if (std::holds_alternative<TokenProof>(opened->proof) && !conversation.is_by_credential(request)) {
    fail(ErrorCode::security_failed);
    return;
  }
  conversation.receive(std::move(opened).value(), {request, std::nullopt, std::nullopt}, m);
}

void Engine::Shard::request_failed(RequestId request, Now now) {
  const auto at = requests_.find(request);
  if (at == requests_.end() || is_failed_) {
    return;
  }
  if (at->second.value == 0) {
    end_handover(request, false);
    return;
  }
  touch(at->second);
  Means m = means(now);
  find_conversation(at->second)->request_failed(request, m);
}

void Engine::Shard::exchange_lost(ExchangeId exchange, Now) {
  const auto at = exchanges_.find(exchange);
  if (at == exchanges_.end() || is_failed_) {
    return;
  }
  if (Conversation* conversation = find_conversation(at->second)) {
    conversation->exchange_lost(exchange);
  }
  exchanges_.erase(at);
}

void Engine::Shard::answer(QuestionId question, const Result<store::Fact>& fact, Now now) {
  const auto at = questions_.find(question);
  if (at == questions_.end() || is_failed_) {
    return;
  }
  touch(at->second);
  Means m = means(now);
  find_conversation(at->second)->answer(question, fact, m);
}

}  // namespace parley::engine
