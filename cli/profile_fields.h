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
  std::vector<std::string_view> values;
  std::string_view reason;
  std::function<std::string_view(const engine::Profile&)> get;
  /// `value` is one of `values`.
  std::function<void(engine::Profile&, std::string_view value)> set;
};

/// In the order in which they are shown.
std::span<const ProfileField> profile_fields();

}  // namespace parley::cli
