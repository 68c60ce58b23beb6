#pragma once

#include <vector>

#include "base/result.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/security/secrecy.h"
#include "bindings/soap/security/user_rules.h"
#include "engine/message.h"
#include "engine/profile.h"

namespace parley::soap {

/// The supporting tokens of a message, at most one of a kind.
struct BoundTokens {
  std::vector<engine::SupportingToken> tokens;
  std::vector<engine::ReplayMark> one_time;  ///< of those among them that may be used once
};

/// Looks for the tokens that a profile asks for besides a context, each bound to the message as it
/// asks (tokens.md, K1, K2).
class TokenJudgement {
 public:
  /// All borrowed. `signature` is that of the message by its context, and `coverage` what its
  /// signer signs; `by_transport`: TLS protects the message.
  TokenJudgement(const OpenedSecurity& opened,
                 const Secrecy& secrecy,
                 const engine::Profile& profile,
                 const UserRules* users,
                 const VerifiedSignature& signature,
                 const Coverage& coverage,
                 bool by_transport)
      : opened_(opened),
        secrecy_(secrecy),
        profile_(profile),
        users_(users),
        signature_(signature),
        coverage_(coverage),
        by_transport_(by_transport) {}

  /// Errors: authentication_failed for two of a kind, a password that is wrong, and an assertion of
  /// a kind that is not asked for.
  Result<BoundTokens> judge() const;

 private:
  bool is_under(const VerifiedSignature& endorsement) const;
  bool is_bound(const xml::Element& token, engine::SupportingUse use) const;
  bool is_held(const CheckedAssertion& assertion) const;

  const OpenedSecurity& opened_;
  const Secrecy& secrecy_;
  const engine::Profile& profile_;
  const UserRules* users_;
  const VerifiedSignature& signature_;
  const Coverage& coverage_;
  bool by_transport_;
};

}  // namespace parley::soap
