#include "contexts/trust_recipient.h"

#include <algorithm>
#include <utility>

#include "contexts/key_agreement.h"
#include "contexts/sealed_secrets.h"
#include "crypto/entropy.h"
#include "kdf/computed_key.h"

namespace parley::contexts {
namespace {

// SC21, T18: the size that was asked for, exactly, or ours.
Result<std::uint32_t> granted_bits(const TokenRequest& request,
                                   std::uint64_t otherwise,
                                   const Limits& limits) {
  const std::uint64_t bits = request.key_bits != 0 ? request.key_bits : otherwise;
  if (!is_key_size_allowed(bits, limits)) {
    return Error(ErrorCode::context_unsupported, "token request: KeySize");
  }
  return static_cast<std::uint32_t>(bits);
}

// T11, T12: a lifetime may be shortened to the longest one, never moved.
Result<Lifetime> granted_lifetime(const TokenRequest& request, const TrustMeans& means) {
  const auto ms = [](std::uint64_t value) { return Duration(static_cast<std::int64_t>(value)); };
  const WallTime latest = means.now + ms(means.settings.context_lifetime_ms_max);
  if (!request.lifetime) {
    return Lifetime{means.now,
                    std::min(latest, means.now + ms(means.settings.context_lifetime_ms))};
  }
  const Lifetime& wanted = *request.lifetime;
  if (wanted.created > means.now + ms(means.settings.context_clock_skew_ms) ||
      wanted.expires <= wanted.created || wanted.expires <= means.now) {
    return Error(ErrorCode::trust_invalid_time, "token request: Lifetime");
  }
  return Lifetime{means.now, std::min(latest, wanted.expires)};
}

struct NewKey {
  crypto::SecretBytes key;
  std::optional<crypto::SecretBytes> issuer_entropy;  ///< none: the answer holds the key
};

Result<NewKey> make_key(const TokenRequest& request, std::uint32_t bits, const TrustMeans& means) {
  if (!request.entropy) {
    return NewKey{crypto::fresh_secret(bits / 8, means.entropy), std::nullopt};
  }
  if (!is_entropy_size_allowed(request.entropy->size(), means.limits)) {
    return Error(ErrorCode::trust_invalid_request, "token request: Entropy");  // SC22
  }
  crypto::SecretBytes ours = crypto::fresh_secret(bits / 8, means.entropy);
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes key,
                          kdf::computed_key(*request.entropy, ours, bits / 8));
  return NewKey{std::move(key), std::move(ours)};
}

// The frame of every answer, and the token with its lifetime.
TokenResponse answer_to(const TokenRequest& request) {
  TokenResponse response;
  response.family = request.family;
  response.operation = request.operation;
  response.context = request.context;  // SC13
  return response;
}

// Section 3: the token, and how the requestor comes to its key. Takes the secrets.
TokenResponse key_answer(const TokenRequest& request, const InstanceState& instance, NewKey made) {
  TokenResponse response = answer_to(request);
  response.token_type = std::string(token_type_of(request.family));
  response.token = instance.name;
  response.key_bits = instance.key_bits;
  response.lifetime = instance.lifetime;
  if (made.issuer_entropy) {
    response.computed_key = true;  // SC20
    response.entropy = std::move(made.issuer_entropy);
  } else {
    response.proof_secret = std::move(made.key);
  }
  return response;
}

// Who may act on a context: the holder of one of its keys, endorsed by nobody but the one for whom
// it was issued (SC24, SC35).
Result<void> judge_endorsement(const ContextState& state, std::string_view credential) {
  if (!credential.empty() && credential != state.principal) {
    return Error(ErrorCode::authentication_failed, "token request: endorsement");
  }
  return {};
}

Result<void> judge_frame(const ContextState& state,
                         const TokenRequest& request,
                         TrustOperation operation) {
  if (request.operation != operation) {
    return Error(ErrorCode::trust_invalid_request, "token request: operation");  // T2
  }
  if (request.family != state.family) {
    return Error(ErrorCode::trust_bad_request, "token request: family");  // N1
  }
  return {};
}

// Whether `instance` came out of this very request, sent before; and if so, how its key was made.
Result<std::optional<NewKey>> made_before(const ContextState& state,
                                          const InstanceState& instance,
                                          const TokenRequest& request,
                                          const TrustMeans& means) {
  using Made = std::optional<NewKey>;
  if (!instance.answer || instance.answer->target != *request.target ||
      instance.answer->context != request.context ||
      instance.answer->issuer_entropy.has_value() != request.entropy.has_value()) {
    return Made();
  }
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes key,
                          open_instance_secret(state.identifier, instance, means.sealing));
  if (!request.entropy) {
    return Made(NewKey{std::move(key), std::nullopt});
  }
  PARLEY_ASSIGN_OR_RETURN(
      crypto::SecretBytes ours,
      open_entropy(state.identifier, instance.name.instance, ContextRole::recipient,
                   *instance.answer->issuer_entropy, means.sealing));
  // Equal keys prove equal requestor entropy, which needs not be kept for that.
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes again,
                          kdf::computed_key(*request.entropy, ours, instance.key_bits / 8));
  if (!again.equals(key)) {
    return Made();
  }
  return Made(NewKey{std::move(key), std::move(ours)});
}

