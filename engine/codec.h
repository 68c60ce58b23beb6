#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "contexts/live_key.h"
#include "crypto/entropy.h"
#include "engine/message.h"
#include "engine/profile.h"

namespace parley::engine {

/// Unverified facts of a parsed message: good for routing and for finding keys, never for acting.
struct Hints {
  enum class Protected : std::uint8_t {
    no,         ///< no Security header
    context,    ///< names a security context
    bootstrap,  ///< carries credentials of its own (or answers a message that did)
  };
  Protected protection = Protected::no;
  contexts::ContextName context;
  SoapVersion soap = SoapVersion::soap_1_2;
  std::string action;
  std::string message_id;
  std::string relates_to;
  std::string sequence_identifier;
  bool is_fault = false;
};

/// Parsed but unproven.
class SealedMessage {
 public:
  virtual ~SealedMessage() = default;
  virtual const Hints& hints() const = 0;
};

/// Where the codec finds the keys of contexts while it opens or protects. The engine implements it.
class KeyRing {
 public:
  virtual ~KeyRing() = default;
  /// Null when there is no such context key, or when it may no longer be used.
  virtual const contexts::LiveKey* find(const contexts::ContextName& name) const = 0;
};

/// Which secret protects an outgoing message.
struct ProtectWith {
  const contexts::LiveKey* context = nullptr;             ///< under a context
  bool is_initiator = true;                               ///< our role in that context (SC41)
  bool bootstrap = false;                                 ///< with our own credentials
  std::shared_ptr<const ExchangeKeys> answering;          ///< with the keys of this request
  /// It goes back on the exchange of a request: where the transport protects, that says who sent it.
  bool is_answer = false;
  /// The peer leaves such a body in clear, one of reliable messaging or of Cancel, and so must we. It
  /// is signed, though, and a Cancel even where TLS protects everything else.
  bool in_clear = false;
};

struct WireMessage {
  Bytes bytes;
  std::string content_type;  ///< with charset, and action where the SOAP version has it
  std::string soap_action;   ///< SOAP 1.1 only
  /// To open the answer; null where the answer proves itself, as most do under a context.
  std::shared_ptr<const ExchangeKeys> exchange_keys;
};

/// Bytes to messages and back, with all message security. One per process, shared by every shard;
/// const and free of shared mutable state, but for what the caller passes in.
class Codec {
 public:
  virtual ~Codec() = default;

  /// Whether `body` may be sent: one self-contained element with all its namespaces, at most the
  /// envelope limit with overhead. Errors: body_invalid, too_large.
  virtual Result<void> check_body(ByteView body, const Profile& profile) const = 0;

  /// Writes, signs and encrypts as the profile says, with fresh nonces, keys and Timestamp: calling
  /// it again for the same message makes a retransmission (RM-104).
  virtual Result<WireMessage> protect(const Message& message, const Profile& profile,
                                      const ProtectWith& with, WallTime now,
                                      crypto::Entropy& entropy) = 0;

  /// Gate and structure only. `content_type` as in HTTP. Errors: malformed_*, limit_exceeded,
  /// version_mismatch, must_understand, invalid_addressing, ….
  virtual Result<std::unique_ptr<SealedMessage>> parse(Bytes wire, std::string_view content_type,
                                                       const Profile& profile) = 0;

  /// Verifies and decrypts to the end before it returns anything. `answers` are the keys of the
  /// request that this message answers, if it came on that request's back-channel. Every failure of
  /// authentication is one error, `security_failed`, to be told alike to the peer.
  virtual Result<OpenedMessage> open(std::unique_ptr<SealedMessage> sealed, const Profile& profile,
                                     const KeyRing& keys,
                                     const std::shared_ptr<const ExchangeKeys>& answers,
                                     const Channel& channel, WallTime now) = 0;
};

}  // namespace parley::engine
