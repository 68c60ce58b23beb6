#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley {

/// A closed interval [first, second] of numbers, first <= second.
using Interval = std::pair<std::uint64_t, std::uint64_t>;

/// A set of numbers, kept as sorted intervals that neither overlap nor touch. Its cost follows the
/// number of intervals, never how many numbers lie in them: finding is logarithmic, appending at
/// the end constant, inserting in the middle moves the intervals behind it.
class IntervalSet {
 public:
  IntervalSet() = default;

  /// Takes intervals in any order, merging what overlaps or touches. Errors: malformed_value if one
  /// of them is upside down; limit_exceeded if more than `intervals_max` remain.
  static Result<IntervalSet> from(const std::vector<Interval>& intervals,
                                  std::size_t intervals_max);

  /// How many intervals there would be after adding `added`; changes nothing.
  std::size_t interval_count_with(Interval added) const;

  /// Adds an interval, which must not be upside down.
  void insert(Interval added);

  /// Adds an interval unless more than `intervals_max` would remain: then limit_exceeded, and
  /// nothing has changed. malformed_value if it is upside down.
  Result<void> insert(Interval added, std::size_t intervals_max);

  /// Adds all of `other`.
  void insert(const IntervalSet& other);

  bool contains(std::uint64_t number) const;

  /// Whether all of `interval` is in the set.
  bool contains(Interval interval) const;

  /// Whether every number of `other` is in this set.
  bool includes(const IntervalSet& other) const;

  bool empty() const { return intervals_.empty(); }

  /// Sorted, merged.
  const std::vector<Interval>& intervals() const { return intervals_; }

  /// Highest number; 0 if empty.
  std::uint64_t highest() const { return intervals_.empty() ? 0 : intervals_.back().second; }

  /// How many numbers; UINT64_MAX if there are more.
  std::uint64_t size() const;

  /// The lowest number from `from` on that is not in the set. UINT64_MAX if the set holds all of
  /// them.
  std::uint64_t first_missing(std::uint64_t from) const;

  /// What is missing of `within`, as intervals from the lowest on, at most `intervals_max` of them.
  std::vector<Interval> gaps(Interval within, std::size_t intervals_max) const;

  /// What of this set is not in `other`.
  IntervalSet without(const IntervalSet& other) const;

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace parley
