#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/part_selection.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/own_assertion.h"
#include "contexts/live_key.h"
#include "engine/profile.h"

// What the writing half of message security is told: an envelope in pieces, how it is protected,
// and by which keys.

namespace parley::soap {

/// A header block that the signature covers.
struct SignedPart {
  /// The value of its wsu:Id: an NCName, unique in the envelope. Ids that begin with "wss-" belong
  /// to the Security header.
  std::string_view id;
  /// Its exclusive canonical form without comments and with an empty PrefixList: the octets that
  /// are digested. A block that declares each namespace where it first uses it, in canonical order,
  /// is its own canonical form (message-security.md, section 12).
  ByteView canonical;
  /// wsa:To. Over TLS a private key signs this header alone, so that the receiver cannot pass the
  /// message on to another one (M98).
  bool is_destination = false;
  /// Not empty: as written. It is not in `head`, and goes encrypted.
  ByteView hidden{};
  bool must_understand = false;
};

/// An envelope in pieces, all borrowed. The message is
///
///     head, <wsse:Security>, middle, body, tail
///
/// where `body`, the content of soap:Body, gives way to its EncryptedData when the plan encrypts, or
/// the pieces of it that are hidden to theirs; hidden headers follow the Security header.
struct UnprotectedEnvelope {
  ByteView head;    ///< through the last header block; soap:Header stays open
  ByteView middle;  ///< the end tag of soap:Header and the start tag of soap:Body
  ByteView body;    ///< the content of soap:Body, with all namespaces that it uses
  ByteView tail;    ///< the end tags of soap:Body and soap:Envelope

  /// The prefix of the SOAP namespace, bound at soap:Header: for mustUnderstand.
  std::string_view soap_prefix = "soap";
  std::string_view soap_ns{};  ///< for hidden headers
  std::span<const SignedPart> headers;

  std::string_view body_id;  ///< the value of soap:Body's wsu:Id
  ByteView body_open;        ///< start tag of soap:Body in canonical form
  ByteView body_canonical;   ///< `body` in canonical form as it stands there; often the same view
  ByteView body_close;       ///< end tag of soap:Body

  /// Of `body`, in order, apart from each other; not where the plan encrypts all of it.
  std::span<const HiddenPiece> hidden_pieces{};
  const Limits* limits = nullptr;  ///< of reading it again; with `hidden_pieces` only
};

/// The canonical form of an element that is given as start tag, content and end tag; nothing = it is as
/// written. Errors: body_invalid.
Result<std::optional<Bytes>> canonical_element(ByteView open,
                                               ByteView content,
                                               ByteView close,
                                               const Limits& limits);

/// Which keys protect a message: those of one row.
///
/// | binding    | request that establishes   | its answer                      | under a context |
/// |------------|----------------------------|---------------------------------|-----------------|
/// | symmetric  | `recipient`, `own` or `user` | `answering`                   | `context`       |
/// | asymmetric | `recipient`, `own`         | `answering`, `own`, `recipient` |                 |
/// | transport  | `own` or `user`            | `answering`                     | `context`       |
///
/// Under a context an initiator may add `own`, `user`, `assertion` and `holder`: supporting tokens.
struct ProtectionKeys {
  const contexts::LiveKey* context = nullptr;
  bool is_initiator = true;
  /// An answer under a context: TLS alone says whose it is.
  bool is_answer = false;

  /// Symmetric: endorses the signature, by signing it. Else it signs the message.
  const Credential* own = nullptr;
  /// Whose password goes along, signed and encrypted, or over TLS.
  const UserCredential* user = nullptr;
  const OwnAssertion* assertion = nullptr;
  const Credential* holder = nullptr;  ///< of the key that `assertion` confirms: it endorses as well
  /// Whom the fresh key is encrypted for.
  const crypto::Certificate* recipient = nullptr;

  /// Of the request that this message answers, where its keys protect the answer.
  const ExchangeSecret* answering = nullptr;
  /// Of the request that this message answers, whose signatures it may confirm.
  const ExchangeSecret* confirming = nullptr;
};

/// How a message is protected.
struct ProtectionPlan {
  const AlgorithmSuite* suite = nullptr;
  engine::BootstrapBinding binding = engine::BootstrapBinding::symmetric;
  engine::PasswordForm password = engine::PasswordForm::text;
  bool sha256_mac = false;  ///< HMAC and RSA signatures with SHA-256 in the Sha256 suites (M70)
  bool encrypt = true;      ///< the content of soap:Body; never over TLS
  bool hide_parts = false;  ///< headers or pieces of the body are hidden; never over TLS
  engine::ProtectionOrder order = engine::ProtectionOrder::sign_before_encrypt;
  bool encrypt_signature = false;  ///< only with `encrypt` or `hide_parts`, and sign_before_encrypt
  bool derived_keys = true;        ///< not in the asymmetric binding, which has none
  engine::KeyDerivation derivation = engine::KeyDerivation::tokens;
  engine::KeyPosition key_position = engine::KeyPosition::offset;
  std::string_view key_label{};  ///< empty = the usual one
  bool timestamp_last = false;
  contexts::TrustFamily family = contexts::TrustFamily::oasis_200512;  ///< of DerivedKeyTokens
  Duration timestamp_lifetime = Duration(300'000);
  /// An answer confirms each signature of its request (M47), and a request wants that.
  bool confirm_signatures = false;
  /// Under a context: the SecurityContextToken goes along; else references name it by Identifier (SC41).
  bool carry_context = false;
  /// Of supporting tokens: the certificate is signed, too; the assertion is, and is encrypted.
  bool sign_certificate = false;
  bool sign_assertion = false;
  bool encrypt_assertion = false;
};

/// Whether anything is encrypted.
bool encrypts_anything(const ProtectionPlan& plan, const ProtectionKeys& keys);

/// Whether plan and keys are one of the rows above.
bool is_consistent(const ProtectionPlan& plan, const ProtectionKeys& keys);

}  // namespace parley::soap
