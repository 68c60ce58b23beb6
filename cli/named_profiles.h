#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cli/settings_tables.h"

namespace parley::cli {

/// A set of values under a name: what one kind of peer expects, and the habits that suit it. All of
/// it is data; nothing below the program knows such a name.
struct NamedProfile {
  std::string_view name;
  std::string_view about;
  /// Where it differs from the defaults: "name=value", as --set takes it.
  std::vector<std::string_view> values;
};

/// The first is the default.
std::span<const NamedProfile> named_profiles();

/// The defaults with the values of that profile. Throws Failure (usage) for an unknown name.
Settings settings_of(std::string_view name);

}  // namespace parley::cli
