#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "contexts/trust_messages.h"
#include "store/fact.h"
#include "store/supporting_token.h"

// Messages as the engine knows them: no envelope, no XML but for the application's own body. A Codec
// turns them into bytes and back.

namespace parley::engine {

using store::EndpointReference;
using store::SupportingToken;
using store::TokenAttribute;
using store::TokenKind;

/// Message addressing properties (addressing.md, section 3). Empty string = absent.
///
/// `action` is given for the application's own messages only. Left empty, the codec writes the one
/// that belongs to the body, in the versions of the profile: of a lifecycle, trust or fault body, or,
/// where an empty ApplicationBody goes without a Sequence header, of a stand-alone
/// SequenceAcknowledgement, else AckRequested (RM-001, RM-002). What came in always has it.
struct Addressing {
  std::string action;
  std::string to;
  std::string message_id;
  std::string relates_to;
  std::optional<EndpointReference> reply_to;
  std::optional<EndpointReference> fault_to;
  std::optional<EndpointReference> from;
  /// wsmc:MessagePending: more messages wait for the address that a poll asked for (MC-007).
  std::optional<bool> pending;
};

/// wsrm:Sequence (reliable-messaging.md, 2.4).
struct SequenceHeader {
  std::string identifier;
  std::uint64_t number = 0;
  bool last_message = false;  ///< 1.0 only
};

using NumberRange = std::pair<std::uint64_t, std::uint64_t>;

/// wsrm:SequenceAcknowledgement (2.5). No range and no Nack = None (1.1) or 0-0 (1.0).
struct AcknowledgementHeader {
  std::string identifier;
  std::vector<NumberRange> ranges;
  std::vector<std::uint64_t> nacks;
  bool final = false;
  std::optional<std::int32_t> buffer_remaining;
};

struct RmHeaders {
  std::optional<SequenceHeader> sequence;
  std::vector<AcknowledgementHeader> acknowledgements;  ///< at most one per Identifier (RM-042)
  std::vector<std::string> ack_requests;                ///< Identifiers
  bool uses_sequence_str = false;                       ///< 1.1, on CreateSequence (2.8)
};

/// An application's body: one self-contained XML element, or nothing.
struct ApplicationBody {
  Bytes xml;
};

/// wsrm:CreateSequence (2.1).
struct CreateSequence {
  struct Offer {
    std::string identifier;
    std::optional<EndpointReference> endpoint;  ///< 1.1 only
    std::optional<Duration> expires;
    std::string incomplete_behavior;            ///< 1.1; empty = absent
  };

  EndpointReference acks_to;
  std::optional<Duration> expires;
  std::optional<Offer> offer;
  /// The context that the SecurityTokenReference names (RM-170); absent = no reference.
  std::optional<std::string> context_identifier;
};

/// wsrm:CreateSequenceResponse (2.2).
struct CreateSequenceResponse {
  std::string identifier;
  std::optional<Duration> expires;
  std::string incomplete_behavior;
  std::optional<EndpointReference> accept_acks_to;  ///< present iff the offer is accepted (RM-022)
};

/// Close and Terminate with their responses (2.7).
struct SequenceLifecycle {
  enum class Kind : std::uint8_t { close, close_response, terminate, terminate_response };
  Kind kind = Kind::close;
  std::string identifier;
  std::optional<std::uint64_t> last_number;
};

/// A SOAP fault. Ours are named by code; the codec's one table gives each its QName, reason and
/// action in the wire's versions. A fault that came in keeps what the peer wrote, for the
/// application only.
struct Fault {
  ErrorCode code = ErrorCode::peer_fault;
  bool sender = true;               ///< Sender/Client, else Receiver/Server
  std::string subcode_namespace;    ///< as received, or of an application's own fault
  std::string subcode;
  std::string reason;
  Bytes detail;                     ///< canonical XML of the detail's children
  std::string sequence_identifier;  ///< detail of an RM fault (section 5)
  std::optional<AcknowledgementHeader> acknowledgement;  ///< detail of InvalidAcknowledgement
  std::uint64_t max_number = 0;     ///< detail of MessageNumberRollover (1.1)
};

/// wsmc:MakeConnection, a poll (make-connection.md, section 3).
struct MakeConnection {
  std::string address;  ///< whose messages are wanted; empty = not said
  /// Canonical XML of the fault detail that names what else the poll selects by; empty = nothing else.
  Bytes unsupported;
};

using Body = std::variant<ApplicationBody, CreateSequence, CreateSequenceResponse, SequenceLifecycle,
                          contexts::TokenRequest, contexts::TokenResponse, Fault, MakeConnection>;

/// Whether it belongs to WS-Trust, which no sequence numbers or acknowledges.
inline bool is_of_trust(const Body& body) {
  return std::holds_alternative<contexts::TokenRequest>(body) ||
         std::holds_alternative<contexts::TokenResponse>(body);
}

/// Whether it is an application's, and there is nothing in it.
inline bool is_empty(const Body& body) {
  const auto* application = std::get_if<ApplicationBody>(&body);
  return application != nullptr && application->xml.empty();
}

struct Message {
  Addressing addressing;
  RmHeaders rm;
  Body body;
};

/// What a transport proves about the party behind it.
struct Channel {
  bool is_confidential = false;  ///< TLS
  std::string peer;              ///< authenticated TLS name; empty = none
};

/// Proof: which secret protected a message. Each consumer states what it accepts; a sequence accepts
/// only its own context.
struct NoProof {};

struct ContextProof {
  contexts::ContextName name;
};

struct TokenProof {
  /// A stable name of the authenticated party, equal for equal credentials: "x509:" and the
  /// SHA-256 of the certificate, "user:" and the name.
  std::string principal;
  std::string subject;  ///< readable, for the operator
};

using Proof = std::variant<NoProof, ContextProof, TokenProof>;

/// Keys that outlive one message only until its answer: of a bootstrap request, and the values that
/// the answer has to confirm. Made and understood by the codec alone.
class ExchangeKeys {
 public:
  virtual ~ExchangeKeys() = default;
};

/// Something that no two messages have in common: what ReplaySeen remembers, and for how long a
/// message that has it could still be taken for fresh.
struct ReplayMark {
  Bytes digest;  ///< 32 octets
  WallTime until;
};

/// What came in, proven. Everything in `message` was covered by the proof, or (NoProof) nothing was.
struct OpenedMessage {
  Message message;
  Proof proof;
  /// For the answer. Null where it needs nothing of the request, as under most contexts.
  std::shared_ptr<const ExchangeKeys> exchange_keys;
  /// Who endorsed the signature of a context: a further credential (SC24, SC32).
  std::optional<TokenProof> endorsement;
  /// What the profile asks for besides, each bound to this message as it asks; at most one of a kind.
  std::vector<store::SupportingToken> tokens;
  /// Its Body was only signed, under a context that encrypts what an application sends.
  bool is_in_clear = false;
  /// Over TLS a private key signed it, but not wsa:To: whom it was sent to could show it to others.
  bool can_be_passed_on = false;
  /// Of tokens among them that may be used once, by one message (K25).
  std::vector<ReplayMark> one_time;
  /// Of its signature, and of the Nonce of a UsernameToken (M84). None: nothing proves it.
  std::vector<ReplayMark> replay_marks;
};

}  // namespace parley::engine
