#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace parley::engine {

/// When something without an answer is tried again: at once, then after pauses that double.
struct Retry {
  MonoTime due;  ///< zero = at once
  std::uint64_t tries = 0;

  bool is_due(MonoTime now) const { return now >= due; }

  /// A try has begun.
  void tried(MonoTime now, Duration base, Duration cap) {
    const std::uint64_t doublings = std::min<std::uint64_t>(tries, 20);
    due = now + std::min(cap, base * (std::int64_t{1} << doublings));
    ++tries;
  }
};

}  // namespace parley::engine
