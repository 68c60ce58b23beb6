#include "base/interval_set.h"

#include <cstdint>
#include <random>
#include <set>

#include <catch2/catch.hpp>

namespace parley {
namespace {

using Intervals = std::vector<Interval>;

IntervalSet set_of(const Intervals& intervals) {
  return IntervalSet::from(intervals, SIZE_MAX).value();
}

TEST_CASE("IntervalSet merges what overlaps or touches") {
  CHECK(set_of({{5, 9}, {1, 3}}).intervals() == Intervals{{1, 3}, {5, 9}});
  CHECK(set_of({{4, 4}, {1, 3}, {5, 9}}).intervals() == Intervals{{1, 9}});
  CHECK(set_of({{1, 10}, {3, 4}, {10, 12}}).intervals() == Intervals{{1, 12}});
  IntervalSet set = set_of({{1, 1}, {3, 3}, {5, 5}, {9, 9}});
  set.insert({2, 6});
  CHECK(set.intervals() == Intervals{{1, 6}, {9, 9}});
}

TEST_CASE("IntervalSet knows its edges") {
  IntervalSet set = set_of({{0, 0}, {UINT64_MAX, UINT64_MAX}});
  CHECK(set.contains(0));
  CHECK(set.contains(UINT64_MAX));
  CHECK_FALSE(set.contains(1));
  CHECK(set.size() == 2);
  set.insert({1, UINT64_MAX - 1});
  CHECK(set.intervals() == Intervals{{0, UINT64_MAX}});
  CHECK(set.size() == UINT64_MAX);  // one more than fits
  CHECK(set.first_missing(7) == UINT64_MAX);
  CHECK(set.gaps({0, UINT64_MAX}, 10).empty());
  CHECK(set_of({}).gaps({0, UINT64_MAX}, 10) == Intervals{{0, UINT64_MAX}});
  CHECK(set_of({}).first_missing(1) == 1);
}

TEST_CASE("IntervalSet refuses one interval beyond its cap, and changes nothing") {
  IntervalSet set;
  for (std::uint64_t n = 0; n < 128; ++n) {
    REQUIRE(set.insert({2 * n + 1, 2 * n + 1}, 128));
  }
  const IntervalSet before = set;
  const auto refused = set.insert({1000, 1000}, 128);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == ErrorCode::limit_exceeded);
  CHECK(set == before);
  CHECK(set.insert({2, 2}, 128));  // merging needs no place
  CHECK(set.intervals().size() == 127);
  CHECK(set.insert({1000, 1000}, 128));
  CHECK_FALSE(set.insert({9, 8}, 128));
  CHECK_FALSE(IntervalSet::from({{2, 1}}, 9));
  CHECK(IntervalSet::from({{1, 1}, {3, 3}}, 2));
  CHECK_FALSE(IntervalSet::from({{1, 1}, {3, 3}, {5, 5}}, 2));
}

TEST_CASE("IntervalSet agrees with a set of numbers") {
  std::mt19937 random(20261);
  for (int round = 0; round < 300; ++round) {
    IntervalSet a;
    IntervalSet b;
    std::set<std::uint64_t> a_model;
    std::set<std::uint64_t> b_model;
    for (int i = 0; i < 12; ++i) {
      const std::uint64_t first = random() % 50;
      const std::uint64_t last = first + random() % 6;
      const bool to_a = random() % 2 == 0;
      (to_a ? a : b).insert({first, last});
      for (std::uint64_t n = first; n <= last; ++n) {
        (to_a ? a_model : b_model).insert(n);
      }
    }
    const IntervalSet left = a.without(b);
    bool includes = true;
    for (std::uint64_t n = 0; n < 60; ++n) {
      REQUIRE(a.contains(n) == a_model.contains(n));
      REQUIRE(left.contains(n) == (a_model.contains(n) && !b_model.contains(n)));
      includes = includes && (!b_model.contains(n) || a_model.contains(n));
    }
    REQUIRE(a.size() == a_model.size());
    REQUIRE(a.includes(b) == includes);
    REQUIRE(a.without(left).size() + left.size() == a.size());
    IntervalSet whole = a;
    for (const Interval& gap : a.gaps({0, 59}, SIZE_MAX)) {
      REQUIRE_FALSE(a.contains(gap.first));
      whole.insert(gap);
    }
    REQUIRE(whole.contains({0, 59}));
    REQUIRE(a.first_missing(0) == (a.gaps({0, 99}, 1).front().first));
    for (std::size_t i = 1; i < a.intervals().size(); ++i) {
      REQUIRE(a.intervals()[i - 1].second + 1 < a.intervals()[i].first);
    }
    IntervalSet joined = a;
    joined.insert(b);
    REQUIRE(joined.includes(a));
    REQUIRE(joined.includes(b));
  }
}

TEST_CASE("IntervalSet never loops over numbers") {
  IntervalSet set = set_of({{1, UINT64_MAX / 2}});
  set.insert({UINT64_MAX / 2 + 5, UINT64_MAX - 1});
  CHECK(set.gaps({1, UINT64_MAX}, 1) == Intervals{{UINT64_MAX / 2 + 1, UINT64_MAX / 2 + 4}});
  CHECK(set.without(set_of({{2, UINT64_MAX}})).intervals() == Intervals{{1, 1}});
}

}  // namespace
}  // namespace parley
