#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "engine/events.h"
#include "engine/ids.h"
#include "store/fact.h"

// What the world should see of a turn, once it is durable. Every effect may be lost in a crash: the
// engine makes it again from its state, or the peer or the application asks again.

namespace parley::engine {

/// Send this to the peer as a request of its own, and bring back what it answers: `receive` with the
/// same id, or `request_failed`. Reliable, so the host tries once and does not repeat.
struct Transmit {
  RequestId request;
  ConversationId conversation;
  std::string address;       ///< URL of the peer, or that it named for its answers
  Bytes bytes;
  std::string content_type;
  std::string soap_action;   ///< SOAP 1.1; else empty
};

/// How an exchange is answered. A binding maps it to its own terms (HTTP: 200, 202, 400, 500, 503).
enum class AnswerKind : std::uint8_t {
  message,         ///< a reply or an acknowledgement
  accepted,        ///< nothing to say; no bytes
  sender_fault,    ///< a fault, the peer is to blame
  receiver_fault,  ///< a fault, we are
  unavailable,     ///< too busy or shutting down; no bytes
};

/// Answer the request `exchange`, which is over then.
struct Answer {
  ExchangeId exchange;
  AnswerKind kind = AnswerKind::accepted;
  Bytes bytes;
  std::string content_type;
};

/// A SOAP fault as the application gives or gets it; the rest of it is the body.
struct FaultBody {
  bool sender = true;  ///< the sender of the request is to blame
  std::string subcode_namespace;
  std::string subcode;
  std::string reason;

  friend bool operator==(const FaultBody&, const FaultBody&) = default;
};

/// A message for the application. Values only; valid across crashes: the same message is delivered
/// again, under the same name, until `consumed` or `reply` has been committed.
struct Delivery {
  DeliveryName name;
  std::string endpoint;    ///< recipient: the path it came to; empty for an initiator
  std::string principal;   ///< who sent it, if the conversation is authenticated; else empty
  std::string action;
  std::string message_id;
  bool expects_reply = false;  ///< must be ended by `reply`, else by `consumed`
  /// With it: nothing in the message says whether it is a request, so `consumed` may end it as well.
  bool reply_is_implied = false;
  /// Its sequence is in order: who declines it must not deal with a later one before it comes again.
  bool is_ordered = false;
  Ticket answers;              ///< the ticket of ours that this replies to; zero = none
  bool is_fault = false;       ///< the reply is a fault: `fault`, with `body` as its detail
  FaultBody fault;
  Bytes body;
  /// Who else stands behind the message, as the profile asks (`Profile::supporting`).
  std::vector<store::SupportingToken> tokens;
  std::uint32_t attempt = 1;   ///< grows when the application has declined it
};

struct Deliver {
  Delivery delivery;
};

/// Read the fact under this key (Store::read) and give it back with `answer`.
struct Ask {
  QuestionId question;
  Bytes key;
};

/// What `send` was given is durable. Comes again when the same ticket is sent again.
struct Accepted {
  ConversationId conversation;
  Ticket ticket;
};

/// `consumed` or `reply` is durable: this delivery never comes again.
struct Consumed {
  DeliveryName name;
};

/// Something that the application must learn. Comes again after a restart until `report_consumed`.
struct Report {
  ReportId report;
  store::ReportFact::Value value;
};

using Effect =
    std::variant<Transmit, Answer, Deliver, Ask, Accepted, Consumed, Report, Event>;

}  // namespace parley::engine
