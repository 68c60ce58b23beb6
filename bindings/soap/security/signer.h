#pragma once

#include <cstdint>
#include <string>

#include "contexts/trust_messages.h"

namespace parley::soap {

/// Where a key comes from. Keys of one source are equal, whatever was derived from them.
struct Signer {
  enum class Kind : std::uint8_t {
    context,   ///< a security context
    exchange,  ///< the key of the request that this message answers
    carried,   ///< an EncryptedKey of this very message: anybody can make one, so it proves nothing
    certificate,  ///< the private key of a certificate
    assertion,    ///< the key that a SAML assertion confirms its subject by
    raw,          ///< given by hand
  };
  Kind kind = Kind::raw;
  contexts::ContextName context;  ///< kind context
  /// Kind certificate: its principal. Exchange: whom it was encrypted for. Carried: the SHA-1 of
  /// its CipherValue. Assertion: its id. Raw: its name.
  std::string principal;
  std::string subject;  ///< readable; of certificates and assertions

  friend bool operator==(const Signer&, const Signer&) = default;
};

/// In words, for an operator.
std::string describe(const Signer& signer);

}  // namespace parley::soap
