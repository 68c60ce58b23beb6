#pragma once

#include <functional>

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// What one message may cost, far above what it needs and far below what would hurt.
struct Bounds {
  int cpu_seconds = 5;            ///< more is a hang
  long resident_kib = 128 << 10;  ///< growth of memory in use
  long reserved_kib = 512 << 10;  ///< growth of memory asked for
};

/// Runs `judge` in a process of its own that can open no file and no socket. A crash, a hang or
/// growth beyond the bounds is a failed verdict.
Verdict run_isolated(const std::function<Verdict()>& judge, const Bounds& bounds);

}  // namespace parley::vectors
