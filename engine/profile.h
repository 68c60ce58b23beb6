#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "contexts/trust_messages.h"
#include "engine/encrypted_parts.h"
#include "sequences/rm_settings.h"
#include "store/supporting_token.h"

namespace parley::engine {

enum class SoapVersion : std::uint8_t { soap_1_1, soap_1_2 };

/// 2004/08 is the member submission, 1.0 the W3C Recommendation.
enum class AddressingVersion : std::uint8_t { addressing_2004_08, addressing_1_0 };

/// How a context is established.
enum class Bootstrap : std::uint8_t {
  none,            ///< not at all: they are adopted
  x509,            ///< mutual X.509 at message level
  username_cert,   ///< UsernameToken encrypted for the service's certificate
  username_https,  ///< UsernameToken over TLS
  x509_https,      ///< client certificate at message level over TLS
  issued,          ///< by a separate token service, which tells the service of it
};

enum class BootstrapBinding : std::uint8_t { symmetric, asymmetric, transport };

/// How a UsernameToken shows that its sender knows the password (message-security.md, 4).
enum class PasswordForm : std::uint8_t { text, digest };

/// How messages under a context are protected.
enum class Protection : std::uint8_t { none, transport, sign, sign_encrypt };

enum class ProtectionOrder : std::uint8_t { sign_before_encrypt, encrypt_before_sign };

/// How the keys of a message are derived from the key of its context (secure-conversation.md, 7).
enum class KeyDerivation : std::uint8_t {
  tokens,   ///< a DerivedKeyToken each
  implied,  ///< wsc:Nonce and wsc:Length on the references, no tokens (DK13)
};

/// How a DerivedKeyToken says where its key begins; it always begins at the beginning (DK8, DK15).
enum class KeyPosition : std::uint8_t {
  offset,      ///< Offset 0
  generation,  ///< Generation 0, for peers that are known to read it
  short_form,  ///< nothing where Length, too, has its default (what WCF writes), else Offset 0
};

/// How a credential goes with a message besides what protects that (WS-SecurityPolicy 1.2, section 8).
/// What is encrypted is signed too: nothing is decrypted here that its sender does not sign.
enum class SupportingUse : std::uint8_t {
  none,
  signed_token,  ///< covered by the message's signature, or sent over TLS
  signed_encrypted,
  endorsing,  ///< its key signs the message's signature; over TLS the Timestamp
  signed_endorsing,
  signed_endorsing_encrypted,
};

constexpr bool is_endorsing(SupportingUse use) {
  return use >= SupportingUse::endorsing;
}

constexpr bool is_signed(SupportingUse use) {
  return use != SupportingUse::none && use != SupportingUse::endorsing;
}

constexpr bool is_encrypted(SupportingUse use) {
  return use == SupportingUse::signed_encrypted || use == SupportingUse::signed_endorsing_encrypted;
}

/// Of each kind of token, what an initiator's messages under a context carry (tokens.md). A service
/// refuses an application's message without; in others they may be missing.
struct SupportingUses {
  SupportingUse x509 = SupportingUse::none;
  SupportingUse username = SupportingUse::none;  ///< without TLS encrypted in any case (K67)
  SupportingUse saml_1_1 = SupportingUse::none;
  SupportingUse saml_2_0 = SupportingUse::none;

