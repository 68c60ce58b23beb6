#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "contexts/facts.h"
#include "sequences/facts.h"
#include "store/names.h"
#include "store/supporting_token.h"

// What is remembered. A fact sets one key (store/key_space.h) to an absolute value, or, where its
// `value` is absent, deletes it. The last fact of every key, applied in the order of the keys, is the
// state of an engine; so a stored record is a fact, and recovery is applying what a store holds.
//
// State facts are read at recovery, all of them. Body facts (OutboxBody, InboxBody, Record) lie in a
// key range of their own and are read one by one, when asked for.

namespace parley::store {

/// wsa:EndpointReference. `reference_parameters` holds the canonical XML of its children, opaque
/// (WA-005). The anonymous and none addresses are values of `address` in their 1.0 spelling,
/// whatever version the wire speaks.
struct EndpointReference {
  std::string address;
  Bytes reference_parameters;

  bool is_empty() const { return address.empty(); }

  friend bool operator==(const EndpointReference&, const EndpointReference&) = default;
};

/// How far the shard has counted.
struct ShardCounters {
  struct Value {
    std::uint64_t last_conversation = 0;
    std::uint64_t last_report = 0;

    friend bool operator==(const Value&, const Value&) = default;
  };
  Value value;

  friend bool operator==(const ShardCounters&, const ShardCounters&) = default;
};

enum class ConversationRole : std::uint8_t {
  initiator,  ///< opened by our application
  recipient,  ///< opened by a peer, at one of our endpoints
};

enum class ConversationPhase : std::uint8_t {
  open,
  closing,  ///< the application closed it: what is queued goes out, then sequences and context end
  ended,    ///< nothing is sent or accepted any more; kept while reports or deliveries wait
};

struct ConversationFact {
  struct Value {
    ConversationRole role = ConversationRole::initiator;
    ConversationPhase phase = ConversationPhase::open;
    std::string profile;    ///< name of the Profile
    std::string address;    ///< initiator: of the peer
    std::string endpoint;   ///< recipient: path of ours
    std::string principal;  ///< who the peer is, once it has been authenticated; else empty
    std::string peer_address;  ///< recipient: what the peer calls us (its wsa:To)
    /// Initiator: where answers come to by themselves, or are polled for. Empty = on the exchanges of
    /// its requests only.
    std::string reply_address;
    bool rm_in_clear = false;  ///< the peer leaves bodies of reliable messaging in clear (IB-003)

    friend bool operator==(const Value&, const Value&) = default;
  };
  ConversationId conversation;
  std::optional<Value> value;

  friend bool operator==(const ConversationFact&, const ConversationFact&) = default;
};

/// The security context of a conversation; at most one.
struct ContextFact {
  ConversationId conversation;
  std::optional<contexts::ContextState> value;

  friend bool operator==(const ContextFact&, const ContextFact&) = default;
};

/// The sending half: one sequence, which may be in creation. `slot` tells the sequences of a
/// conversation apart (they follow one another: 1, 2, 3, …).
struct SourceFact {
  ConversationId conversation;
  std::uint64_t slot = 0;
  std::optional<sequences::SourceState> value;

  friend bool operator==(const SourceFact&, const SourceFact&) = default;
};

/// The receiving half, by the Identifier of its sequence; also the tombstone of an ended one.
struct DestinationFact {
  ConversationId conversation;
  std::string sequence;
  std::optional<sequences::DestinationState> value;

  friend bool operator==(const DestinationFact&, const DestinationFact&) = default;
};

/// How far a conversation has counted on its way out.
struct OutboxCounters {
  struct Value {
    Ticket last_ticket;        ///< highest accepted
    Position last_position;    ///< of the newest message
    Position last_windowed;    ///< of the newest message that has left the backlog
    std::uint64_t last_unnumbered = 0;  ///< of deliveries that no sequence numbers
    Ticket last_windowed_ticket;        ///< highest that has left the backlog

    friend bool operator==(const Value&, const Value&) = default;
  };
  ConversationId conversation;
  std::optional<Value> value;

  friend bool operator==(const OutboxCounters&, const OutboxCounters&) = default;
};

enum class OutboxKind : std::uint8_t {
  one_way,
  request,  ///< a reply is expected
  reply,    ///< answers a delivery
  last_message,  ///< empty, of the 1.0 kind (RM-034): the engine's own, not the application's
};

/// A message that has left the backlog: it has its number, or went out unnumbered. Gone when nothing
/// more can happen to it: acknowledged and (a request) answered, or reported.
struct OutboxEntry {
  struct Value {
    Ticket ticket;                 ///< zero for what the application did not send by ticket
    OutboxKind kind = OutboxKind::one_way;
    std::uint64_t slot = 0;        ///< of the source that numbers it; 0 = unnumbered
    std::uint64_t number = 0;
    std::string message_id;
    bool is_answered = false;      ///< a request whose reply has come before its acknowledgement
    /// A reply: the delivery that it answers, until the reply is acknowledged.
    std::string request_sequence;
    std::uint64_t request_number = 0;
    EndpointReference to;  ///< a reply: where it goes; empty = on an exchange of its request

