#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "contexts/context_settings.h"
#include "contexts/facts.h"
#include "contexts/live_key.h"
#include "crypto/sealing.h"

namespace parley::contexts {

/// One security context (secure-conversation.md, sections 1 and 4): a secret that both sides hold,
/// under one Identifier, in one or more Instances. Keeps the secrets sealed. Which key to use when,
/// what has become due, and what changes when a peer proves a key; the exchanges that make and
/// renew keys are in trust_initiator.h and trust_recipient.h.
class SecurityContext {
 public:
  /// The state of an established context: the first fact, or what a store gave back.
  explicit SecurityContext(ContextState state);

  const ContextState& state() const { return state_; }

  /// The fact becomes the state.
  void apply(const ContextState& state) noexcept;

  // Which key.

  /// The key for a message that answers nothing: an initiator's newest, a recipient's newest proven
  /// (and the only one, while none is proven). Errors: renew_needed (expired, renewal still
  /// allowed), context_unknown (expired for good, or being cancelled).
  Result<const InstanceState*> sending(WallTime now, const ContextSettings& settings) const;

  /// The key for the answer to a request that `name` protected: that same one (SC31). Errors as in
  /// `receiving`.
  Result<const InstanceState*> answering(const ContextName& name, WallTime now,
                                         const ContextSettings& settings) const;

  /// Whether a message protected by `name` may be opened now. Errors: context_unsupported (the
  /// context is this one, the Instance is unknown), renew_needed (expired or rolled over, renewal
  /// still allowed), context_unknown.
  Result<const InstanceState*> receiving(const ContextName& name, WallTime now,
                                         const ContextSettings& settings) const;

  /// The key that may protect a Renew of itself: any of `receiving`, and the newest one within the
  /// grace after its expiry (SC29). Errors: unable_to_renew, context_unsupported.
  Result<const InstanceState*> renewable(const ContextName& name, WallTime now,
                                         const ContextSettings& settings) const;

  /// Null if there is no such Instance, whatever its age.
  const InstanceState* find(const ContextName& name) const;

  /// Opens the sealed secret of `instance`, one of this context's. Errors: store_corrupt when the
  /// seal does not match.
  Result<LiveKey> open_key(const InstanceState& instance, const crypto::SealingKey& sealing) const;

  // What is due.

  /// Initiator: 60 % of the lifetime or ten hours are over, and no Renew is in flight (SC28).
  bool is_renew_due(WallTime now, const ContextSettings& settings) const;

  /// No key is left that protects or may be renewed; or the context was issued and never used in
  /// time (SC52). Then it is to be forgotten.
  bool is_over(WallTime now, const ContextSettings& settings) const;

  /// Recipient: issued, and the peer has not used it yet.
  bool is_pending() const;

  /// The next moment at which one of the above, or `decide_sweep`, changes its answer.
  WallTime deadline(const ContextSettings& settings) const;

  // What changes.

  /// The peer has used the key `name`. No fact if it was proven before; else that key is proven,
  /// what proves its repeatable answer is wiped, older proven keys retire after the roll-over, and
  /// older unproven ones go. `name` must be one of this context's.
  std::optional<ContextState> decide_proven(const ContextName& name, WallTime now,
                                            const ContextSettings& settings) const;

  /// Drops keys that are of no use any more (SC55); no fact if there is none. Keeps at least the
  /// newest: a context without any `is_over`.
  std::optional<ContextState> decide_sweep(WallTime now, const ContextSettings& settings) const;

  /// Initiator: from now on nothing new is sent. No fact if it was so before.
  std::optional<ContextState> decide_cancelling() const;

 private:
  ContextState state_;
};

/// When a key stops to be accepted: its Expires, or the end of its roll-over if that is sooner.
WallTime accepted_until(const InstanceState& instance);

}  // namespace parley::contexts
