#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sequences/action_set.h"
#include "sequences/facts.h"

// The RMD state table (reliable-messaging.md, 7) as data. RmDestination takes every step from it.

namespace parley::sequences {

// Rows: X(name, what has happened).
// clang-format off
#define PARLEY_DESTINATION_EVENTS(X)                                                     \
  X(create,              "CreateSequence, acceptable, or a repeat of it")                \
  X(create_unacceptable, "CreateSequence, not acceptable")                               \
  X(number_fresh,        "Sequence with a new number")                                   \
  X(number_duplicate,    "Sequence with a number that was accepted before")              \
  X(number_above_limit,  "Sequence with a number above our limit")                       \
  X(number_above_last,   "Sequence with a number above LastMessage (1.0)")               \
  X(number_without_room, "Sequence with a new number, and no place for it")              \
  X(ack_requested,       "AckRequested")                                                 \
  X(peer_closes,         "CloseSequence from the RMS")                                   \
  X(we_close,            "we decide to close")                                           \
  X(close_response,      "CloseSequenceResponse")                                        \
  X(peer_terminates,     "TerminateSequence from the RMS")                               \
  X(we_terminate,        "we decide to terminate")                                       \
  X(terminate_response,  "TerminateSequenceResponse")                                    \
  X(peer_fault,          "SequenceTerminated or UnknownSequence")                        \
  X(violated,            "LastMsgNumber below a received number, or changed")            \
  X(expires,             "Expires has elapsed")                                          \
  X(inactive,            "the peer was silent for too long")                             \
  X(tombstone_timer,     "the tombstone has stood long enough")
// clang-format on

enum class DestinationEvent : std::uint8_t {
#define PARLEY_X(name, text) name,
  PARLEY_DESTINATION_EVENTS(PARLEY_X)
#undef PARLEY_X
};

/// What to do besides changing state. An empty set is the table's "-": ignore, and log.
enum class DestinationAction : std::uint8_t {
  send_created,             ///< CreateSequenceResponse, the same for a repeat (RM-025)
  accept,                   ///< keep the message and deliver it when its turn has come
  schedule_ack,             ///< an acknowledgement is due, see RmDestination::ack_due
  ack_now,                  ///< an acknowledgement is due at once; it has Final if closed (RM-044)
  drop,                     ///< forget the message
  send_close_response,      ///< CloseSequenceResponse with the final acknowledgement (RM-060)
  send_terminate_response,  ///< TerminateSequenceResponse with the final acknowledgement (RM-064)
  send_close,               ///< CloseSequence with the final acknowledgement to AcksTo (RM-062)
  send_terminate,           ///< TerminateSequence with the final acknowledgement to AcksTo (RM-065)
  settle,                   ///< nothing more will come: apply IncompleteSequenceBehavior (2.3)
  report_incomplete,        ///< tell our application if something is missing
  fault_refused,            ///< raise CreateSequenceRefused
  fault_unknown,            ///< raise UnknownSequence
  fault_closed,             ///< raise SequenceClosed, with the final acknowledgement (RM-094)
  fault_rollover,           ///< raise MessageNumberRollover
  fault_last_exceeded,      ///< raise LastMessageNumberExceeded
  fault_terminated,         ///< raise SequenceTerminated
};

using DestinationActions = ActionSet<DestinationAction>;

struct DestinationCell {
  DestinationActions actions;
  std::optional<DestinationPhase> next;  ///< absent = stay
};

inline constexpr std::size_t kDestinationPhases = 4;

/// One row: a cell for each DestinationPhase, in the order of the enumerators.
struct DestinationRow {
  DestinationEvent event;
  DestinationCell cells[kDestinationPhases];
};

/// What `version` does when `event` meets `phase`.
const DestinationCell& destination_cell(RmVersion version,
                                        DestinationEvent event,
                                        DestinationPhase phase);

/// All rows, one for each event.
std::span<const DestinationRow> destination_rows(RmVersion version);

std::string_view name_of(DestinationEvent event);
std::string_view name_of(DestinationPhase phase);

}  // namespace parley::sequences
