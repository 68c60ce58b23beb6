#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/user_credentials.h"
#include "crypto/secret.h"
#include "engine/codec.h"

namespace parley::soap {

/// Who may sign SAML assertions: the certificate that it signs with, for not even an authority that we
/// accept makes somebody speak for others (K21).
struct AssertionIssuerPem {
  Bytes certificate_pem;
  std::string name;  ///< the one Issuer that it speaks for; empty = any
};

/// Who we are and whom we trust, as PEM text read from files. Every member may be empty: a codec
/// without own key cannot protect or open a bootstrap under X.509, but works under a context.
struct Credentials {
  Bytes own_certificates_pem;  ///< ours first, then what leads to an anchor
  std::optional<crypto::SecretBytes> own_key_pem;
  /// The certificate of the service that we call: requests that establish a context are encrypted
  /// for it, and only its holder can answer them.
  Bytes peer_certificate_pem;
  /// The same of further services, by the URL at which they are called.
  std::map<std::string, Bytes> peer_certificates_pem;
  Bytes anchors_pem;  ///< authorities whose certificates we accept
  Bytes crls_pem;     ///< revocation lists of those authorities
  /// Whom we call as, under profiles that ask for a name and a password.
  std::optional<UserCredential> user;
  /// Whose calls we take under those profiles; empty = nobody's.
  UserDirectory users;
  /// Gives the SAML assertion that goes along with each message, under profiles that ask for one: a
  /// document whose root it is. Where it endorses, our own key is that of its holder. Called while a
  /// message is protected, on the thread that protects it: be quick. Nothing = there is none now.
  AssertionSource assertion;
  /// Whose SAML assertions we believe, under profiles that ask for them (`Profile::supporting`).
  std::vector<AssertionIssuerPem> assertion_issuers;
};

/// Habits that are not part of a profile, because the peer cannot see them.
struct CodecSettings {
  Limits limits;
  /// How long a message that we send is good for: Expires of its Timestamp.
  Duration timestamp_lifetime = std::chrono::minutes(5);
  /// By how much the peer's clock may differ from ours (M13).
  Duration clock_skew = std::chrono::minutes(5);
  /// RSA PKCS#1 v1.5 key transport, off because of its history of oracles (M59).
  bool allow_rsa_1_5 = false;
  /// The TripleDes suites, off because blocks of 64 bits repeat in long conversations. With it they
  /// are read; written they never are.
  bool allow_tripledes = false;
  /// What SAML assertions may call us: one that is for others (K23) is refused.
  std::vector<std::string> audiences;
  /// Take the word of senders for whom they speak for (sender-vouches): of every peer that has a context.
  bool allow_sender_vouches = false;
};

/// The SOAP binding of the engine: writes and reads envelopes of both SOAP versions, both versions
/// of WS-Addressing and of WS-ReliableMessaging and both families of WS-SecureConversation, with
/// all of message security. What is spoken is said by the profile; what is read follows the message
/// itself, and must agree with the profile before it is handed out.
///
/// Everything in an opened message was signed by one key: the Body, the Timestamp, every addressing
/// header and every reliable-messaging header (WA-060, WA-062, RM-172); an unsigned one among them
/// fails the message. Under a profile without protection nothing is proven and `NoProof` says so.
class SoapCodec final : public engine::Codec {
 public:
  /// Errors: key_unusable for a key or certificate that cannot be read, or a key that does not
  /// belong to its certificate.
  static Result<std::unique_ptr<SoapCodec>> make(const Credentials& credentials,
                                                 const CodecSettings& settings);

  SoapCodec(const SoapCodec&) = delete;
  SoapCodec& operator=(const SoapCodec&) = delete;
  ~SoapCodec() override;

  Result<void> check_body(ByteView body, const engine::Profile& profile) const override;

  Result<engine::WireMessage> protect(const engine::Message& message,
                                      const engine::Profile& profile,
                                      const engine::ProtectWith& with,
                                      WallTime now,
                                      crypto::Entropy& entropy) override;

  Result<std::unique_ptr<engine::SealedMessage>> parse(Bytes wire,
                                                       std::string_view content_type,
                                                       const engine::Profile& profile) override;

  Result<engine::OpenedMessage> open(std::unique_ptr<engine::SealedMessage> sealed,
                                     const engine::Profile& profile,
                                     const engine::KeyRing& keys,
                                     const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                     const engine::Channel& channel,
                                     WallTime now) override;

  struct State;  ///< for the classes of this room

 private:
  explicit SoapCodec(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace parley::soap
