#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/profile.h"

namespace parley::cli {

/// One thing that two peers must agree on, as it is written on a command line.
struct ProfileField {
  std::string_view name;
  std::vector<std::string_view> values;  ///< all that there are; of a free text, its form
  std::string_view reason;
  std::function<std::string(const engine::Profile&)> get;
  /// False for a value that it cannot have: then nothing was set.
  std::function<bool(engine::Profile&, std::string_view value)> set;
};

/// In the order in which they are shown.
std::span<const ProfileField> profile_fields();

}  // namespace parley::cli
