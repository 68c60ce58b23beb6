#include "contexts/trust_initiator.h"

#include <algorithm>
#include <utility>

#include "contexts/key_agreement.h"
#include "contexts/sealed_secrets.h"
#include "crypto/entropy.h"

namespace parley::contexts {
namespace {

Error refused(const char* place) {
  return Error(ErrorCode::token_invalid, place);
}

Duration lifetime_cap(const ContextSettings& settings) {
  return Duration(static_cast<std::int64_t>(settings.context_lifetime_ms_max));
}

Lifetime wanted_lifetime(const TrustMeans& means) {
  const auto length = static_cast<std::int64_t>(means.settings.context_lifetime_ms);
  return Lifetime{means.now, means.now + Duration(length)};
}

// What every answer must have in common with its request.
Result<void> judge_frame(const TokenResponse& response,
                         TrustFamily family,
                         TrustOperation operation,
                         std::string_view context) {
  if (response.family != family || response.operation != operation) {
    return refused("token response: family or operation");
  }
  // SC13. Some services answer without it (CXF); what ties the answer to its request is then the
  // key that protects both, as it is anyway.
  if (!response.context.empty() && response.context != context) {
    return refused("token response: Context");
  }
  return {};
}

// The token of an Issue or a Renew (SC15, SC16).
Result<ContextName> judge_token(const TokenResponse& response) {
  if (response.token_type && *response.token_type != token_type_of(response.family)) {
    return refused("token response: TokenType");
  }
  if (!response.token || response.token->identifier.empty() || response.cancelled) {
    return refused("token response: RequestedSecurityToken");
  }
  return *response.token;
}

// SC23. Without a Lifetime the local cap holds.
Result<Lifetime> judge_lifetime(const TokenResponse& response, const TrustMeans& means) {
  if (!response.lifetime) {
    return Lifetime{means.now, means.now + lifetime_cap(means.settings)};
  }
  const Lifetime& lifetime = *response.lifetime;
  const auto skew = Duration(static_cast<std::int64_t>(means.settings.context_clock_skew_ms));
  if (lifetime.created > means.now + skew || lifetime.expires <= lifetime.created ||
      lifetime.expires <= means.now) {
    return Error(ErrorCode::trust_invalid_time, "token response: Lifetime");
  }
  return lifetime;
}

// A key as the answer gives it, sealed; proven, because the answer was.
Result<InstanceState> judge_instance(std::string_view identifier,
                                     const ContextName& name,
                                     const crypto::SecretBytes* own_entropy,
                                     std::uint32_t requested_bits,
                                     const TokenResponse& response,
                                     const TrustMeans& means) {
  InstanceState instance;
  instance.name = name;
  PARLEY_ASSIGN_OR_RETURN(instance.lifetime, judge_lifetime(response, means));
  PARLEY_ASSIGN_OR_RETURN(
      const crypto::SecretBytes key,
      agree_key(own_entropy, requested_bits, response, means.settings, means.limits));
  instance.key_bits = static_cast<std::uint32_t>(key.size() * 8);
  instance.secret = seal_instance_secret(identifier, name, key, means.sealing, means.entropy);
  instance.is_proven = true;
  instance.token_xml = response.token_xml;
  return instance;
}

/// There is a newer key: those of now are good for what is under way (SC27).
void retire_all(ContextState& state, const TrustMeans& means) {
  const WallTime retires =
      means.now + Duration(static_cast<std::int64_t>(means.settings.context_rollover_ms));
  for (InstanceState& older : state.instances) {
    older.retires = older.retires ? std::min(*older.retires, retires) : retires;
  }
}

void add_newest(ContextState& state, InstanceState instance, const TrustMeans& means) {
  state.instances.push_back(std::move(instance));
  while (state.instances.size() > means.limits.instances_per_context_max) {
    state.instances.erase(state.instances.begin());
  }
}

}  // namespace

Result<PendingIssue> begin_issue(TrustFamily family, const TrustMeans& means) {
  const auto bits = static_cast<std::uint32_t>(means.settings.context_key_bits);
  if (!is_key_size_allowed(means.settings.context_key_bits, means.limits)) {
    return Error(ErrorCode::invalid_argument, "context_key_bits");
  }
  PendingIssue pending;
  pending.family = family;
  pending.context = crypto::fresh_uuid_urn(means.entropy);
  pending.entropy = crypto::fresh_secret(bits / 8, means.entropy);  // SC19
  pending.key_bits = bits;
  return pending;
}

TokenRequest issue_request(const PendingIssue& pending, const TrustMeans& means) {
  TokenRequest request;
  request.family = pending.family;
  request.operation = TrustOperation::issue;
  request.context = pending.context;
  request.entropy = pending.entropy.clone();
  request.key_bits = pending.key_bits;
  request.lifetime = wanted_lifetime(means);
  return request;
}

Result<ContextState> decide_issued(const PendingIssue& pending,
                                   const TokenResponse& response,
                                   std::string principal,
                                   const TrustMeans& means) {
  PARLEY_TRY(judge_frame(response, pending.family, TrustOperation::issue, pending.context));
  PARLEY_ASSIGN_OR_RETURN(const ContextName name, judge_token(response));
  ContextState state;
  state.identifier = name.identifier;
  state.role = ContextRole::initiator;
  state.family = pending.family;
  state.principal = std::move(principal);
  state.created = means.now;
  PARLEY_ASSIGN_OR_RETURN(
      InstanceState instance,
      judge_instance(state.identifier, name, &pending.entropy, pending.key_bits, response, means));
  state.instances.push_back(std::move(instance));
  return state;
}

Result<CreatedContext> create_context(TrustFamily family, const TrustMeans& means) {
  const std::uint64_t bits = means.settings.context_key_bits;
  if (!is_key_size_allowed(bits, means.limits)) {
    return Error(ErrorCode::invalid_argument, "context_key_bits");
  }
  TokenResponse made;
  made.family = family;
  made.token = ContextName{crypto::fresh_uuid_urn(means.entropy), {}};
  made.proof_secret = crypto::fresh_secret(static_cast<std::size_t>(bits / 8), means.entropy);
  made.lifetime = wanted_lifetime(means);
  PARLEY_ASSIGN_OR_RETURN(ContextState state, decide_adopted(made, {}, means));
  return CreatedContext{std::move(state), std::move(*made.proof_secret)};
}

TokenResponse propagation(const CreatedContext& created) {
  const InstanceState& instance = created.state.instances.front();
  TokenResponse told;
  told.family = created.state.family;
  told.token_type = std::string(token_type_of(told.family));
  told.token = instance.name;
  told.proof_secret = created.secret.clone();
  told.key_bits = instance.key_bits;
  told.lifetime = instance.lifetime;
  return told;
}

Result<ContextState> decide_adopted(const TokenResponse& response,
                                    Adoption adoption,
                                    const TrustMeans& means) {
  PARLEY_ASSIGN_OR_RETURN(const ContextName name, judge_token(response));
  ContextState state;
  state.identifier = name.identifier;
  state.role = adoption.role;
  state.family = response.family;
  state.principal = std::move(adoption.principal);
  state.created = means.now;
  // Without entropy of ours the table leaves one row: the answer holds the key itself.
  PARLEY_ASSIGN_OR_RETURN(
      InstanceState instance,
      judge_instance(state.identifier, name, nullptr, response.key_bits, response, means));
  instance.is_proven = adoption.is_proven;
  state.instances.push_back(std::move(instance));
  return state;
}

Result<std::optional<ContextState>> decide_adopted_again(const SecurityContext& context,
                                                         const TokenResponse& response,
                                                         bool is_proven,
                                                         const TrustMeans& means) {
  using Change = std::optional<ContextState>;
  const ContextState& state = context.state();
  PARLEY_ASSIGN_OR_RETURN(const ContextName name, judge_token(response));
  if (response.family != state.family || name.identifier != state.identifier) {
    return Error(ErrorCode::already_exists, "another context");
  }
  if (const InstanceState* known = context.find(name)) {
    PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes key,
                            open_instance_secret(state.identifier, *known, means.sealing));
    PARLEY_ASSIGN_OR_RETURN(
        const crypto::SecretBytes given,
        agree_key(nullptr, response.key_bits, response, means.settings, means.limits));
    return given.equals(key) ? Result<Change>(Change())
                             : Error(ErrorCode::already_exists, "another key of the context");
  }
  PARLEY_ASSIGN_OR_RETURN(
      InstanceState instance,
      judge_instance(state.identifier, name, nullptr, response.key_bits, response, means));
  instance.is_proven = is_proven;
  ContextState next = state;
  next.renewal.reset();
  if (is_proven) {
    retire_all(next, means);
  }
  add_newest(next, std::move(instance), means);
  return Change(std::move(next));
}

