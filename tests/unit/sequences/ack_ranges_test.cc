#include "sequences/ack_ranges.h"

#include <catch2/catch.hpp>

namespace parley::sequences {
namespace {

constexpr auto k10 = RmVersion::rm_1_0;
constexpr auto k11 = RmVersion::rm_1_1;

IntervalSet set_of(const NumberRanges& ranges) {
  return IntervalSet::from(ranges, SIZE_MAX).value();
}

TEST_CASE("RM-041: ranges come in any order, adjacent or not, but never overlap") {
  CHECK(parse_ack_ranges({{5, 9}, {1, 3}}, k11, 128).value() == set_of({{1, 3}, {5, 9}}));
  CHECK(parse_ack_ranges({{4, 9}, {1, 3}}, k11, 128).value() == set_of({{1, 9}}));
  CHECK_FALSE(parse_ack_ranges({{1, 5}, {5, 9}}, k11, 128));
  CHECK_FALSE(parse_ack_ranges({{1, 9}, {3, 4}}, k11, 128));
  CHECK_FALSE(parse_ack_ranges({{2, 2}, {2, 2}}, k10, 128));
  CHECK_FALSE(parse_ack_ranges({{3, 1}}, k11, 128));
  CHECK(parse_ack_ranges({{3, 1}}, k11, 128).error().code() == ErrorCode::acknowledgement_invalid);
}

TEST_CASE("RM-043: 0-0 is None in 1.0 and wrong in 1.1") {
  CHECK(parse_ack_ranges({{0, 0}}, k10, 128).value().empty());
  CHECK_FALSE(parse_ack_ranges({{0, 0}}, k11, 128));
  CHECK_FALSE(parse_ack_ranges({{0, 1}}, k10, 128));
  CHECK_FALSE(parse_ack_ranges({{0, 0}, {1, 1}}, k10, 128));
  CHECK(parse_ack_ranges({}, k11, 128).value().empty());
}

TEST_CASE("RM-033: numbers end at 2^63-1") {
  CHECK(parse_ack_ranges({{1, kNumberMax}}, k11, 128));
  CHECK_FALSE(parse_ack_ranges({{1, kNumberMax + 1}}, k11, 128));
  CHECK_FALSE(parse_ack_ranges({{1, UINT64_MAX}}, k10, 128));
}

TEST_CASE("ack_ranges_max holds at its value and not beyond") {
  NumberRanges ranges;
  for (std::uint64_t n = 0; n < 128; ++n) {
    ranges.emplace_back(2 * n + 1, 2 * n + 1);
  }
  CHECK(parse_ack_ranges(ranges, k11, 128));
  ranges.emplace_back(1000, 1000);
  CHECK_FALSE(parse_ack_ranges(ranges, k11, 128));
}

TEST_CASE("RM-047: an acknowledgement is old, an advance, or invalid") {
  const IntervalSet known = set_of({{1, 3}, {5, 5}});
  CHECK(judge_ack(known, known, 9) == AckStanding::old);
  CHECK(judge_ack(set_of({{1, 2}}), known, 9) == AckStanding::old);  // overtaken on its way
  CHECK(judge_ack({}, known, 9) == AckStanding::old);
  CHECK(judge_ack(set_of({{1, 5}}), known, 9) == AckStanding::advance);
  CHECK(judge_ack(set_of({{1, 9}}), known, 9) == AckStanding::advance);
  CHECK(judge_ack(set_of({{1, 10}}), known, 9) == AckStanding::invalid);
  CHECK(judge_ack(set_of({{1, 2}, {4, 5}}), known, 9) == AckStanding::invalid);  // adds 4, drops 3
  CHECK(judge_ack(set_of({{1, 1}}), {}, 0) == AckStanding::invalid);
  // Flaw 22: a huge range costs nothing.
  CHECK(judge_ack(set_of({{1, kNumberMax}}), known, 9) == AckStanding::invalid);
}

}  // namespace
}  // namespace parley::sequences
