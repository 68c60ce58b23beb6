#include "host/clock.h"

namespace parley::host {
namespace {

template <class Clock>
std::int64_t ms_of() {
  return std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Now read_clocks() {
  return {{ms_of<std::chrono::system_clock>()}, {ms_of<std::chrono::steady_clock>()}};
}

}  // namespace parley::host
