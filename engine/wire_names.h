#pragma once

#include <string_view>

namespace parley::engine {

// Addresses with a meaning of their own, in the one spelling that the engine knows (message.h).

/// The back-channel of the request (WA-023).
inline constexpr std::string_view kAnonymousAddress = "http://www.w3.org/2005/08/addressing/anonymous";

/// Nowhere (WA-022).
inline constexpr std::string_view kNoneAddress = "http://www.w3.org/2005/08/addressing/none";

/// What follows names a client that fetches its messages (make-connection.md, 1).
inline constexpr std::string_view kPolledPrefix =
    "http://docs.oasis-open.org/ws-rx/wsmc/200702/anonymous?id=";

}  // namespace parley::engine
