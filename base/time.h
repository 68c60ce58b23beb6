#pragma once

#include <chrono>
#include <cstdint>

namespace parley {

using Duration = std::chrono::milliseconds;

/// A point on the wall clock, UTC, in milliseconds since 1970. Survives a restart; may jump.
struct WallTime {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(WallTime, WallTime) = default;

  friend constexpr WallTime operator+(WallTime t, Duration d) { return {t.ms + d.count()}; }

  friend constexpr WallTime operator-(WallTime t, Duration d) { return {t.ms - d.count()}; }

  friend constexpr Duration operator-(WallTime a, WallTime b) { return Duration(a.ms - b.ms); }
};

/// A point on the monotonic clock of this process, in milliseconds. Never jumps; is meaningless
/// after a restart.
struct MonoTime {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(MonoTime, MonoTime) = default;

  friend constexpr MonoTime operator+(MonoTime t, Duration d) { return {t.ms + d.count()}; }

  friend constexpr MonoTime operator-(MonoTime t, Duration d) { return {t.ms - d.count()}; }

  friend constexpr Duration operator-(MonoTime a, MonoTime b) { return Duration(a.ms - b.ms); }
};

/// "No deadline".
inline constexpr MonoTime kNever{INT64_MAX};

/// One reading of both clocks, taken once per turn by the host.
struct Now {
  WallTime wall;
  MonoTime mono;
};

}  // namespace parley
