#include <utility>

#include "engine/conversation.h"

// Contexts that were made elsewhere: by a token service, or by their creator
// (secure-conversation.md, 2, ways 1 and 2).

namespace parley::engine {

Result<void> Conversation::adopt(const contexts::TokenResponse& given,
                                 const contexts::Adoption& adoption,
                                 Means& m) {
  const bool may_be_ours = adoption.role == contexts::ContextRole::recipient || is_initiator();
  if (!profile().sc || !may_be_ours || state_.what.phase != store::ConversationPhase::open) {
    return Error(ErrorCode::invalid_state, "adopting a context");
  }
  if (given.token && m.registry.is_context_taken(given.token->identifier, id())) {
    return Error(ErrorCode::already_exists, "another conversation has this context");
  }
  if (state_.context) {
    PARLEY_ASSIGN_OR_RETURN(auto next, contexts::decide_adopted_again(
                                           *state_.context, given, adoption.is_proven, m.trust()));
    if (next) {
      const bool was_pending = state_.context->is_pending();
      replace_context(std::move(*next), m);
      if (was_pending && !state_.context->is_pending() && !is_initiator()) {
        m.registry.pending_contexts().remove(state_.context->state().principal);
      }
      m.turn.event(EventKind::context_renewed, id());
    }
    return {};
  }
  PARLEY_ASSIGN_OR_RETURN(contexts::ContextState adopted,
                          contexts::decide_adopted(given, adoption, m.trust()));
  // What was asked for meanwhile comes too late.
  finish_request(establishing_.request, m);
  establishing_ = {};
  if (state_.what.principal != adoption.principal) {
    auto what = state_.what;
    what.principal = adoption.principal;
    remember(store::ConversationFact{id(), std::move(what)}, m);
  }
  if (!adoption.is_proven) {
    m.registry.pending_contexts().add(adoption.principal);
  }
  begin_context(std::move(adopted), m);
  return {};
}

}  // namespace parley::engine
