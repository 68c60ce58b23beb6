#include "base/limits.h"

namespace parley {
namespace {

constexpr LimitRow kRows[] = {
#define PARLEY_X(name, value, unit, reason) {#name, &Limits::name, value, unit, reason},
    PARLEY_LIMITS(PARLEY_X)
#undef PARLEY_X
};

}  // namespace

std::span<const LimitRow> limit_rows() { return kRows; }

}  // namespace parley