  friend constexpr bool operator==(const SupportingUses&, const SupportingUses&) = default;
};

/// The order in a Security header (M6). What we write is strict in all of them; a message that does
/// not keep to it is refused.
enum class HeaderLayout : std::uint8_t { lax, strict, lax_timestamp_first, lax_timestamp_last };

/// Where answers go.
enum class ReplyMode : std::uint8_t {
  anonymous,    ///< on the request's own back-channel
  addressable,  ///< to an address that the caller listens on
  polled,       ///< to an address from where the caller fetches them (make-connection.md)
};

/// One named set of everything that two peers must agree on, and of one side's habits. Pure data: a
/// further peer or protocol family is another value, never another class.
struct Profile {
  std::string name = "ours";
  SoapVersion soap = SoapVersion::soap_1_2;
  AddressingVersion addressing = AddressingVersion::addressing_1_0;
  /// None: messages are not sequenced.
  std::optional<sequences::RmVersion> rm = sequences::RmVersion::rm_1_1;
  /// None: no security context, messages are not protected.
  std::optional<contexts::TrustFamily> sc = contexts::TrustFamily::oasis_200512;
  Bootstrap bootstrap = Bootstrap::x509;
  BootstrapBinding binding = BootstrapBinding::symmetric;
  /// Bootstrap::issued: URL of the token service, and how callers show it who they are.
  std::string issuer;
  Bootstrap issuer_bootstrap = Bootstrap::x509;
  /// An initiator makes its contexts itself, and tells the service of them by an unasked answer
  /// (secure-conversation.md 2, way 2), protected as the request for one would be.
  bool creates_context = false;
  /// Of the bootstraps by user name.
  PasswordForm password = PasswordForm::text;
  Protection protect = Protection::sign_encrypt;
  ProtectionOrder order = ProtectionOrder::sign_before_encrypt;
  bool encrypt_signature = false;
  /// The bodies of reliable messaging are encrypted like the application's; else they are only signed
  /// (IB-003, WP-100). They are read either way.
  bool encrypt_rm = true;
  /// Encrypted besides, where the Body is only signed. A service and a client refuse an application's
  /// message that has one of them in clear. Signed first, and with a signature in clear, what is hidden
  /// can be guessed by its digest.
  EncryptedParts encrypted_parts;
  /// A name of WS-SecurityPolicy (Basic256, Basic256Sha256, …) or of the GCM table (message-security.md, 11).
  std::string suite = "Basic256";
  /// The signature is HMAC-SHA256 in Sha256 suites (some peers), else HMAC-SHA1 as the policy text says (M70).
  bool sha256_mac = false;
  bool derived_keys = true;
  KeyDerivation derivation = KeyDerivation::tokens;
  KeyPosition key_position = KeyPosition::offset;
  /// Label of derived keys, written into their tokens. Empty = the usual one, not written (DK6, DK15).
  std::string key_label;
  HeaderLayout layout = HeaderLayout::lax;
  /// Messages leave as XOP packages (MTOM); read they are in any case.
  bool mtom = false;
  /// The answer that establishes a context confirms each signature of its request, and is refused
  /// without (M47, M48).
  bool confirm_signatures = false;
  /// The same of what comes back on the exchange of a message under a context, without TLS: whatever it
  /// is has them, and an application's is refused without.
  bool confirm_messages = false;
  /// An initiator's messages carry the token of their context; else they refer to it by its Identifier,
  /// as a recipient's do (SC41). Read it is either way.
  bool context_token = true;
  /// Where our answers are to go; at a service, what callers may ask for besides `anonymous`.
  ReplyMode reply = ReplyMode::anonymous;
  /// The same of acknowledgements; absent = as `reply`. If neither is anonymous, they are the same.
  std::optional<ReplyMode> acks;
  /// CreateSequence carries a SecurityTokenReference and UsesSequenceSTR (RM-170).
  bool sequence_token_reference = true;
  SupportingUses supporting;
  /// A service answers the end of a 1.0 sequence with the end of the sequence of its replies: the last
  /// message with one, TerminateSequence with one (RM-154).
  bool answer_ends = false;
  sequences::RmSettings rm_settings;
};

constexpr SupportingUse use_of(const SupportingUses& tokens, store::TokenKind kind) {
  switch (kind) {
    case store::TokenKind::x509:
      return tokens.x509;
    case store::TokenKind::username:
      return tokens.username;
    case store::TokenKind::saml_1_1:
      return tokens.saml_1_1;
    case store::TokenKind::saml_2_0:
      return tokens.saml_2_0;
  }
  return SupportingUse::none;
}

/// How a caller shows who it is when it asks for a context.
constexpr Bootstrap caller_bootstrap(const Profile& profile) {
  return profile.bootstrap == Bootstrap::issued ? profile.issuer_bootstrap : profile.bootstrap;
}

/// How a token service shows who it is to the service whose contexts it makes: by certificate.
constexpr Bootstrap issuer_bootstrap(const Profile& profile) {
  return profile.binding == BootstrapBinding::transport ? Bootstrap::x509_https : Bootstrap::x509;
}

/// Whether messages of the profile hold what only TLS keeps secret.
constexpr bool needs_confidential_channel(const Profile& profile) {
  return profile.sc && (profile.binding == BootstrapBinding::transport ||
                        profile.protect == Protection::transport);
}

}  // namespace parley::engine
