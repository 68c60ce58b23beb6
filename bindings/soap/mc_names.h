#pragma once

#include <string_view>

// WS-MakeConnection 1.0 and 1.1, which share one namespace (make-connection.md, section 1).

#define PARLEY_MC "http://docs.oasis-open.org/ws-rx/wsmc/200702"

namespace parley::soap {

inline constexpr std::string_view kMc = PARLEY_MC;
inline constexpr std::string_view kMakeConnectionAction = PARLEY_MC "/MakeConnection";
inline constexpr std::string_view kMcFaultAction = PARLEY_MC "/fault";

}  // namespace parley::soap

#undef PARLEY_MC
