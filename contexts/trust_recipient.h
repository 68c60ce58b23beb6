#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contexts/security_context.h"
#include "contexts/trust_means.h"
#include "contexts/trust_messages.h"

// The issuer's half of the trust exchanges, for a service that issues its own contexts
// (secure-conversation.md, 3 to 6 and 10). The error codes map to the faults of section 9 and of
// trust.md, 9.

namespace parley::contexts {

/// How many contexts each principal has been issued and not used yet (SC52). Kept by whoever holds
/// the contexts, and counted anew from them after a restart.
class PendingContexts {
 public:
  /// Errors: endpoint_unavailable when `principal` has reached the limit: it may retry later.
  Result<void> check(std::string_view principal, const Limits& limits) const;

  void add(const std::string& principal);

  /// A pending context was proven or forgotten.
  void remove(const std::string& principal) noexcept;

  std::uint64_t count(std::string_view principal) const;

 private:
  std::map<std::string, std::uint64_t, std::less<>> count_;
};

/// A fact, and the answer that may leave once it is committed.
struct Granted {
  std::optional<ContextState> fact;  ///< none for a repeated request: nothing has changed
  TokenResponse response;
};

struct Cancelled {
  ContextForgotten fact;
  TokenResponse response;  ///< secured with the cancelled key one last time (SC37)
};

/// Judges an Issue and makes a context: `identifier`, minted by the caller (SC1), without Instance,
/// and a computed key from both entropies; a requestor without entropy gets the key itself (SC20,
/// SC22). `principal` is the credential that proved the request; empty is refused.
/// Errors: authentication_failed; trust_invalid_request (too little or too much entropy, a target
/// that does not belong here); context_unsupported (KeySize); trust_invalid_time
/// (lifetime); endpoint_unavailable (too many pending).
Result<Granted> decide_issue(const TokenRequest& request,
                             const std::string& principal,
                             std::string identifier,
                             const PendingContexts& pending,
                             const TrustMeans& means);

/// Judges a Renew that the key `proof` protected. `credential` is the token that endorsed it, empty
/// if none did; if there is one it must be the context's principal (SC24, SC25). The request proves
/// the key like any message: the fact includes what `decide_proven` yields. Without `proof` it was
/// `credential` alone that protected it, and then it must be the principal (T19: CXF knows no other
/// way), and proves no key. A repeated Renew
/// (same target, @Context and entropy) gets the same answer from unchanged facts; a further one
/// from the same key makes another unproven Instance, bounded by instances_per_context_max, the
/// oldest unproven one making room. Errors: context_unknown (target is not the proof, or not this
/// principal's),
/// authentication_failed, unable_to_renew (superseded, or expired beyond the grace, SC29),
/// trust_invalid_request, context_unsupported, trust_invalid_time, trust_bad_request (another
/// family, N1).
Result<Granted> decide_renew(const SecurityContext& context,
                             const TokenRequest& request,
                             const ContextName* proof,
                             std::string_view credential,
                             const TrustMeans& means);

/// Judges a Cancel that the key `proof` protected (SC35, SC36). Errors: context_unknown (the target
/// is not the proof), authentication_failed (endorsed by another principal), trust_bad_request.
Result<Cancelled> decide_cancel(const SecurityContext& context,
                                const TokenRequest& request,
                                const ContextName& proof,
                                std::string_view credential);

/// Judges an Amend that `proof` protected and the further credential `credential` endorsed: it is
/// added to the context; key and lifetime stay (SC32, SC33). Errors: authentication_failed (no
/// credential), trust_request_failed (not offered, or too many, SC34), context_unknown.
Result<Granted> decide_amend(const SecurityContext& context,
                             const TokenRequest& request,
                             const ContextName& proof,
                             const std::string& credential,
                             const TrustMeans& means);

}  // namespace parley::contexts
