#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sequences/action_set.h"
#include "sequences/facts.h"

// The RMS state table (reliable-messaging.md, 6) as data. RmSource takes every step from it.

namespace parley::sequences {

// Rows: X(name, what has happened).
// clang-format off
#define PARLEY_SOURCE_EVENTS(X)                                                       \
  X(app_opens,           "our application opens a sequence")                          \
  X(app_sends,           "our application sends a message")                           \
  X(create_timer,        "no answer to CreateSequence yet")                           \
  X(created,             "CreateSequenceResponse")                                    \
  X(refused,             "CreateSequenceRefused")                                     \
  X(retransmit_timer,    "no acknowledgement of a message yet")                       \
  X(ack_timer,           "it is time to ask for an acknowledgement")                  \
  X(acknowledged,        "SequenceAcknowledgement without Final")                     \
  X(acknowledged_final,  "SequenceAcknowledgement with Final")                        \
  X(acknowledged_wrong,  "a SequenceAcknowledgement that breaks its invariants")      \
  X(nacked,              "SequenceAcknowledgement with Nack")                         \
  X(rollover_fault,      "MessageNumberRollover")                                     \
  X(app_closes,          "our application has no more messages")                      \
  X(close_timer,         "no answer to CloseSequence yet")                            \
  X(peer_closes,         "CloseSequence from the RMD")                                \
  X(close_response,      "CloseSequenceResponse")                                     \
  X(closed_fault,        "SequenceClosed")                                            \
  X(app_terminates,      "the sequence is to be terminated")                          \
  X(terminate_timer,     "no answer to TerminateSequence yet")                        \
  X(peer_terminates,     "TerminateSequence from the RMD")                            \
  X(terminate_response,  "TerminateSequenceResponse")                                 \
  X(terminated_fault,    "SequenceTerminated")                                        \
  X(last_exceeded_fault, "LastMessageNumberExceeded (1.0)")                           \
  X(unknown_fault,       "UnknownSequence")                                           \
  X(expires,             "Expires has elapsed")                                       \
  X(inactive,            "the peer was silent for too long")                          \
  X(retries_exhausted,   "a message was sent in vain as often as allowed")            \
  X(unanswered,          "a lifecycle message was repeated in vain")
// clang-format on

enum class SourceEvent : std::uint8_t {
#define PARLEY_X(name, text) name,
  PARLEY_SOURCE_EVENTS(PARLEY_X)
#undef PARLEY_X
};

/// What to do besides changing state. An empty set is the table's "-": ignore, and log.
enum class SourceAction : std::uint8_t {
  send_create,     ///< CreateSequence, with the remembered identifiers
  send_close,      ///< CloseSequence with LastMsgNumber (RM-061)
  send_terminate,  ///< TerminateSequence, 1.1 with LastMsgNumber
  send_close_response,
  send_terminate_response,
  send_ack_request,       ///< AckRequested
  send_last_message,      ///< 1.0: number an empty LastMessage, unless the last message carried it
  queue,                  ///< keep the message until the sequence is open
  assign,                 ///< number, store and send the message
  flush_queue,            ///< the sequence is open: number what waits
  retransmit,             ///< send unacknowledged messages again (RmSource::due names them)
  merge,                  ///< add to the acknowledged set (RM-048)
  stop_numbering,         ///< no new numbers on this sequence
  terminate_stray,        ///< the answer named another sequence: terminate that one
  reject,                 ///< tell our application: not possible any more
  report_gaps,            ///< what the final acknowledgement lacks was not accepted
  report_loss,            ///< the outcome of what is unacknowledged is not known
  report_refused,         ///< nothing was ever sent on it
  fault_unknown,          ///< raise UnknownSequence
  fault_acknowledgement,  ///< raise InvalidAcknowledgement
  fault_terminated,       ///< raise SequenceTerminated
};

using SourceActions = ActionSet<SourceAction>;

struct SourceCell {
  SourceActions actions;
  std::optional<SourcePhase> next;  ///< absent = stay
};

inline constexpr std::size_t kSourcePhases = 6;

/// One row: a cell for each SourcePhase, in the order of the enumerators.
struct SourceRow {
  SourceEvent event;
  SourceCell cells[kSourcePhases];
};

/// What `version` does when `event` meets `phase`.
const SourceCell& source_cell(RmVersion version, SourceEvent event, SourcePhase phase);

/// All rows, one for each event.
std::span<const SourceRow> source_rows(RmVersion version);

std::string_view name_of(SourceEvent event);
std::string_view name_of(SourcePhase phase);

}  // namespace parley::sequences
