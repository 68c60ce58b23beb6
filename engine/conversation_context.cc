#include <utility>

#include "contexts/trust_recipient.h"
#include "engine/conversation.h"

// The security context of a conversation: how it is established, renewed, cancelled and lost
// (secure-conversation.md, 3 to 6, 9, 10).

namespace parley::engine {

using contexts::ContextName;
using contexts::ContextState;
using contexts::LiveKey;
using store::ConversationPhase;

namespace {

std::string cache_name(const ContextName& name) {
  return name.identifier + '\n' + name.instance;
}

}  // namespace

bool Conversation::may_send(const Means& m) const {
  if (!profile().sc) {
    return true;
  }
  return state_.context && state_.context->sending(m.now.wall, parts_.contexts).has_value();
}

Result<std::shared_ptr<const LiveKey>> Conversation::key(const ContextName& name, KeyUse use,
                                                         WallTime now) {
  if (!state_.context) {
    return Error(ErrorCode::context_unknown, "key of a context");
  }
  auto instance = use == KeyUse::renew ? state_.context->renewable(name, now, parts_.contexts)
                                       : state_.context->receiving(name, now, parts_.contexts);
  if (!instance) {
    return instance.error();
  }
  auto& cached = keys_[cache_name(name)];
  if (!cached || cached->expires() != contexts::accepted_until(**instance)) {
    auto opened = state_.context->open_key(**instance, parts_.sealing);
    if (!opened) {
      return opened.error();
    }
    cached = std::make_shared<const LiveKey>(std::move(opened).value());
  }
  return cached;
}

std::shared_ptr<const LiveKey> Conversation::sending_key(const Request& request, Means& m) {
  if (!state_.context) {
    return nullptr;
  }
  const ContextState& context = state_.context->state();
  ContextName name;
  KeyUse use = KeyUse::receive;
  if (request.kind == RequestKind::renew) {
    if (!context.renewal) {
      return nullptr;
    }
    name = context.renewal->target;
    use = KeyUse::renew;
  } else if (request.kind == RequestKind::cancel) {
    name = context.instances.back().name;
  } else {
    const auto instance = state_.context->sending(m.now.wall, parts_.contexts);
    if (!instance) {
      return nullptr;
    }
    name = (*instance)->name;
  }
  auto found = key(name, use, m.now.wall);
  return found ? *found : nullptr;
}

void Conversation::replace_context(ContextState next, Means& m) {
  for (const auto& instance : next.instances) {
    m.registry.bind_context(instance.name.identifier, id());
  }
  m.registry.bind_context(next.identifier, id());
  std::erase_if(keys_, [&](const auto& entry) {
    return std::none_of(
        next.instances.begin(), next.instances.end(),
        [&](const auto& instance) { return cache_name(instance.name) == entry.first; });
  });
  remember(store::ContextFact{id(), std::move(next)}, m);
}

void Conversation::settle_context(Means& m) {
  if (!profile().sc) {
    return;
  }
  if (!state_.context) {
    const bool wants_one = is_establishing_itself() && has_outgoing();
    if (wants_one && !establishing_.is_under_way() && establishing_.retry.is_due(m.now.mono)) {
      establish(m);
    }
    return;
  }
  if (state_.context->is_over(m.now.wall, parts_.contexts)) {
    if (state_.context->state().is_cancelling) {
      forget_context(m);
    } else {
      lose_context(ErrorCode::unable_to_renew, m);
    }
    return;
  }
  if (auto swept = state_.context->decide_sweep(m.now.wall, parts_.contexts)) {
    replace_context(std::move(*swept), m);
  }
  if (!is_initiator()) {
    return;
  }
  // A new key that is on its way comes first: the old one may be gone at the peer.
  if (!wants_cancel()) {
    settle_renewal(m);
  } else if (!state_.context->state().renewal || !has_request(RequestKind::renew)) {
    cancel_context(m);
  }
}

// Establishing.

bool Conversation::is_establishing_itself() const {
  return is_initiator() && profile().sc && profile().bootstrap != Bootstrap::none;
}

void Conversation::establish(Means& m) {
  const auto begun = begin_establishing(m);
  if (!begun) {
    establishing_failed(begun.error().code(), m);
    return;
  }
  establishing_.retry.tried(m.now.mono, ms(parts_.settings.establish_retry_ms),
                            ms(parts_.settings.establish_retry_ms_max));
  Request request{.kind = *begun, .message_id = m.fresh_name()};
  if (profile().bootstrap == Bootstrap::issued) {
    request.to.address = profile().issuer;
  }
  establishing_.request = start_request(std::move(request), m);
}

Result<Conversation::RequestKind> Conversation::begin_establishing(Means& m) {
  if (profile().creates_context) {
    PARLEY_ASSIGN_OR_RETURN(establishing_.created,
                            contexts::create_context(*profile().sc, m.trust()));
    return RequestKind::propagate;
  }
  PARLEY_ASSIGN_OR_RETURN(establishing_.issue, contexts::begin_issue(*profile().sc, m.trust()));
  return RequestKind::issue;
}

// The peer has taken the context of our making.
void Conversation::propagated(Means& m) {
  if (!establishing_.created || state_.context) {
    return;
  }
  ContextState created = std::move(establishing_.created->state);
  establishing_ = {};
  begin_context(std::move(created), m);
}

// Issue is not idempotent: the next try is a fresh request. So is that of a context of our making; of
// one that the peer has taken all the same it hears no more, and drops it.
void Conversation::establishing_failed(ErrorCode reason, Means& m) {
  establishing_.issue.reset();
  establishing_.created.reset();
  const std::uint64_t tries_max = parts_.settings.establish_tries_max;
  if (tries_max != 0 && establishing_.retry.tries >= tries_max && !establishing_.is_reported) {
    establishing_.is_reported = true;
    report({.kind = store::ReportKind::context_lost, .reason = reason}, m);
  }
}

// Renewing.

// SC27: a peer that sends by itself keeps to the old key, which is not good for long, until it has seen
// the new one. Requests show it; where there is none to send, an acknowledgement is asked for.

/// The sequence to ask about; 0 = the new key needs no showing, or its lifecycle messages show it.
std::uint64_t Conversation::unshown_slot() const {
  if (!showing_ || !is_initiator() || route_of(state_.what.reply_address) != Route::address) {
    return 0;
  }
  for (const auto& [slot, source] : state_.sources()) {
    if (source.phase() == sequences::SourcePhase::created &&
        source.terms().terminate_message_id.empty()) {
      return slot;
    }
  }
  return 0;
}

void Conversation::show_key(Means& m) {
  const std::uint64_t slot = unshown_slot();
  if (slot == 0 || !showing_->is_due(m.now.mono) ||
      requests_.size() >= parts_.settings.exchanges_out_max) {
    return;
  }
  showing_->tried(m.now.mono, ms(parts_.settings.lifecycle_retry_ms),
                  ms(parts_.settings.establish_retry_ms_max));
  start_request({.kind = RequestKind::acknowledgement,
                 .slot = slot,
                 .asks = true,
                 .message_id = m.fresh_name()},
                m);
}

void Conversation::settle_renewal(Means& m) {
  const contexts::SecurityContext& context = *state_.context;
  if (context.is_renew_due(m.now.wall, parts_.contexts) && m.now.mono >= renew_again_) {
    begin_renewal(m);
  }
  if (!state_.context->state().renewal || !renewal_.is_due(m.now.mono)) {
    return;
  }
  if (renewal_.tries >= parts_.settings.lifecycle_tries_max) {
    refuse_renewal(m);
    if (refusals_ >= parts_.settings.lifecycle_tries_max) {
      // No word was proven, but a peer that does not know the context can say nothing better.
      lose_context(ErrorCode::context_unknown, m);
    }
    return;
  }
  // T19: under the key, or else by the credential that obtained it. Who takes the latter alone (CXF)
  // forgets the old key at once (SC30): nothing may be under way then.
  const bool by_credential = renews_by_credential_next();
  if (by_credential && !requests_.empty()) {
    return;
  }
  renewal_.tried(m.now.mono, ms(parts_.settings.lifecycle_retry_ms),
                 ms(parts_.settings.establish_retry_ms_max));
  start_request({.kind = RequestKind::renew,
                 .by_credential = by_credential,
                 .message_id = state_.context->state().renewal->message_id},
                m);
}

bool Conversation::renews_by_credential_next() const {
  return may_renew_by_credential() && (renewal_.tries % 2 == 1) != renews_by_credential_;
}

/// A peer that refused this Renew or Cancel may take it in its other form, which goes at once then. False:
/// that has been tried.
bool Conversation::try_other_form(const Request& request, Means& m) {
  if (request.kind == RequestKind::renew && !request.by_credential && renews_by_credential_next()) {
    renewal_.due = m.now.mono;
    return true;
  }
  if (request.kind == RequestKind::cancel && cancelling_.tries == 1) {
    cancelling_.due = m.now.mono;
    return true;
  }
  return false;
}

/// Nothing is sent while the key may be exchanged under it.
bool Conversation::is_quiet(const Means& m) const {
  if (!is_initiator() || !state_.context || !state_.context->state().renewal) {
    return false;
  }
  return (renews_by_credential_next() && renewal_.is_due(m.now.mono)) ||
         std::any_of(requests_.begin(), requests_.end(),
                     [](const auto& one) { return one.second.by_credential; });
}

bool Conversation::may_renew_by_credential() const {
  return profile().bootstrap != Bootstrap::none && profile().bootstrap != Bootstrap::issued &&
         !profile().creates_context;
}

void Conversation::begin_renewal(Means& m) {
  auto begun = contexts::decide_renewal(*state_.context, m.fresh_name(), m.trust());
  if (!begun) {
    renew_again_ = m.now.mono + ms(parts_.settings.establish_retry_ms_max);
    return;
  }
  replace_context(std::move(begun).value(), m);
  renewal_ = {};
}

// The peer has refused it under proof: the key goes on until it expires.
void Conversation::refuse_renewal(Means& m) {
  if (auto dropped = contexts::decide_renewal_dropped(*state_.context)) {
    replace_context(std::move(dropped).value(), m);
  }
  renew_again_ = m.now.mono + ms(parts_.settings.establish_retry_ms_max);
}

// Ending.

/// All is said: the context is of no more use.
bool Conversation::wants_cancel() const {
  return state_.what.phase == ConversationPhase::closing && !has_outgoing() &&
         state_.sources().empty();
}

void Conversation::cancel_context(Means& m) {
  if (parts_.settings.cancel_on_close == 0) {
    forget_context(m);
    return;
  }
  if (auto cancelling = state_.context->decide_cancelling()) {
    replace_context(std::move(*cancelling), m);
    cancelling_ = {};
  }
  if (has_request(RequestKind::cancel) && !cancelling_.is_due(m.now.mono)) {
    return;
  }
  if (!cancelling_.is_due(m.now.mono)) {
    return;
  }
  if (cancelling_.tries >= parts_.settings.lifecycle_tries_max) {
    forget_context(m);  // the peer's copy ends with its lifetime
    return;
  }
  cancelling_.tried(m.now.mono, ms(parts_.settings.lifecycle_retry_ms),
                    ms(parts_.settings.establish_retry_ms_max));
  start_request({.kind = RequestKind::cancel, .message_id = m.fresh_name()}, m);
}

void Conversation::forget_context(Means& m) {
  const ContextState& context = state_.context->state();
  if (!is_initiator() && state_.context->is_pending()) {
    m.registry.pending_contexts().remove(context.principal);
  }
  for (const auto& instance : context.instances) {
    m.registry.unbind_context(instance.name.identifier, id());
  }
  m.registry.unbind_context(context.identifier, id());
  keys_.clear();
  showing_.reset();
  m.turn.event(EventKind::context_cancelled, id());
  remember(store::ContextFact{id(), std::nullopt}, m);
  // Sequences live and die with the token that they are bound to (RM-176).
  while (!state_.sources().empty()) {
    drop_source_entries(state_.sources().begin()->first, ErrorCode::context_unknown, m);
    end_source(state_.sources().begin()->first, m);
  }
}

// Every ticket whose outcome is not known gets its report, and so does the loss itself, once.
void Conversation::lose_context(ErrorCode reason, Means& m) {
  m.turn.event(EventKind::context_lost, id(), 0, reason);
  if (is_initiator()) {
    report({.kind = store::ReportKind::context_lost, .reason = reason}, m);
  }
  refusals_ = 0;
  renewal_ = {};
  establishing_ = {};
  forget_context(m);
}

// What the peer says.

void Conversation::note_proven(const ContextName& name, Means& m) {
  const bool was_pending = state_.context->is_pending();
  if (name == state_.context->state().instances.back().name) {
    showing_.reset();
  }
  if (auto proven = state_.context->decide_proven(name, m.now.wall, parts_.contexts)) {
    if (was_pending && !is_initiator()) {
      m.registry.pending_contexts().remove(state_.context->state().principal);
    }
    replace_context(std::move(*proven), m);
  }
}

void Conversation::take_token_response(const Request& request, OpenedMessage& opened, Means& m) {
  const auto& response = std::get<contexts::TokenResponse>(opened.message.body);
  const auto* context_proof = std::get_if<ContextProof>(&opened.proof);
  switch (request.kind) {
    case RequestKind::issue: {
      if (!establishing_.issue || state_.context) {
        return;
      }
      const auto* token = std::get_if<TokenProof>(&opened.proof);
      auto issued = contexts::decide_issued(*establishing_.issue, response,
                                            token != nullptr ? token->principal : std::string(),
                                            m.trust());
      // An Identifier that another conversation has would lead its messages here.
      if (issued && m.registry.is_context_taken(issued->identifier, id())) {
        issued = Error(ErrorCode::token_invalid, "Identifier of the context is in use");
      }
      if (!issued) {
        m.turn.event(EventKind::message_refused, id(), 0, issued.error().code());
        establishing_failed(issued.error().code(), m);
        return;
      }
      establishing_ = {};
      if (token != nullptr) {
        auto what = state_.what;
        what.principal = token->principal;
        remember(store::ConversationFact{id(), std::move(what)}, m);
      }
      begin_context(std::move(issued).value(), m);
      return;
    }
    case RequestKind::renew: {
      if (!state_.context || (context_proof == nullptr && !request.by_credential)) {
        return;
      }
      const auto* token = std::get_if<TokenProof>(&opened.proof);
      auto renewed = contexts::decide_renewed(
          *state_.context, response, context_proof != nullptr ? &context_proof->name : nullptr,
          token != nullptr ? token->principal : std::string(), m.trust());
      if (renewed &&
          m.registry.is_context_taken(renewed->instances.back().name.identifier, id())) {
        renewed = Error(ErrorCode::token_invalid, "Identifier of the context is in use");
      }
      if (!renewed) {
        m.turn.event(EventKind::message_refused, id(), 0, renewed.error().code());
        return;
      }
      replace_context(std::move(renewed).value(), m);
      renewal_ = {};
      showing_.emplace();
      refusals_ = 0;
      renews_by_credential_ = request.by_credential;
      m.turn.event(EventKind::context_renewed, id());
      return;
    }
    case RequestKind::propagate:
      establishing_failed(ErrorCode::token_invalid, m);  // there is nothing to answer
      return;
    case RequestKind::cancel:
      if (state_.context && context_proof != nullptr &&
          contexts::decide_cancelled(*state_.context, response, context_proof->name)) {
        forget_context(m);
      }
      return;
    case RequestKind::lifecycle:
    case RequestKind::message:
    case RequestKind::acknowledgement:
    case RequestKind::answer:
    case RequestKind::poll:
      return;
  }
}

void Conversation::renew_for(const contexts::TokenRequest& request, const std::string& principal,
                             AnswerIntent exchange, Means& m) {
  if (!state_.context) {
    answer_fault(std::move(exchange), {.code = ErrorCode::context_unknown}, m);
    return;
  }
  grant_renewal(request, nullptr, principal, exchange, m);
}

/// `proof`: the key that protected the request; null = the credential did, and no key is shown.
void Conversation::grant_renewal(const contexts::TokenRequest& request,
                                 const contexts::ContextName* proof,
                                 const std::string& credential,
                                 AnswerIntent& exchange,
                                 Means& m) {
  const bool was_pending = state_.context->is_pending();
  auto granted = contexts::decide_renew(*state_.context, request, proof, credential, m.trust());
  if (!granted) {
    answer_fault(std::move(exchange), {.code = granted.error().code()}, m);
    return;
  }
  if (granted->fact) {
    if (was_pending && proof != nullptr) {
      m.registry.pending_contexts().remove(state_.context->state().principal);
    }
    replace_context(std::move(*granted->fact), m);
    m.turn.event(EventKind::context_renewed, id());
  }
  exchange.content = Body(std::move(granted->response));
  answer_exchange(std::move(exchange), m);
}

// Renew, Amend and Cancel of a peer, under the context. Issue makes a conversation and is the
// shard's. Either side may cancel (SC40).
void Conversation::take_token_request(OpenedMessage& opened, AnswerIntent& exchange, Means& m) {
  const auto& request = std::get<contexts::TokenRequest>(opened.message.body);
  const auto* proof = std::get_if<ContextProof>(&opened.proof);
  const bool is_for_us =
      !is_initiator() || request.operation == contexts::TrustOperation::cancel;
  if (proof == nullptr || !state_.context || !is_for_us) {
    answer_fault(std::move(exchange), {.code = ErrorCode::trust_bad_request}, m);
    return;
  }
  const std::string credential = opened.endorsement ? opened.endorsement->principal : "";
  // Where every message is endorsed, by whomever, it says nothing of these: the key is their proof.
  const bool is_usual = profile().supporting.x509 != SupportingUse::none;
  switch (request.operation) {
    case contexts::TrustOperation::issue:
      answer_fault(std::move(exchange), {.code = ErrorCode::trust_bad_request}, m);
      return;
    case contexts::TrustOperation::renew:
      grant_renewal(request, &proof->name, is_usual ? "" : credential, exchange, m);
      return;
    case contexts::TrustOperation::amend: {
      auto granted =
          contexts::decide_amend(*state_.context, request, proof->name, credential, m.trust());
      if (!granted) {
        answer_fault(std::move(exchange), {.code = granted.error().code()}, m);
        return;
      }
      if (granted->fact) {
        replace_context(std::move(*granted->fact), m);
      }
      exchange.content = Body(std::move(granted->response));
      answer_exchange(std::move(exchange), m);
      return;
    }
    case contexts::TrustOperation::cancel: {
      auto cancelled = contexts::decide_cancel(*state_.context, request, proof->name,
                                               is_usual ? "" : credential);
      if (!cancelled) {
        answer_fault(std::move(exchange), {.code = cancelled.error().code()}, m);
        return;
      }
      // SC37: the exchange holds the key, so that the answer is secured with it one last time.
      exchange.content = Body(std::move(cancelled->response));
      answer_exchange(std::move(exchange), m);
      if (is_initiator()) {
        lose_context(ErrorCode::context_unknown, m);
      } else {
        forget_context(m);
      }
      return;
    }
  }
}

}  // namespace parley::engine
