#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "contexts/security_context.h"
#include "contexts/trust_means.h"
#include "contexts/trust_messages.h"

// The requestor's half of the trust exchanges (secure-conversation.md, 3 to 6; trust.md, 1 to 4).
// Every refusal of a peer's answer is `token_invalid`, unless a line below says otherwise.

namespace parley::contexts {

/// An Issue that waits for its answer. Volatile: a crash, or a lost answer, means a fresh request.
struct PendingIssue {
  TrustFamily family = TrustFamily::oasis_200512;
  std::string context;  ///< @Context
  crypto::SecretBytes entropy;
  std::uint32_t key_bits = 0;
};

/// Fresh @Context, entropy of the key's size (SC19), KeySize and lifetime as in the settings.
Result<PendingIssue> begin_issue(TrustFamily family, const TrustMeans& means);

/// The request that `pending` stands for.
TokenRequest issue_request(const PendingIssue& pending, const TrustMeans& means);

/// Judges the answer by the tables of section 3 (SC13 to SC23, T14 to T18) and yields the new
/// context. `principal` is the credential that proved the answer. Errors: token_invalid;
/// limit_exceeded (entropy or key size outside the limits); trust_invalid_time (SC23).
Result<ContextState> decide_issued(const PendingIssue& pending,
                                   const TokenResponse& response,
                                   std::string principal,
                                   const TrustMeans& means);

/// A context that we make ourselves, to be told to the service (section 2, way 2).
struct CreatedContext {
  ContextState state;
  crypto::SecretBytes secret;
};

/// Fresh Identifier and key; key size and lifetime as in the settings. Errors: invalid_argument
/// (context_key_bits outside the limits).
Result<CreatedContext> create_context(TrustFamily family, const TrustMeans& means);

/// The unasked answer that tells of it: token, key and lifetime. Secret until it is encrypted.
TokenResponse propagation(const CreatedContext& created);

/// Who takes a context that was made elsewhere, and from whom.
struct Adoption {
  ContextRole role = ContextRole::initiator;
  std::string principal;  ///< who the other side is
  /// The other side is known to have the key; else the context is dropped if it is not used in time
  /// (SC52).
  bool is_proven = true;
};

/// A context that was made outside this exchange: by a token service for us, or by its creator
/// (section 2, ways 1 and 2). The response must hold token and proof secret, and no entropy.
/// Errors: token_invalid; limit_exceeded (key size); trust_invalid_time (SC23).
Result<ContextState> decide_adopted(const TokenResponse& response,
                                    Adoption adoption,
                                    const TrustMeans& means);

/// A further answer about the context `context`: the same key again changes nothing (no fact), one
/// under a new Instance is its newest key from now on, as after a renewal (SC2, SC27). Errors: as
/// above; already_exists for another key under a name that is known.
Result<std::optional<ContextState>> decide_adopted_again(const SecurityContext& context,
                                                         const TokenResponse& response,
                                                         bool is_proven,
                                                         const TrustMeans& means);

/// Remembers a Renew of the newest key: sealed entropy, @Context and `message_id`, before it
/// leaves. Errors: invalid_state (not the initiator, one is in flight, or cancelling),
/// unable_to_renew (beyond the grace, SC29).
Result<ContextState> decide_renewal(const SecurityContext& context,
                                    std::string message_id,
                                    const TrustMeans& means);

/// The Renew in flight, the same each time it is built from the same facts. It is protected by the
/// key that `renewal->target` names (SC24), or as the Issue was (T19). Errors: invalid_state (none
/// in flight), store_corrupt.
Result<TokenRequest> renew_request(const SecurityContext& context, const TrustMeans& means);

/// Judges the answer to the Renew in flight: the new key is used for sending at once, the old one
/// is kept for receiving until the roll-over ends (SC27). `proof` is the key that protected the
/// answer and must be one of this context's; without one it was `credential`, which must be whom
/// the context was obtained from. Errors as in `decide_issued`; invalid_state (none in flight).
Result<ContextState> decide_renewed(const SecurityContext& context,
                                    const TokenResponse& response,
                                    const ContextName* proof,
                                    std::string_view credential,
                                    const TrustMeans& means);

/// Gives the Renew in flight up (refused by the peer, or too long without an answer). Errors:
/// invalid_state (none in flight).
Result<ContextState> decide_renewal_dropped(const SecurityContext& context);

/// The Cancel of the key `name`, which must also protect it (SC36). The same at each call.
TokenRequest cancel_request(const SecurityContext& context, const ContextName& name);

/// Judges the answer to a Cancel: RequestedTokenCancelled, under a key of this context (SC37). A
/// fault `context_unknown` from the peer means the same and needs no call (SC38).
Result<ContextForgotten> decide_cancelled(const SecurityContext& context,
                                          const TokenResponse& response,
                                          const ContextName& proof);

/// An Amend of the context; the further credential signs it (SC32). The same at each call.
TokenRequest amend_request(const SecurityContext& context);

/// Judges the answer to an Amend: it echoes @Context and holds no new key.
Result<void> judge_amended(const SecurityContext& context,
                           const TokenResponse& response,
                           const ContextName& proof);

}  // namespace parley::contexts
