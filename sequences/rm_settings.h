#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"

namespace parley::sequences {

/// The versions of the wire. 1.1 and 1.2 share one namespace and one format (reliable-messaging.md,
/// 1).
enum class RmVersion : std::uint8_t { rm_1_0, rm_1_1 };

/// What receiver and application agree on (9.1). Each may be in order or not.
enum class DeliveryAssurance : std::uint8_t { at_most_once, at_least_once, exactly_once };

/// What becomes of a sequence that ends with gaps (2.3).
enum class IncompleteBehavior : std::uint8_t {
  no_discard,                   ///< deliver what was accepted
  discard_following_first_gap,  ///< deliver what lies before the first gap
  discard_entire_sequence,      ///< deliver nothing; delivery waits for the end
};

// Habits of one side in matters of sequences: X(name, default, unit, reason). Bounds on what a peer
// can make us do stand in base/limits.h, and hold whatever is set here.
// clang-format off
#define PARLEY_RM_SETTINGS(X)                                                                               \
  /* sending again (section 8.2) */                                                                         \
  X(retransmit_base_ms,         2000,   "ms",       "first wait for an acknowledgement, until a round trip was measured (RM-100)") \
  X(retransmit_max_ms,          60000,  "ms",       "longest wait (RM-100)")                                  \
  X(retransmit_backoff,         2,      "factor",   "each wait is so many times the one before; 1 = constant (RM-100)") \
  X(retransmit_jitter_permille, 125,    "permille", "a wait is lengthened by a random part of at most this; 125 at most (RM-100)") \
  X(retransmit_tries_max,       12,     "count",    "transmissions of one message before the sequence is given up; 0 = no end (RM-102)") \
  X(retransmit_adaptive,        1,      "0 or 1",   "waits follow measured round trips, the window shrinks on loss (RM-103)") \
  X(retransmit_margin_ms,       400,    "ms",       "adaptive: least time beyond the mean round trip (RM-103)") \
  X(retransmit_batch,           32,     "count",    "messages sent again at one time")                        \
  X(peer_ack_interval_ms,       200,    "ms",       "how long the peer may delay an acknowledgement (RM-101)") \
  X(window,                     256,    "count",    "numbered messages under way; 0 counts as 1, at most source_window_max") \
  X(lifecycle_retry_ms,         2000,   "ms",       "Create, Close and Terminate are repeated after; doubles (RM-105)") \
  X(lifecycle_tries_max,        8,      "count",    "and given up after so many; 0 = no end")                 \
  X(number_max,                 9223372036854775807, "number", "highest message number sent or accepted (RM-033)") \
  /* receiving */                                                                                           \
  X(buffer,                     256,    "count",    "accepted messages that wait; at most destination_buffer_max") \
  X(ack_interval_ms,            200,    "ms",       "an acknowledgement may wait for company so long; 0 = at once") \
  X(ack_count,                  16,     "count",    "or until so many messages wait for it")                  \
  X(nack_send,                  0,      "0 or 1",   "name missing numbers in a Nack besides (RM-045)")        \
  X(nack_read,                  1,      "0 or 1",   "send again what a Nack names (RM-045)")                  \
  X(nacks_max,                  16,     "count",    "numbers in one Nack of ours, and heeded in one of the peer's") \
  X(buffer_remaining_send,      1,      "0 or 1",   "tell the free places of the buffer (RM-120)")            \
  X(buffer_remaining_read,      1,      "0 or 1",   "heed the free places that the peer tells (RM-121)")      \
  X(buffer_poll_ms,             2000,   "ms",       "a peer without free places is asked after (RM-121)")     \
  X(invalid_acks_max,           8,      "count",    "invalid acknowledgements before the sequence is terminated (RM-047)") \
  /* life (section 8.3) */                                                                                  \
  X(expires_ms,                 0,      "ms",       "lifetime asked for, and the longest granted; 0 = for ever (RM-020)") \
  X(inactivity_ms,              600000, "ms",       "a sequence ends when the peer was silent for; 0 = never (RM-110)") \
  X(keep_alive_ms,              300000, "ms",       "a silent peer is asked for a sign of life after; 0 = never (RM-112)") \
  X(keep_alive_retry_ms,        37500,  "ms",       "and again after (RM-112)")                               \
  X(tombstone_ms,               600000, "ms",       "an ended sequence is remembered for (RM-066)")

// clang-format on

struct RmSettings {
#define PARLEY_X(name, value, unit, reason) std::uint64_t name = value;
  PARLEY_RM_SETTINGS(PARLEY_X)
#undef PARLEY_X

  DeliveryAssurance assurance = DeliveryAssurance::exactly_once;
  bool in_order = true;
  /// Told in CreateSequenceResponse and in an Offer (1.1), and kept to by our destination.
  IncompleteBehavior incomplete = IncompleteBehavior::no_discard;

  friend bool operator==(const RmSettings&, const RmSettings&) = default;
};

/// A row of the table, for generated documentation and for command lines.
struct RmSettingRow {
  std::string_view name;
  std::uint64_t RmSettings::*field;
  std::uint64_t value;
  std::string_view unit;
  std::string_view reason;
};

std::span<const RmSettingRow> rm_setting_rows();

/// A setting as a duration; capped at some thousand years, so that no clock overflows.
Duration milliseconds(std::uint64_t ms);

/// As on the wire: "NoDiscard", "DiscardFollowingFirstGap", "DiscardEntireSequence".
std::string_view name_of(IncompleteBehavior behavior);

/// "AtMostOnce", "AtLeastOnce", "ExactlyOnce".
std::string_view name_of(DeliveryAssurance assurance);

}  // namespace parley::sequences
