#include "engine/engine_settings.h"

namespace parley::engine {
namespace {

constexpr EngineSettingRow kRows[] = {
#define PARLEY_X(name, value, unit, reason) {#name, &EngineSettings::name, value, unit, reason},
    PARLEY_ENGINE_SETTINGS(PARLEY_X)
#undef PARLEY_X
};

}  // namespace

std::span<const EngineSettingRow> engine_setting_rows() { return kRows; }

}  // namespace parley::engine
