#include "contexts/security_context.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "contexts/sealed_secrets.h"

namespace parley::contexts {
namespace {

Duration milliseconds(std::uint64_t ms) {
  // A setting above this is "never" for every lifetime there can be.
  constexpr std::uint64_t kAges = 1'000'000'000'000'000;
  return Duration(static_cast<std::int64_t>(std::min(ms, kAges)));
}

// When nothing can be done with a key any more. A key without a successor may still be renewed for
// the grace after its expiry (SC29); one with a successor only serves what is still under way.
WallTime useful_until(const InstanceState& instance, const ContextSettings& settings) {
  if (instance.retires) {
    return accepted_until(instance);
  }
  return instance.lifetime.expires + milliseconds(settings.context_renew_grace_ms);
}

// SC28: a part of the lifetime, or a fixed age, whichever is first.
WallTime renew_due_at(const InstanceState& instance, const ContextSettings& settings) {
  const std::int64_t lifetime = (instance.lifetime.expires - instance.lifetime.created).count();
  const auto percent =
      static_cast<std::int64_t>(std::min<std::uint64_t>(settings.context_renew_percent, 100));
  const auto part = Duration(lifetime / 100 * percent + lifetime % 100 * percent / 100);
  return instance.lifetime.created +
         std::min(part, milliseconds(settings.context_renew_after_ms));
}

}  // namespace

WallTime accepted_until(const InstanceState& instance) {
  return instance.retires ? std::min(*instance.retires, instance.lifetime.expires)
                          : instance.lifetime.expires;
}

SecurityContext::SecurityContext(ContextState state) : state_(std::move(state)) {
  PARLEY_CHECK(!state_.instances.empty());
}

void SecurityContext::apply(const ContextState& state) noexcept {
  PARLEY_CHECK(state.identifier == state_.identifier);
  PARLEY_CHECK(!state.instances.empty());
  state_ = state;
}

Result<const InstanceState*> SecurityContext::sending(WallTime now,
                                                      const ContextSettings& settings) const {
  if (state_.is_cancelling) {
    return Error(ErrorCode::context_unknown, "context to send under");
  }
  const InstanceState* chosen = &state_.instances.back();
  if (state_.role == ContextRole::recipient) {
    // The peer may not have got the answer that made a newer key.
    const auto proven = std::find_if(state_.instances.rbegin(), state_.instances.rend(),
                                     [](const InstanceState& i) { return i.is_proven; });
    if (proven != state_.instances.rend()) {
      chosen = &*proven;
    }
  }
  return receiving(chosen->name, now, settings);
}

Result<const InstanceState*> SecurityContext::answering(const ContextName& name, WallTime now,
                                                        const ContextSettings& settings) const {
  return receiving(name, now, settings);
}

Result<const InstanceState*> SecurityContext::receiving(const ContextName& name, WallTime now,
                                                        const ContextSettings& settings) const {
  const InstanceState* instance = find(name);
  if (instance == nullptr) {
    // Section 9: the context is known, a value attached to it cannot be honoured.
    const bool is_ours =
        name.identifier == state_.identifier ||
        std::any_of(state_.instances.begin(), state_.instances.end(),
                    [&](const InstanceState& i) { return i.name.identifier == name.identifier; });
    return Error(is_ours ? ErrorCode::context_unsupported : ErrorCode::context_unknown,
                 "context to open with");
  }
  if (now < accepted_until(*instance)) {
    return instance;
  }
  if (is_over(now, settings)) {
    return Error(ErrorCode::context_unknown, "context to open with");
  }
  // SC49: a stale key of a living context. The peer renews, or has renewed, and sends again; were
  // it told that the context is unknown, one late message would cost it the context.
  return Error(ErrorCode::renew_needed, "context to open with");
}

Result<const InstanceState*> SecurityContext::renewable(const ContextName& name, WallTime now,
                                                        const ContextSettings& settings) const {
  const InstanceState* instance = find(name);
  if (instance == nullptr) {
    return receiving(name, now, settings);
  }
  if (instance->retires || now >= useful_until(*instance, settings)) {
    return Error(ErrorCode::unable_to_renew, "key to renew");
  }
  return instance;
}

const InstanceState* SecurityContext::find(const ContextName& name) const {
  const auto at = std::find_if(state_.instances.begin(), state_.instances.end(),
                               [&](const InstanceState& i) { return i.name == name; });
  return at == state_.instances.end() ? nullptr : &*at;
}

Result<LiveKey> SecurityContext::open_key(const InstanceState& instance,
                                          const crypto::SealingKey& sealing) const {
  PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes secret,
                          open_instance_secret(state_.identifier, instance, sealing));
  return LiveKey::make(instance.name, state_.family, std::move(secret), accepted_until(instance),
                       instance.token_xml);
}