// The oldest unproven key makes room, never the one that is being renewed.
void make_room(ContextState& state, const ContextName& target, const Limits& limits) {
  while (state.instances.size() >= limits.instances_per_context_max) {
    auto victim =
        std::find_if(state.instances.begin(), state.instances.end(),
                     [&](const InstanceState& i) { return !i.is_proven && i.name != target; });
    if (victim == state.instances.end()) {
      victim = std::find_if(state.instances.begin(), state.instances.end(),
                            [&](const InstanceState& i) { return i.name != target; });
    }
    if (victim == state.instances.end()) {
      return;
    }
    state.instances.erase(victim);
  }
}

}  // namespace

Result<void> PendingContexts::check(std::string_view principal, const Limits& limits) const {
  if (count(principal) >= limits.contexts_pending_max) {
    return Error(ErrorCode::endpoint_unavailable, "contexts issued and not used");
  }
  return {};
}

void PendingContexts::add(const std::string& principal) {
  ++count_[principal];
}

void PendingContexts::remove(const std::string& principal) noexcept {
  const auto at = count_.find(principal);
  if (at != count_.end() && --at->second == 0) {
    count_.erase(at);
  }
}

std::uint64_t PendingContexts::count(std::string_view principal) const {
  const auto at = count_.find(principal);
  return at == count_.end() ? 0 : at->second;
}

Result<Granted> decide_issue(const TokenRequest& request,
                             const std::string& principal,
                             std::string identifier,
                             const PendingContexts& pending,
                             const TrustMeans& means) {
  if (request.operation != TrustOperation::issue || request.target) {
    return Error(ErrorCode::trust_invalid_request, "token request: operation");  // T2
  }
  if (principal.empty()) {
    return Error(ErrorCode::authentication_failed, "token request: requestor");  // SC6
  }
  PARLEY_TRY(pending.check(principal, means.limits));
  InstanceState instance;
  instance.name = ContextName{identifier, {}};  // SC2: none on first issue
  PARLEY_ASSIGN_OR_RETURN(instance.key_bits,
                          granted_bits(request, means.settings.context_key_bits, means.limits));
  PARLEY_ASSIGN_OR_RETURN(instance.lifetime, granted_lifetime(request, means));
  PARLEY_ASSIGN_OR_RETURN(NewKey made, make_key(request, instance.key_bits, means));
  instance.secret =
      seal_instance_secret(identifier, instance.name, made.key, means.sealing, means.entropy);

  ContextState state;
  state.identifier = std::move(identifier);
  state.role = ContextRole::recipient;
  state.family = request.family;
  state.principal = principal;
  state.created = means.now;
  state.instances.push_back(instance);
  return Granted{std::move(state), key_answer(request, instance, std::move(made))};
}