Result<ContextState> decide_renewal(const SecurityContext& context,
                                    std::string message_id,
                                    const TrustMeans& means) {
  const ContextState& state = context.state();
  if (state.role != ContextRole::initiator || state.renewal || state.is_cancelling) {
    return Error(ErrorCode::invalid_state, "renewal of a context");
  }
  const InstanceState& newest = state.instances.back();
  PARLEY_TRY(context.renewable(newest.name, means.now, means.settings));
  RenewalState renewal;
  renewal.message_id = std::move(message_id);
  renewal.context = crypto::fresh_uuid_urn(means.entropy);
  renewal.target = newest.name;
  renewal.key_bits = newest.key_bits;
  renewal.began = means.now;
  const crypto::SecretBytes entropy = crypto::fresh_secret(newest.key_bits / 8, means.entropy);
  renewal.entropy = seal_entropy(state.identifier, renewal.context, ContextRole::initiator, entropy,
                                 means.sealing, means.entropy);
  ContextState next = state;
  next.renewal = std::move(renewal);
  return next;
}

Result<TokenRequest> renew_request(const SecurityContext& context, const TrustMeans& means) {
  const ContextState& state = context.state();
  if (!state.renewal) {
    return Error(ErrorCode::invalid_state, "renewal of a context");
  }
  const RenewalState& renewal = *state.renewal;
  TokenRequest request;
  request.family = state.family;
  request.operation = TrustOperation::renew;
  request.context = renewal.context;
  PARLEY_ASSIGN_OR_RETURN(request.entropy,
                          open_entropy(state.identifier, renewal.context, ContextRole::initiator,
                                       renewal.entropy, means.sealing));
  request.key_bits = renewal.key_bits;
  request.target = renewal.target;
  return request;
}

