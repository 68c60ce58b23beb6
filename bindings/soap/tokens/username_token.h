#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/tokens/timestamp.h"
#include "bindings/soap/user_credentials.h"
#include "bindings/soap/xml/document.h"
#include "crypto/digest.h"
#include "crypto/secret.h"

namespace parley::soap {

/// wsse:UsernameToken (message-security.md, section 4), read and not yet believed.
struct UsernameToken {
  enum class Password : std::uint8_t {
    absent,   ///< only a name, or a key is derived from the password (Salt)
    text,
    digest,
  };
  std::string username;
  Password form = Password::absent;
  crypto::SecretBytes password;  ///< text, or the 20 octets of the digest
  Bytes nonce;
  std::string created;           ///< exactly as written: its octets are digested (M15)
  Bytes salt;                    ///< for a derived key; empty = none
  std::uint64_t iterations = 1000;
};

/// Errors: authentication_failed for a missing Username, repeated children, an unknown Password type,
/// malformed values, a digest without Nonce or Created (M18), or too many iterations (M23).
Result<UsernameToken> read_username_token(const xml::Element& element, const Limits& limits);

/// Whether the token proves knowledge of the password, freshly. An unknown user costs the same and
/// fails the same (M19). Whether the Nonce was seen before is the caller's to know (M18).
/// Errors: authentication_failed for everything.
Result<void> authenticate(const UsernameToken& token, const UserDirectory& users,
                          const TimestampSettings& times, WallTime now);

/// Base64 is the Password of a digest: SHA-1 over the three (M15).
crypto::DigestValue password_digest(ByteView nonce, std::string_view created,
                                    const crypto::SecretBytes& password);

}  // namespace parley::soap
