#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sequences/rm_settings.h"

// What is remembered of sequences: one record for each source and one for each destination, always
// the whole of it, so that the last record is the state. Plain values; RmSource and RmDestination
// alone give them meaning. Message bodies are not here.

namespace parley::sequences {

/// Closed interval of message numbers.
using NumberRange = std::pair<std::uint64_t, std::uint64_t>;
using NumberRanges = std::vector<NumberRange>;

/// Columns of the RMS state table (reliable-messaging.md, 6).
enum class SourcePhase : std::uint8_t { none, creating, created, closing, closed, terminating };

/// Columns of the RMD state table (7). `terminated` is the tombstone.
enum class DestinationPhase : std::uint8_t { none, created, closed, terminated };

/// Why a sequence has ended.
enum class SequenceEnd : std::uint8_t {
  open,             ///< it has not
  completed,        ///< closed and terminated as agreed
  aborted,          ///< our application ended it before its time
  refused,          ///< CreateSequenceRefused
  no_answer,        ///< a lifecycle message was repeated in vain
  gave_up,          ///< a message was sent in vain as often as allowed (RM-102)
  peer_terminated,  ///< TerminateSequence or SequenceTerminated from the peer
  peer_forgot,      ///< UnknownSequence from the peer
  violated,         ///< the peer broke the protocol
  expired,          ///< Expires has elapsed
  inactive,         ///< the peer was silent for too long
};

/// All that must survive of an RM Source.
struct SourceState {
  RmVersion version = RmVersion::rm_1_1;
  SourcePhase phase = SourcePhase::none;
  SequenceEnd end = SequenceEnd::open;
  std::string identifier;         ///< empty while creating
  std::string create_message_id;  ///< of CreateSequence; repeats are identical (RM-025, RM-105)
  std::string
      offered_identifier;  ///< of the reverse sequence that CreateSequence offers; may be empty
  std::string close_message_id;      ///< of our CloseSequence, once decided
  std::string terminate_message_id;  ///< of our TerminateSequence, once decided
  std::string
      context_identifier;   ///< the security context that it is bound to (RM-171); may be empty
  bool is_offered = false;  ///< made by accepting the peer's Offer: nothing was created by us
  std::string endpoint;     ///< where its messages go, if not to the conversation's address
  std::string endpoint_parameters;     ///< reference parameters of `endpoint`, canonical XML
  std::uint64_t expires_asked_ms = 0;  ///< in CreateSequence; 0 = for ever
  std::optional<WallTime> expires;     ///< absent = for ever
  std::uint64_t last_assigned = 0;     ///< highest number bound to a message
  NumberRanges acked;                  ///< ascending, merged
  bool has_rollover = false;           ///< no new number any more (MessageNumberRollover)
  bool has_last_message = false;       ///< 1.0: `last_assigned` carries LastMessage
  bool has_final = false;              ///< `acked` is final
  std::uint64_t invalid_acks = 0;      ///< counted

  friend bool operator==(const SourceState&, const SourceState&) = default;
};

/// All that must survive of an RM Destination.
struct DestinationState {
  RmVersion version = RmVersion::rm_1_1;
  DestinationPhase phase = DestinationPhase::none;
  SequenceEnd end = SequenceEnd::open;
  std::string identifier;
  std::string create_message_id;     ///< of the CreateSequence that made it (RM-025)
  std::string offered_identifier;    ///< of the Offer in it; may be empty
  std::string close_message_id;      ///< of our own CloseSequence, until it is answered
  std::string terminate_message_id;  ///< of our own TerminateSequence, once decided
  std::string
      context_identifier;    ///< the security context that it is bound to (RM-171); may be empty
  bool is_offered = false;   ///< we offered it
  bool is_confirmed = true;  ///< an offered one: the peer has accepted the offer (RM-024)
  std::string acks_to;       ///< address for acknowledgements and faults
  std::string acks_to_parameters;  ///< its reference parameters, canonical XML
  std::string replies_to;          ///< address that the Offer named for replies; may be empty
  DeliveryAssurance assurance = DeliveryAssurance::exactly_once;
  bool in_order = true;
  IncompleteBehavior incomplete = IncompleteBehavior::no_discard;
  std::optional<WallTime> expires;  ///< absent = for ever
  NumberRanges received;            ///< accepted and so acknowledged; ascending, merged
  NumberRanges consumed;            ///< of those, what the application is done with, or never gets
  std::optional<std::uint64_t> last_number;  ///< LastMsgNumber as told, or 1.0's LastMessage
  std::optional<WallTime> tombstone_until;   ///< set when it ends

  friend bool operator==(const DestinationState&, const DestinationState&) = default;
};

}  // namespace parley::sequences
