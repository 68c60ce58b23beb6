#pragma once

#include <cstdint>

namespace parley::policy {

// What a policy document can make us do, besides the bounds on every document (base/limits.h):
// X(name, default, unit, reason).
// clang-format off
#define PARLEY_POLICY_LIMITS(X)                                                                       \
  X(alternatives_max, 4096,    "count",  "alternatives of one policy: expansion is exponential (WP-005)") \
  X(depth_max,        32,      "levels", "operators within operators, references followed (WP-005)")      \
  X(steps_max,        1000000, "count",  "operators visited, assertions copied or compared, for one service") \
  X(documents_max,    64,      "count",  "documents of one service description")

// clang-format on

struct PolicyLimits {
#define PARLEY_X(name, value, unit, reason) std::uint64_t name = value;
  PARLEY_POLICY_LIMITS(PARLEY_X)
#undef PARLEY_X
};

}  // namespace parley::policy