    friend bool operator==(const Value&, const Value&) = default;
  };
  ConversationId conversation;
  Position position;
  std::optional<Value> value;

  friend bool operator==(const OutboxEntry&, const OutboxEntry&) = default;
};

/// Body range: all of a message that waits in the outbox, numbered or not.
struct OutboxBody {
  struct Value {
    Ticket ticket;
    OutboxKind kind = OutboxKind::one_way;
    std::string action;
    std::string relates_to;  ///< a reply: MessageID of its request
    std::string request_sequence;      ///< a reply: the delivery that it answers
    std::uint64_t request_number = 0;
    bool is_fault = false;   ///< a reply: `body` is the detail of a fault, named below
    bool fault_sender = true;
    std::string fault_namespace;
    std::string fault_subcode;
    std::string fault_reason;
    Bytes body;
    EndpointReference to;  ///< as in its OutboxEntry

    friend bool operator==(const Value&, const Value&) = default;
  };
  ConversationId conversation;
  Position position;
  std::optional<Value> value;

  friend bool operator==(const OutboxBody&, const OutboxBody&) = default;
};

/// A message that was accepted and not yet consumed.
struct InboxEntry {
  struct Value {
    bool expects_reply = false;
    bool reply_is_implied = false;  ///< the request names no ReplyTo: it may be one-way (WA-020)
    /// A reply to what we sent: the position it answers; zero = not a reply.
    Position answers;
    Ticket answers_ticket;
    /// A request: where its reply, or a fault instead, goes; empty = on an exchange of it.
    EndpointReference reply_to;
    EndpointReference fault_to;

    friend bool operator==(const Value&, const Value&) = default;
  };
  DeliveryName name;
  std::optional<Value> value;

  friend bool operator==(const InboxEntry&, const InboxEntry&) = default;
};

/// Body range: the message that an InboxEntry stands for.
struct InboxBody {
  struct Value {
    std::string action;
    std::string message_id;
    bool is_fault = false;  ///< the reply is a SOAP fault: `body` is its detail
    bool fault_sender = true;
    std::string fault_namespace;
    std::string fault_subcode;
    std::string fault_reason;
    Bytes body;
    std::vector<SupportingToken> tokens;

    friend bool operator==(const Value&, const Value&) = default;
  };
  DeliveryName name;
  std::optional<Value> value;

  friend bool operator==(const InboxBody&, const InboxBody&) = default;
};

enum class ReportKind : std::uint8_t {
  outcome_unknown,    ///< it may or may not have arrived: the context or sequence was lost
  not_delivered,      ///< it certainly was not accepted
  answer_lost,        ///< the request was accepted, its reply cannot come any more
  delivery_refused,   ///< the application declined a delivery too often
  context_lost,       ///< the context ended and could not be renewed
  sequence_ended,     ///< a sequence ended with gaps, or before its time
  conversation_ended, ///< closed on both sides; the last report of a conversation
};

/// Something that the application must learn, kept until it says that it has.
struct ReportFact {
  struct Value {
    ConversationId conversation;
    ReportKind kind = ReportKind::outcome_unknown;
    Ticket ticket;              ///< of one message; zero = the conversation as a whole
    ErrorCode reason = ErrorCode::internal_failure;
    std::uint64_t first_missing = 0;  ///< sequence_ended: the first number that did not arrive
    std::uint64_t missing = 0;        ///< sequence_ended: how many did not

    friend bool operator==(const Value&, const Value&) = default;
  };
  std::uint64_t report = 0;
  std::optional<Value> value;

  friend bool operator==(const ReportFact&, const ReportFact&) = default;
};

/// A protected message without a number was accepted; another with this digest is a replay. Goes
/// when the message could not be accepted any more for its age.
struct ReplaySeen {
  Bytes digest;
  std::optional<WallTime> value;  ///< when it may go

  friend bool operator==(const ReplaySeen&, const ReplaySeen&) = default;
};

/// Body range: a record of the application's own, written in the batch of a `consumed`.
struct Record {
  Bytes name;
  std::optional<Bytes> value;

  friend bool operator==(const Record&, const Record&) = default;
};

using Fact = std::variant<ShardCounters, ConversationFact, ContextFact, SourceFact, DestinationFact,
                          OutboxCounters, OutboxEntry, InboxEntry, ReportFact, ReplaySeen,
                          OutboxBody, InboxBody, Record>;

/// Whether the fact deletes its key.
bool is_deletion(const Fact& fact);

}  // namespace parley::store
