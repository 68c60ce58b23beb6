#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "engine/ids.h"

namespace parley::engine {

// What may be observed: X(name, text). Numbers only: no secret, no body, no peer text.
// clang-format off
#define PARLEY_EVENTS(X)                                                                              \
  X(conversation_opened,    "a conversation was opened")                                              \
  X(conversation_ended,     "a conversation has ended")                                               \
  X(context_established,    "a security context was established")                                     \
  X(context_renewed,        "a security context got a new key")                                       \
  X(context_cancelled,      "a security context was cancelled")                                       \
  X(context_lost,           "a security context was lost or has expired")                             \
  X(sequence_created,       "a sequence was created")                                                 \
  X(sequence_closed,        "a sequence was closed")                                                  \
  X(sequence_ended,         "a sequence has ended")                                                   \
  X(message_sent,           "a numbered message was sent for the first time; number")                 \
  X(message_retransmitted,  "a numbered message was sent again; number")                              \
  X(message_acknowledged,   "all messages up to this number are acknowledged; number")                \
  X(message_accepted,       "a numbered message was accepted; number")                                \
  X(duplicate_dropped,      "a numbered message came again; number")                                  \
  X(reply_repeated,         "a stored reply was sent again; number")                                  \
  X(message_refused,        "a message was refused; reason")                                          \
  X(replay_refused,         "an unnumbered message came again")                                       \
  X(unsecured_fault,        "a fault without protection came: a hint only; reason")                   \
  X(peer_fault,             "the peer sent a protected fault; reason")                                \
  X(request_failed,         "a request of ours got no answer")                                        \
  X(build_failed,           "a message could not be written or protected; reason")                    \
  X(limit_reached,          "a limit was reached; reason")
// clang-format on

enum class EventKind : std::uint8_t {
#define PARLEY_X(name, text) name,
  PARLEY_EVENTS(PARLEY_X)
#undef PARLEY_X
};

std::string_view name_of(EventKind kind);

/// The sentence of the table; after a semicolon, what the event's other members hold.
std::string_view text_of(EventKind kind);

/// An observation, for logs, metrics and tests. Lost without harm.
struct Event {
  EventKind kind = EventKind::conversation_opened;
  ConversationId conversation;  ///< zero = none
  std::uint64_t number = 0;
  ErrorCode reason = ErrorCode::internal_failure;  ///< where the table says so
};

}  // namespace parley::engine
