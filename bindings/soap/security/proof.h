#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/security/user_rules.h"
#include "engine/message.h"
#include "engine/profile.h"

namespace parley::soap {

/// Who made a message, and what shows it.
struct Proven {
  engine::Proof proof;
  const VerifiedSignature* signature = nullptr;  ///< null: the transport protects it
  /// Of the use of a password that shows who asks for a context (M18).
  std::optional<engine::ReplayMark> password_use{};
  /// Under a context: who endorsed its signature besides.
  std::optional<engine::TokenProof> endorsement;
  /// Under a context: the tokens that the profile asks for besides, at most one of a kind.
  std::vector<engine::SupportingToken> tokens{};
  std::vector<engine::ReplayMark> one_time{};  ///< of those among them that may be used once
  /// The Body was only signed, where the profile encrypts what an application sends.
  bool is_in_clear = false;
  /// Over TLS a private key vouches for the message, and not for wsa:To (M98).
  bool can_be_passed_on = false;
};

/// What a message has to show before anything in it is believed.
struct ProofRules {
  const engine::Profile& profile;
  const engine::Channel& channel;
  const ExchangeSecret* exchange = nullptr;  ///< of the request that the message answers
  const UserRules* users = nullptr;          ///< null: nobody's password is taken
};

/// Judges an opened message. One party's key must have signed its Body, its Timestamp and every
/// header block that we read (M95, WA-060, WA-062, RM-172), and whatever the profile wants
/// encrypted was encrypted under a key of that party, a derived one where it asks for that; nothing
/// was decrypted that it did not sign.
/// Where the transport protects, the Timestamp is enough (SC44, M98), and an answer that came back over TLS on the exchange of our own request
/// needs no signature at all.
///
/// Under a context the supporting tokens of the profile are looked for (tokens.md, K1, K2): signed is what
/// the context's signature covers, endorsing whose key signs that signature; over TLS a token stands for
/// itself, and its key signs the Timestamp. One that is not bound so counts for nothing, two of a kind
/// fail the message, and so does an assertion of a kind that is not asked for.
///
/// Who asks for a context shows the credential that the profile names, in the way that it names,
/// and no other: a key that the message itself carried proves nothing before a certificate endorses
/// the signature, or a user's password goes with it, signed and encrypted (K67). Who answers is
/// whom we asked. Errors: security_missing for what is not signed or not encrypted;
/// authentication_failed for a key that says nothing of anybody, or a credential that is not asked
/// for; security_failed for confirmations that do not fit (M48).
Result<Proven> prove(const Envelope& envelope,
                     const OpenedSecurity& opened,
                     const ProofRules& rules);

}  // namespace parley::soap
