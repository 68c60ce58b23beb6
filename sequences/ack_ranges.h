#pragma once

#include <cstdint>

#include "base/interval_set.h"
#include "base/result.h"
#include "sequences/facts.h"

// The ranges of one SequenceAcknowledgement, judged (reliable-messaging.md, 2.5).

namespace parley::sequences {

/// 2^63-1: both versions stop there (RM-033).
inline constexpr std::uint64_t kNumberMax = 9223372036854775807u;

/// Takes ranges as they stand on the wire, in any order, adjacent ones too. In 1.0, 0-0 alone means
/// that nothing was accepted (RM-043). Errors, all acknowledgement_invalid: Lower above Upper,
/// number 0, a number above 2^63-1, ranges that overlap (RM-041), more than `ranges_max` of them.
Result<IntervalSet> parse_ack_ranges(const NumberRanges& ranges,
                                     RmVersion version,
                                     std::uint64_t ranges_max);

/// What an acknowledgement says beside what is known (RM-047).
enum class AckStanding : std::uint8_t {
  old,      ///< nothing new: the same again, or overtaken on its way
  advance,  ///< everything known, and more
  invalid,  ///< names numbers that were never sent, or adds some while it drops others
};

/// `known` is the acknowledged set, `highest_sent` the highest number bound to a message.
AckStanding judge_ack(const IntervalSet& stated,
                      const IntervalSet& known,
                      std::uint64_t highest_sent);

}  // namespace parley::sequences
