#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/profile.h"

namespace parley::policy {

/// "none", "1.0", "1.1"; "none", "2005/02", "1.3": the words of preferences and settings.
std::string_view rm_word(const std::optional<sequences::RmVersion>& version);
std::string_view sc_word(const std::optional<contexts::TrustFamily>& family);

/// A profile for people: one line for each thing that two peers agree on.
std::vector<std::string> describe(const engine::Profile& profile);

}  // namespace parley::policy
