#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace parley {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: promise broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace parley
