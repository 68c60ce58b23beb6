#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "contexts/trust_messages.h"
#include "crypto/sealing.h"

// What is remembered of security contexts. Plain values: a store writes and reads them, nothing else
// gives them meaning but SecurityContext and the trust exchanges.

namespace parley::contexts {

enum class ContextRole : std::uint8_t {
  initiator,  ///< asked for the context
  recipient,  ///< issued it
};

/// What a recipient keeps with an Instance that came out of a Renew, so that it can give the same
/// answer again until the Instance is proven.
struct RenewAnswer {
  std::string context;  ///< @Context of the request
  ContextName target;   ///< the key that was renewed
  /// Ours; absent if the requestor sent none, and the answer held the key itself.
  std::optional<crypto::SealedSecret> issuer_entropy;

  friend bool operator==(const RenewAnswer&, const RenewAnswer&) = default;
};

/// One key of a context (SC2).
struct InstanceState {
  /// As the token names it. A renewal may return another Identifier than that of the context
  /// (SC26); the token is taken as it is.
  ContextName name;
  crypto::SealedSecret secret;
  std::uint32_t key_bits = 0;
  Lifetime lifetime;
  /// The peer has shown that it holds the key. An initiator's keys are proven from the start: the
  /// answer that brought them was.
  bool is_proven = false;
  /// A newer Instance is in use; this one is good until then at most (SC27).
  std::optional<WallTime> retires;
  /// The token as the issuer wrote it (SC3); initiator only.
  Bytes token_xml;
  /// Recipient only, and only until the Instance is proven.
  std::optional<RenewAnswer> answer;

  friend bool operator==(const InstanceState&, const InstanceState&) = default;
};

/// An initiator's Renew, remembered before it leaves, so that a repeat is the same request.
struct RenewalState {
  std::string message_id;        ///< of the request
  std::string context;           ///< @Context of the request (SC13)
  ContextName target;            ///< the key that is renewed, which also protects the request
  crypto::SealedSecret entropy;  ///< ours
  std::uint32_t key_bits = 0;    ///< asked for
  WallTime began;

  friend bool operator==(const RenewalState&, const RenewalState&) = default;
};

/// All of a context, as one absolute value under the key `identifier` (SC52).
struct ContextState {
  std::string identifier;  ///< of the first token; names the context for good
  ContextRole role = ContextRole::initiator;
  TrustFamily family = TrustFamily::oasis_200512;
  /// Who the peer is: the name of the credential that established the context. Empty = nobody
  /// (only under a profile without credentials).
  std::string principal;
  /// Further credentials that the peer proved by Amend (SC32).
  std::vector<std::string> amended;
  WallTime created;
  /// Initiator: a Cancel was asked for; nothing new is sent under the context.
  bool is_cancelling = false;
  std::vector<InstanceState> instances;  ///< oldest first; never empty
  std::optional<RenewalState> renewal;   ///< initiator: at most one in flight (SC28)

  friend bool operator==(const ContextState&, const ContextState&) = default;
};

/// The context has ended: cancelled, expired beyond its grace, or never used. Its record goes, and
/// with it all its keys (SC37, SC55).
struct ContextForgotten {
  std::string identifier;

  friend bool operator==(const ContextForgotten&, const ContextForgotten&) = default;
};

}  // namespace parley::contexts
