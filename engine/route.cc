#include "engine/route.h"

#include <algorithm>

#include "engine/wire_names.h"

namespace parley::engine {

Route route_of(std::string_view address) {
  if (address.empty() || address == kAnonymousAddress) {
    return Route::exchanges;
  }
  if (address == kNoneAddress) {
    return Route::nowhere;
  }
  // MC-003: never taken for an address on the network.
  return address.starts_with(kPolledPrefix) ? Route::polled : Route::address;
}

Route route_of(ReplyMode mode) {
  switch (mode) {
    case ReplyMode::anonymous:
      return Route::exchanges;
    case ReplyMode::addressable:
      return Route::address;
    case ReplyMode::polled:
      return Route::polled;
  }
  return Route::exchanges;
}

bool admits(const Profile& profile, Route route) {
  return route == Route::exchanges || route == Route::nowhere || route == route_of(profile.reply) ||
         (profile.acks && route == route_of(*profile.acks));
}

bool is_same_url(std::string_view a, std::string_view b) {
  const auto path_at = [](std::string_view url) {
    const std::size_t host = url.find("://");
    return host == std::string_view::npos ? 0 : std::min(url.find('/', host + 3), url.size());
  };
  const std::size_t path = path_at(a);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return path == path_at(b) && a.substr(path) == b.substr(path) &&
         std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(path), b.begin(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view path_of(std::string_view url) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) {
    return {};
  }
  const std::size_t path = url.find('/', host + 3);
  return path == std::string_view::npos ? std::string_view()
                                        : url.substr(path, url.find_first_of("?#", path) - path);
}

}  // namespace parley::engine
