#pragma once

namespace parley {

/// Prints the broken promise and its place, then aborts. Never called for a peer's data.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace parley

/// An assertion that is always on. States what we guarantee ourselves; one condition each.
#define PARLEY_CHECK(condition)                                      \
  do {                                                               \
    if (!(condition)) [[unlikely]] {                                 \
      ::parley::check_failed(#condition, __FILE__, __LINE__);        \
    }                                                                \
  } while (false)
