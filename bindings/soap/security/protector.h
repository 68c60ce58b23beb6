#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/workspace.h"
#include "contexts/live_key.h"
#include "crypto/entropy.h"
#include "engine/profile.h"

// The writing half of message security: signs and encrypts an envelope that its caller has laid out
// in pieces, and writes the Security header between them. Every byte of the message is written once.

namespace parley::soap {

/// A header block that the signature covers.
struct SignedPart {
  /// The value of its wsu:Id: an NCName, unique in the envelope. Ids that begin with "wss-" belong to
  /// the Security header.
  std::string_view id;
  /// Its exclusive canonical form without comments and with an empty PrefixList: the octets that are
  /// digested. A block that declares each namespace where it first uses it, in canonical order, is
  /// its own canonical form (message-security.md, section 12).
  ByteView canonical;
};

/// An envelope in pieces, all borrowed. The message is
///
///     head, <wsse:Security>, middle, body, tail
///
/// where `body`, the content of soap:Body, gives way to its EncryptedData when the plan encrypts.
struct UnprotectedEnvelope {
  ByteView head;    ///< through the last header block; soap:Header stays open
  ByteView middle;  ///< the end tag of soap:Header and the start tag of soap:Body
  ByteView body;    ///< the content of soap:Body, with all namespaces that it uses
  ByteView tail;    ///< the end tags of soap:Body and soap:Envelope

  /// The prefix of the SOAP namespace, bound at soap:Header: for mustUnderstand.
  std::string_view soap_prefix = "soap";
  std::span<const SignedPart> headers;

  std::string_view body_id;   ///< the value of soap:Body's wsu:Id
  ByteView body_open;         ///< start tag of soap:Body in canonical form
  ByteView body_canonical;    ///< `body` in canonical form as it stands there; often the same view
  ByteView body_close;        ///< end tag of soap:Body
};

/// Which keys protect a message: exactly one of `context`, `own` with `recipient`, and `answering`.
struct ProtectionKeys {
  /// Under a context. An initiator writes the SecurityContextToken into the header, a recipient
  /// refers to it by Identifier (SC41).
  const contexts::LiveKey* context = nullptr;
  bool is_initiator = true;

  /// A bootstrap request in the symmetric binding: a fresh key, encrypted for `recipient`, signs and
  /// encrypts; the private key of `own` signs that signature (endorses it).
  const Credential* own = nullptr;
  const crypto::Certificate* recipient = nullptr;

  /// The answer to a bootstrap request, under the key that the request carried.
  const ExchangeSecret* answering = nullptr;
};

/// How a message is protected.
struct ProtectionPlan {
  const AlgorithmSuite* suite = nullptr;
  bool sha256_mac = false;  ///< HMAC and RSA signatures with SHA-256 in the Sha256 suites (M70)
  bool encrypt = true;      ///< the content of soap:Body
  engine::ProtectionOrder order = engine::ProtectionOrder::sign_before_encrypt;
  bool encrypt_signature = false;  ///< only with `encrypt` and sign_before_encrypt
  bool derived_keys = true;
  contexts::TrustFamily family = contexts::TrustFamily::oasis_200512;  ///< of DerivedKeyTokens
  Duration timestamp_lifetime = Duration(300'000);
  /// An answer confirms each signature of its request (M47).
  bool confirm_signatures = false;
};

/// Writes the protected envelope to `out`, which is cleared first. Nonces, IVs and the bootstrap key
/// come fresh from `entropy`, so that a repeat makes a retransmission (SC47). Gives the key that
/// opens the answer of a bootstrap request; null for every other message.
/// Errors: invalid_argument when plan and keys do not fit each other; key_unusable when the own key
/// cannot sign; internal_failure.
Result<std::shared_ptr<const ExchangeSecret>> protect_envelope(const UnprotectedEnvelope& envelope,
                                                               const ProtectionPlan& plan,
                                                               const ProtectionKeys& keys,
                                                               WallTime now, crypto::Entropy& entropy,
                                                               Workspace& workspace, Bytes& out);

}  // namespace parley::soap
