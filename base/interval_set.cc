#include "base/interval_set.h"

#include <algorithm>
#include <cstdint>

namespace parley {
namespace {

// Whether `a` ends before `b` begins and the two do not touch. Written so that nothing overflows.
bool lies_before(const Interval& a, const Interval& b) {
  return a.second < b.first && b.first - a.second > 1;
}

// The intervals of `sorted` that overlap or touch `added`, as a half-open index range.
std::pair<std::size_t, std::size_t> touched(const std::vector<Interval>& sorted,
                                            const Interval& added) {
  // Appending is the common case.
  if (sorted.empty() || lies_before(sorted.back(), added)) {
    return {sorted.size(), sorted.size()};
  }
  const auto first = std::partition_point(sorted.begin(), sorted.end(),
                                          [&](const Interval& i) { return lies_before(i, added); });
  const auto last = std::partition_point(first, sorted.end(),
                                         [&](const Interval& i) { return !lies_before(added, i); });
  return {static_cast<std::size_t>(first - sorted.begin()),
          static_cast<std::size_t>(last - sorted.begin())};
}

}  // namespace

Result<IntervalSet> IntervalSet::from(const std::vector<Interval>& intervals,
                                      std::size_t intervals_max) {
  for (const Interval& interval : intervals) {
    if (interval.first > interval.second) {
      return Error(ErrorCode::malformed_value, "interval set");
    }
  }
  std::vector<Interval> sorted = intervals;
  std::sort(sorted.begin(), sorted.end());
  IntervalSet set;
  for (const Interval& interval : sorted) {
    set.insert(interval);  // in order, so each is appended or merged with the last
  }
  if (set.intervals_.size() > intervals_max) {
    return Error(ErrorCode::limit_exceeded, "interval set");
  }
  return set;
}

std::size_t IntervalSet::interval_count_with(Interval added) const {
  const auto [first, last] = touched(intervals_, added);
  return intervals_.size() + 1 - (last - first);
}

void IntervalSet::insert(Interval added) {
  PARLEY_CHECK(added.first <= added.second);
  const auto [first, last] = touched(intervals_, added);
  if (first == last) {
    intervals_.insert(intervals_.begin() + static_cast<std::ptrdiff_t>(first), added);
    return;
  }
  intervals_[first].first = std::min(intervals_[first].first, added.first);
  intervals_[first].second = std::max(intervals_[last - 1].second, added.second);
  intervals_.erase(intervals_.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                   intervals_.begin() + static_cast<std::ptrdiff_t>(last));
}

Result<void> IntervalSet::insert(Interval added, std::size_t intervals_max) {
  if (added.first > added.second) {
    return Error(ErrorCode::malformed_value, "interval set");
  }
  if (interval_count_with(added) > intervals_max) {
    return Error(ErrorCode::limit_exceeded, "interval set");
  }
  insert(added);
  return {};
}

void IntervalSet::insert(const IntervalSet& other) {
  for (const Interval& interval : other.intervals_) {
    insert(interval);
  }
}

bool IntervalSet::contains(std::uint64_t number) const {
  return contains({number, number});
}

bool IntervalSet::contains(Interval interval) const {
  const auto after =
      std::partition_point(intervals_.begin(), intervals_.end(),
                           [&](const Interval& i) { return i.first <= interval.first; });
  return after != intervals_.begin() && std::prev(after)->second >= interval.second;
}

bool IntervalSet::includes(const IntervalSet& other) const {
  return std::all_of(other.intervals_.begin(), other.intervals_.end(),
                     [&](const Interval& i) { return contains(i); });
}

std::uint64_t IntervalSet::size() const {
  std::uint64_t total = 0;
  for (const Interval& interval : intervals_) {
    const std::uint64_t length = interval.second - interval.first;  // one less than it holds
    if (length >= UINT64_MAX - total) {
      return UINT64_MAX;
    }
    total += length + 1;
  }
  return total;
}

std::uint64_t IntervalSet::first_missing(std::uint64_t from) const {
  const auto found = std::partition_point(intervals_.begin(), intervals_.end(),
                                          [&](const Interval& i) { return i.second < from; });
  if (found == intervals_.end() || found->first > from) {
    return from;
  }
  return found->second == UINT64_MAX ? UINT64_MAX : found->second + 1;
}

std::vector<Interval> IntervalSet::gaps(Interval within, std::size_t intervals_max) const {
  std::vector<Interval> found;
  std::uint64_t from = within.first;
  auto next = std::partition_point(intervals_.begin(), intervals_.end(),
                                   [&](const Interval& i) { return i.second < from; });
  while (from <= within.second && found.size() < intervals_max) {
    if (next == intervals_.end() || next->first > within.second) {
      found.emplace_back(from, within.second);
      break;
    }
    if (next->first > from) {
      found.emplace_back(from, next->first - 1);
    }
    if (next->second >= within.second) {
      break;
    }
    from = next->second + 1;
    ++next;
  }
  return found;
}

IntervalSet IntervalSet::without(const IntervalSet& other) const {
  IntervalSet left;
  auto cut = other.intervals_.begin();
  for (const Interval& interval : intervals_) {
    std::uint64_t from = interval.first;
    bool is_used_up = false;
    while (cut != other.intervals_.end() && cut->second < from) {
      ++cut;
    }
    // `cut` may also reach into the next interval, so it is not moved past one that does.
    auto here = cut;
    while (here != other.intervals_.end() && here->first <= interval.second) {
      if (here->first > from) {
        left.intervals_.emplace_back(from, here->first - 1);
      }
      if (here->second >= interval.second) {
        is_used_up = true;
        break;
      }
      from = here->second + 1;
      ++here;
    }
    cut = here;
    if (!is_used_up) {
      left.intervals_.emplace_back(from, interval.second);
    }
  }
  return left;
}

}  // namespace parley
