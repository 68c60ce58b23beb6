#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/tokens/username_token.h"
#include "bindings/soap/user_credentials.h"
#include "engine/message.h"

namespace parley::soap {

/// Which users are believed.
struct UserRules {
  const UserDirectory& directory;
  UsernameToken::Password form;  ///< that their passwords have to have
  TimestampSettings times;
  WallTime now;
};

engine::TokenProof token_of(const ShownUser& user);

/// Whether the password is right; gives what names this use of it, if it has a Nonce (M18). Null
/// rules believe nobody. Only to be asked for a token that a signature, or TLS, stands behind.
/// Errors: authentication_failed.
Result<std::optional<engine::ReplayMark>> believe(const ShownUser& user, const UserRules* rules);

}  // namespace parley::soap
