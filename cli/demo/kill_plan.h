#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace parley::cli {

enum class Side : std::uint8_t { client, service };

std::string_view name_of(Side side);

/// One SIGKILL.
struct Kill {
  Side victim = Side::client;
  std::uint64_t at_message = 0;       ///< when so many were delivered …
  Duration delay{0};                  ///< … and this long after
  Duration away{0};                   ///< how long the process stays away
  bool again_while_starting = false;  ///< it dies once more, `again_after` its next start
  Duration again_after{0};
};

/// The moments at which the processes die: spread over the run, at random places, in the order in
/// which they come. A function of the seed alone. Each side dies `kills` times, and the last of
/// these hits it soon after a start, while it recovers.
std::vector<Kill> plan_kills(std::uint64_t seed, std::uint64_t messages, std::uint64_t kills);

}  // namespace parley::cli
