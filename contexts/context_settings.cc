#include "contexts/context_settings.h"

namespace parley::contexts {
namespace {

constexpr ContextSettingRow kRows[] = {
#define PARLEY_X(name, value, unit, reason) {#name, &ContextSettings::name, value, unit, reason},
    PARLEY_CONTEXT_SETTINGS(PARLEY_X)
#undef PARLEY_X
};

}  // namespace

std::span<const ContextSettingRow> context_setting_rows() { return kRows; }

}  // namespace parley::contexts
