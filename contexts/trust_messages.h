#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/secret.h"

namespace parley::contexts {

/// The two families of WS-SecureConversation with its WS-Trust (namespaces.md, section 1). A
/// conversation stays inside one (N1).
enum class TrustFamily : std::uint8_t { feb_2005, oasis_200512 };

/// The token type URI of a SecurityContextToken, also the ValueType of references to one (SC8).
constexpr std::string_view token_type_of(TrustFamily family) {
  switch (family) {
    case TrustFamily::feb_2005:
      return "http://schemas.xmlsoap.org/ws/2005/02/sc/sct";
    case TrustFamily::oasis_200512:
      return "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/sct";
  }
  return {};
}

/// What a token request asks for (secure-conversation.md, sections 3 to 6).
enum class TrustOperation : std::uint8_t { issue, renew, amend, cancel };

/// Names one key of one context: the pair selects exactly one key, and "no Instance" (the empty
/// string) is a value of its own, not a wildcard (SC2).
struct ContextName {
  std::string identifier;
  std::string instance;

  friend bool operator==(const ContextName&, const ContextName&) = default;
};

/// wsu:Created and wsu:Expires of a token.
struct Lifetime {
  WallTime created;
  WallTime expires;

  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

/// A RequestSecurityToken for a SecurityContextToken, free of its XML form.
struct TokenRequest {
  TrustFamily family = TrustFamily::oasis_200512;
  TrustOperation operation = TrustOperation::issue;
  std::string context;                        ///< @Context, echoed (SC13); may be empty
  std::optional<crypto::SecretBytes> entropy; ///< of the requestor (SC12); none in cancel
  std::uint32_t key_bits = 0;                 ///< KeySize; 0 = absent
  std::optional<Lifetime> lifetime;           ///< desired
  std::optional<ContextName> target;          ///< of renew and cancel (SC25, SC36)
  std::string applies_to;                     ///< URL of the service that it is for; may be empty
};

/// One RequestSecurityTokenResponse, free of its XML form. Which members are present is judged by
/// `contexts`, not by the reader (SC14 to SC23).
struct TokenResponse {
  TrustFamily family = TrustFamily::oasis_200512;
  TrustOperation operation = TrustOperation::issue;
  std::string context;                             ///< @Context
  std::optional<std::string> token_type;           ///< as read; absent = as requested (SC15)
  std::optional<ContextName> token;                ///< the RequestedSecurityToken
  Bytes token_xml;                                 ///< the token as received, kept verbatim (SC3)
  bool computed_key = false;                       ///< ProofToken holds ComputedKey P_SHA1
  std::optional<crypto::SecretBytes> proof_secret; ///< ProofToken holds the key itself
  std::optional<crypto::SecretBytes> entropy;      ///< of the issuer
  std::uint32_t key_bits = 0;                      ///< 0 = absent
  std::optional<Lifetime> lifetime;
  bool cancelled = false;                          ///< RequestedTokenCancelled is present
  std::string applies_to;                          ///< URL of the service that it is for; may be empty
  /// Who may use the token, by the name of a credential as in TokenProof: told by a token service to
  /// the service that the token is for. Empty = whoever sends this.
  std::string primary;
};

}  // namespace parley::contexts
