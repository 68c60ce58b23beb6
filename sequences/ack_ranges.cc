#include "sequences/ack_ranges.h"

#include <algorithm>

namespace parley::sequences {
namespace {

Error invalid() {
  return Error(ErrorCode::acknowledgement_invalid, "acknowledgement ranges");
}

}  // namespace

Result<IntervalSet> parse_ack_ranges(const NumberRanges& ranges,
                                     RmVersion version,
                                     std::uint64_t ranges_max) {
  if (ranges.size() > ranges_max) {
    return invalid();
  }
  // RM-043: 1.0 has no None.
  if (version == RmVersion::rm_1_0 && ranges.size() == 1 && ranges.front() == NumberRange(0, 0)) {
    return IntervalSet();
  }
  NumberRanges sorted = ranges;
  std::sort(sorted.begin(), sorted.end());
  std::uint64_t previous = 0;
  for (const NumberRange& range : sorted) {
    // RM-041; 0 is caught too, since `previous` starts there.
    if (range.first <= previous || range.first > range.second || range.second > kNumberMax) {
      return invalid();
    }
    previous = range.second;
  }
  return IntervalSet::from(sorted, sorted.size());
}

AckStanding judge_ack(const IntervalSet& stated,
                      const IntervalSet& known,
                      std::uint64_t highest_sent) {
  if (stated.highest() > highest_sent || stated.contains(0)) {
    return AckStanding::invalid;
  }
  if (known.includes(stated)) {
    return AckStanding::old;
  }
  return stated.includes(known) ? AckStanding::advance : AckStanding::invalid;
}

}  // namespace parley::sequences
