#include <algorithm>
#include <utility>

#include "engine/shard.h"

// Contexts that were made elsewhere: given by the application, or told by a token service or by
// their creator in an answer that nobody asked for (secure-conversation.md, 2).

namespace parley::engine {

namespace {

contexts::TokenResponse as_response(GivenContext given, contexts::TrustFamily family) {
  contexts::TokenResponse response;
  response.family = family;
  response.token = std::move(given.name);
  response.token_xml = std::move(given.token_xml);
  response.proof_secret = std::move(given.secret);
  response.lifetime = given.lifetime;
  return response;
}

bool is_among(const std::vector<std::string>& principals, const std::string& principal) {
  return std::find(principals.begin(), principals.end(), principal) != principals.end();
}

}  // namespace

Result<void> Engine::Shard::adopt(ConversationId conversation, GivenContext given, Now now) {
  PARLEY_ASSIGN_OR_RETURN(Conversation * found, for_application(conversation));
  if (!found->is_initiator() || !found->profile().sc) {
    return Error(ErrorCode::invalid_state, "adopting a context");
  }
  if (given.name.identifier.size() > parts_.limits.identifier_bytes_max) {
    return Error(ErrorCode::limit_exceeded, "Identifier of the context");
  }
  const contexts::Adoption adoption{contexts::ContextRole::initiator, given.principal};
  const auto response = as_response(std::move(given), *found->profile().sc);
  Means m = means(now);
  return found->adopt(response, adoption, m);
}

Result<void> Engine::Shard::adopt_at(std::string_view path, GivenContext given, Now now) {
  const Place place = find_place(path);
  if (place.endpoint == nullptr || place.profile == nullptr) {
    return Error(ErrorCode::not_found, "endpoint");
  }
  if (!place.profile->sc) {
    return Error(ErrorCode::invalid_state, "adopting a context");
  }
  if (is_failed_ || is_full()) {
    return Error(ErrorCode::busy, "the turn is full");
  }
  ++inputs_;
  const contexts::Adoption adoption{contexts::ContextRole::recipient, given.principal};
  const auto response = as_response(std::move(given), *place.profile->sc);
  return adopt_for(*place.endpoint, *place.profile, response, adoption, now);
}

/// A context that is known already belongs to one peer, at one endpoint, for good.
Result<void> Engine::Shard::adopt_for(const Endpoint& endpoint,
                                      const Profile& profile,
                                      const contexts::TokenResponse& given,
                                      const contexts::Adoption& adoption,
                                      Now now) {
  if (!given.token || given.token->identifier.empty() ||
      given.token->identifier.size() > parts_.limits.identifier_bytes_max) {
    return Error(ErrorCode::token_invalid, "Identifier of the context");
  }
  Means m = means(now);
  if (Conversation* known = find_by(by_context_, given.token->identifier)) {
    const store::ConversationFact::Value& what = known->state().what;
    if (known->is_initiator() || what.endpoint != endpoint.path ||
        what.principal != adoption.principal) {
      return Error(ErrorCode::already_exists, "another conversation has this context");
    }
    touch(known->id());
    return known->adopt(given, adoption, m);
  }
  // Before there is a conversation that it could fail in.
  PARLEY_TRY(contexts::decide_adopted(given, adoption, m.trust()));
  if (!adoption.is_proven) {
    PARLEY_TRY(pending_.check(adoption.principal, parts_.limits));
  }
  store::ConversationFact::Value what;
  what.role = store::ConversationRole::recipient;
  what.profile = profile.name;
  what.endpoint = endpoint.path;
  what.principal = adoption.principal;
  PARLEY_ASSIGN_OR_RETURN(const ConversationId begun, begin(std::move(what), profile, now));
  return find_conversation(begun)->adopt(given, adoption, m);
}

// Whoever may tell of contexts at all, tells of his own; a token service, of those of its clients.
void Engine::Shard::take_propagation(const OpenedMessage& opened,
                                     AnswerIntent intent,
                                     const Endpoint& endpoint,
                                     Now now) {
  const auto& given = std::get<contexts::TokenResponse>(opened.message.body);
  const std::string& sender = std::get<TokenProof>(opened.proof).principal;
  const bool is_token_service = is_among(endpoint.token_services, sender);
  const bool is_creator = is_among(endpoint.context_creators, sender);
  const bool is_for_another = !given.primary.empty() && given.primary != sender;
  if (given.operation != contexts::TrustOperation::issue ||
      !opened.message.addressing.relates_to.empty()) {
    refuse(std::move(intent), {.code = ErrorCode::trust_invalid_request});  // T39
    return;
  }
  if (!is_token_service && (!is_creator || is_for_another)) {
    refuse(std::move(intent), {.code = ErrorCode::trust_request_failed});
    return;
  }
  const contexts::Adoption adoption{contexts::ContextRole::recipient,
                                    is_for_another ? given.primary : sender, false};
  const auto adopted = adopt_for(endpoint, *intent.profile, given, adoption, now);
  if (!adopted) {
    const ErrorCode code = adopted.error().code();
    // What is known of a context of others is not told.
    const bool is_busy = code == ErrorCode::busy || code == ErrorCode::endpoint_unavailable;
    refuse(std::move(intent),
           {.code = code == ErrorCode::already_exists ? ErrorCode::trust_request_failed
                    : is_busy                         ? ErrorCode::endpoint_unavailable
                                                      : code,
            .sender = !is_busy});
    return;
  }
  turn_.add(Effect(Answer{intent.exchange, AnswerKind::accepted, {}, {}}));
}

}  // namespace parley::engine