Result<ContextState> decide_renewed(const SecurityContext& context,
                                    const TokenResponse& response,
                                    const ContextName* proof,
                                    std::string_view credential,
                                    const TrustMeans& means) {
  const ContextState& state = context.state();
  if (!state.renewal) {
    return Error(ErrorCode::invalid_state, "renewal of a context");
  }
  const RenewalState& renewal = *state.renewal;
  PARLEY_TRY(judge_frame(response, state.family, TrustOperation::renew, renewal.context));
  const bool is_proven =
      proof != nullptr ? context.find(*proof) != nullptr : credential == state.principal;
  if (!is_proven) {
    return refused("token response: proof");  // SC24, T19
  }
  PARLEY_ASSIGN_OR_RETURN(const ContextName name, judge_token(response));
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes entropy,
                          open_entropy(state.identifier, renewal.context, ContextRole::initiator,
                                       renewal.entropy, means.sealing));
  PARLEY_ASSIGN_OR_RETURN(
      InstanceState instance,
      judge_instance(state.identifier, name, &entropy, renewal.key_bits, response, means));

  ContextState next = state;
  next.renewal.reset();
  // SC30: a peer without Instances gives the new key the old name, and forgets the old key at once.
  std::erase_if(next.instances, [&](const InstanceState& i) { return i.name == name; });
  retire_all(next, means);
  add_newest(next, std::move(instance), means);
  return next;
}

Result<ContextState> decide_renewal_dropped(const SecurityContext& context) {
  if (!context.state().renewal) {
    return Error(ErrorCode::invalid_state, "renewal of a context");
  }
  ContextState next = context.state();
  next.renewal.reset();
  return next;
}

TokenRequest cancel_request(const SecurityContext& context, const ContextName& name) {
  TokenRequest request;
  request.family = context.state().family;
  request.operation = TrustOperation::cancel;
  request.context = context.state().identifier;
  request.target = name;
  return request;
}

Result<ContextForgotten> decide_cancelled(const SecurityContext& context,
                                          const TokenResponse& response,
                                          const ContextName& proof) {
  const ContextState& state = context.state();
  PARLEY_TRY(judge_frame(response, state.family, TrustOperation::cancel, state.identifier));
  if (context.find(proof) == nullptr) {
    return refused("token response: proof");  // SC37
  }
  if (!response.cancelled || response.token || response.computed_key || response.proof_secret ||
      response.entropy) {
    return refused("token response: RequestedTokenCancelled");
  }
  return ContextForgotten{state.identifier};
}

TokenRequest amend_request(const SecurityContext& context) {
  TokenRequest request;
  request.family = context.state().family;
  request.operation = TrustOperation::amend;
  request.context = context.state().identifier;
  return request;
}

Result<void> judge_amended(const SecurityContext& context,
                           const TokenResponse& response,
                           const ContextName& proof) {
  const ContextState& state = context.state();
  PARLEY_TRY(judge_frame(response, state.family, TrustOperation::amend, state.identifier));
  if (context.find(proof) == nullptr) {
    return refused("token response: proof");
  }
  if (response.computed_key || response.proof_secret || response.entropy || response.cancelled) {
    return refused("token response: new key");  // SC32: an Amend makes none.
  }
  return {};
}

}  // namespace parley::contexts
