#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace parley::soap {

/// Who we are, where a name and a password say it.
struct UserCredential {
  std::string name;
  crypto::SecretBytes password;  ///< UTF-8, or whatever both sides keep in its place (M16)
};

/// Gives the password of a user; nothing = no such user.
using PasswordSource = std::function<std::optional<crypto::SecretBytes>(std::string_view username)>;

/// Whether this is the password of the user: for those who keep no more than a salted hash. Takes
/// as long for a user that there is not, and compares in constant time (M19).
using PasswordCheck =
    std::function<bool(std::string_view username, const crypto::SecretBytes& password)>;

/// How a service knows its users: by one of the two. Called while a message is opened, on the
/// thread that opens it: be quick, and take calls of several threads at once where several nodes
/// share it.
struct UserDirectory {
  PasswordSource password;
  PasswordCheck check;  ///< cannot judge a digest, which needs the password (K66)

  explicit operator bool() const { return password || check; }
};

/// Gives the SAML assertion that we show besides; nothing = there is none now.
using AssertionSource = std::function<std::optional<Bytes>()>;

}  // namespace parley::soap