bool SecurityContext::is_renew_due(WallTime now, const ContextSettings& settings) const {
  return state_.role == ContextRole::initiator && !state_.renewal && !state_.is_cancelling &&
         now >= renew_due_at(state_.instances.back(), settings) && !is_over(now, settings);
}

bool SecurityContext::is_over(WallTime now, const ContextSettings& settings) const {
  if (is_pending() && now >= state_.created + milliseconds(settings.context_unused_ms_max)) {
    return true;
  }
  return std::all_of(state_.instances.begin(), state_.instances.end(),
                     [&](const InstanceState& i) { return now >= useful_until(i, settings); });
}

bool SecurityContext::is_pending() const {
  return std::none_of(state_.instances.begin(), state_.instances.end(),
                      [](const InstanceState& i) { return i.is_proven; });
}

WallTime SecurityContext::deadline(const ContextSettings& settings) const {
  WallTime soonest = useful_until(state_.instances.front(), settings);
  for (const InstanceState& instance : state_.instances) {
    soonest = std::min(soonest, useful_until(instance, settings));
  }
  if (is_pending()) {
    soonest = std::min(soonest, state_.created + milliseconds(settings.context_unused_ms_max));
  }
  if (state_.role == ContextRole::initiator && !state_.renewal && !state_.is_cancelling) {
    soonest = std::min(soonest, renew_due_at(state_.instances.back(), settings));
  }
  return soonest;
}

std::optional<ContextState> SecurityContext::decide_proven(const ContextName& name, WallTime now,
                                                           const ContextSettings& settings) const {
  const InstanceState* proven = find(name);
  PARLEY_CHECK(proven != nullptr);
  if (proven->is_proven) {
    return std::nullopt;
  }
  const WallTime retires = now + milliseconds(settings.context_rollover_ms);
  ContextState next = state_;
  next.instances.clear();
  bool is_older = true;
  for (const InstanceState& instance : state_.instances) {
    InstanceState copy = instance;
    if (instance.name == name) {
      is_older = false;
      copy.is_proven = true;
      copy.answer.reset();
    } else if (is_older) {
      if (!instance.is_proven) {
        continue;  // The peer took the later answer; this one it never got, or gave up.
      }
      copy.retires = instance.retires ? std::min(*instance.retires, retires) : retires;
    }
    next.instances.push_back(std::move(copy));
  }
  return next;
}

std::optional<ContextState> SecurityContext::decide_sweep(WallTime now,
                                                          const ContextSettings& settings) const {
  ContextState next = state_;
  std::erase_if(next.instances,
                [&](const InstanceState& i) { return now >= useful_until(i, settings); });
  if (next.instances.empty()) {
    next.instances.push_back(state_.instances.back());
  }
  if (next.instances.size() == state_.instances.size()) {
    return std::nullopt;
  }
  return next;
}

std::optional<ContextState> SecurityContext::decide_cancelling() const {
  if (state_.is_cancelling) {
    return std::nullopt;
  }
  ContextState next = state_;
  next.is_cancelling = true;
  next.renewal.reset();
  return next;
}

}  // namespace parley::contexts