Result<Granted> decide_renew(const SecurityContext& context,
                             const TokenRequest& request,
                             const ContextName* proof,
                             std::string_view credential,
                             const TrustMeans& means) {
  PARLEY_TRY(judge_frame(context.state(), request, TrustOperation::renew));
  if (!request.target) {
    return Error(ErrorCode::trust_invalid_request, "token request: RenewTarget");
  }
  const ContextName& target = *request.target;
  if ((proof != nullptr && target != *proof) || context.find(target) == nullptr) {
    return Error(ErrorCode::context_unknown, "token request: RenewTarget");  // SC25
  }
  if (proof == nullptr && credential != context.state().principal) {
    return Error(ErrorCode::context_unknown, "token request: RenewTarget");  // T19
  }
  PARLEY_TRY(judge_endorsement(context.state(), credential));
  PARLEY_TRY(context.renewable(target, means.now, means.settings));

  std::optional<ContextState> proven;
  if (proof != nullptr) {
    proven = context.decide_proven(*proof, means.now, means.settings);
  }
  ContextState state = proven ? *proven : context.state();
  for (const InstanceState& instance : state.instances) {
    PARLEY_ASSIGN_OR_RETURN(std::optional<NewKey> made,
                            made_before(state, instance, request, means));
    if (made) {
      return Granted{proven, key_answer(request, instance, std::move(*made))};
    }
  }

  InstanceState instance;
  instance.name = ContextName{state.identifier, crypto::fresh_uuid_urn(means.entropy)};  // SC26
  PARLEY_ASSIGN_OR_RETURN(instance.key_bits,
                          granted_bits(request, context.find(target)->key_bits, means.limits));
  PARLEY_ASSIGN_OR_RETURN(instance.lifetime, granted_lifetime(request, means));
  PARLEY_ASSIGN_OR_RETURN(NewKey made, make_key(request, instance.key_bits, means));
  instance.secret =
      seal_instance_secret(state.identifier, instance.name, made.key, means.sealing, means.entropy);
  RenewAnswer answer{request.context, target, std::nullopt};
  if (made.issuer_entropy) {
    answer.issuer_entropy =
        seal_entropy(state.identifier, instance.name.instance, ContextRole::recipient,
                     *made.issuer_entropy, means.sealing, means.entropy);
  }
  instance.answer = std::move(answer);
  make_room(state, target, means.limits);
  state.instances.push_back(instance);
  return Granted{std::move(state), key_answer(request, instance, std::move(made))};
}

Result<Cancelled> decide_cancel(const SecurityContext& context,
                                const TokenRequest& request,
                                const ContextName& proof,
                                std::string_view credential) {
  PARLEY_TRY(judge_frame(context.state(), request, TrustOperation::cancel));
  if (!request.target) {
    return Error(ErrorCode::trust_invalid_request, "token request: CancelTarget");
  }
  // SC36: the context that protects the message, and no other. Which of its Instances is named does
  // not matter: all of them end.
  if (context.find(proof) == nullptr || context.find(*request.target) == nullptr) {
    return Error(ErrorCode::context_unknown, "token request: CancelTarget");
  }
  PARLEY_TRY(judge_endorsement(context.state(), credential));
  TokenResponse response = answer_to(request);
  response.cancelled = true;
  return Cancelled{ContextForgotten{context.state().identifier}, std::move(response)};
}

Result<Granted> decide_amend(const SecurityContext& context,
                             const TokenRequest& request,
                             const ContextName& proof,
                             const std::string& credential,
                             const TrustMeans& means) {
  const ContextState& state = context.state();
  PARLEY_TRY(judge_frame(state, request, TrustOperation::amend));
  if (context.find(proof) == nullptr) {
    return Error(ErrorCode::context_unknown, "token request: proof");
  }
  if (means.settings.context_amended_max == 0) {
    return Error(ErrorCode::trust_request_failed, "token request: Amend");  // SC34
  }
  if (credential.empty()) {
    return Error(ErrorCode::authentication_failed, "token request: endorsement");  // SC32
  }
  TokenResponse response = answer_to(request);
  response.token_type = std::string(token_type_of(request.family));
  response.token = proof;
  response.lifetime = context.find(proof)->lifetime;
  if (credential == state.principal ||
      std::find(state.amended.begin(), state.amended.end(), credential) != state.amended.end()) {
    return Granted{std::nullopt, std::move(response)};
  }
  if (state.amended.size() >= means.settings.context_amended_max) {
    return Error(ErrorCode::trust_request_failed, "token request: Amend");
  }
  ContextState next = state;
  next.amended.push_back(credential);
  return Granted{std::move(next), std::move(response)};
}

}  // namespace parley::contexts
