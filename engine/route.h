#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/profile.h"

// Where messages go, by the address that stands for it.

namespace parley::engine {

enum class Route : std::uint8_t {
  exchanges,  ///< anonymous: the exchanges of the peer's own requests (WA-023)
  address,    ///< we send, and timers send again (WA-024)
  polled,     ///< the peer comes for them: polls and repeated requests transmit (MC-003)
  nowhere,    ///< none (WA-022)
};

/// An empty address is the default of ReplyTo: anonymous.
Route route_of(std::string_view address);

/// What `mode` asks for.
Route route_of(ReplyMode mode);

/// Whether a service under this profile sends answers by such a route at all.
bool admits(const Profile& profile, Route route);

/// Whether two URLs are the same but for the case of scheme and host (T56).
bool is_same_url(std::string_view a, std::string_view b);

/// The path of a URL, without query: "/a/b" of "http://host:80/a/b?c". Empty if there is none.
std::string_view path_of(std::string_view url);

}  // namespace parley::engine
