#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "contexts/context_settings.h"
#include "engine/engine_settings.h"
#include "engine/profile.h"

namespace parley::cli {

/// All that can be set of how a program speaks, by the names of the tables.
struct Settings {
  engine::Profile profile;
  engine::EngineSettings engine;
  contexts::ContextSettings contexts;
  Limits limits;
};

/// Sets "name=value". Throws Failure (usage) for an unknown name or a value out of its range.
void set(Settings& settings, const std::string& assignment);

/// What one setting is set to.
struct SettingValue {
  std::string name;
  std::string value;
  bool is_default = false;
  bool is_agreed_on = false;  ///< with the peer: of the profile
};

/// All but the limits, in the order of the tables.
std::vector<SettingValue> values_of(const Settings& settings);

/// One setting as it is shown.
struct SettingLine {
  std::string name;
  std::string value;  ///< default
  std::string unit;   ///< or the values that there are
  std::string reason;
};

struct SettingTable {
  std::string title;
  std::string about;
  std::vector<SettingLine> lines;
};

/// Every setting and limit, table by table.
std::vector<SettingTable> setting_tables();

}  // namespace parley::cli
