#pragma once

#include <string>
#include <vector>

#include "engine/profile.h"

namespace parley::policy {

/// A profile for people: one line for each thing that two peers agree on.
std::vector<std::string> describe(const engine::Profile& profile);

}  // namespace parley::policy
