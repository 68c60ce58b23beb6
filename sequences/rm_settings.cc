#include "sequences/rm_settings.h"

#include <algorithm>

namespace parley::sequences {
namespace {

constexpr RmSettingRow kRows[] = {
#define PARLEY_X(name, value, unit, reason) {#name, &RmSettings::name, value, unit, reason},
    PARLEY_RM_SETTINGS(PARLEY_X)
#undef PARLEY_X
};

}  // namespace

std::span<const RmSettingRow> rm_setting_rows() {
  return kRows;
}

Duration milliseconds(std::uint64_t ms) {
  constexpr std::uint64_t kMillennia = std::uint64_t{1} << 48;
  return Duration(static_cast<std::int64_t>(std::min(ms, kMillennia)));
}

std::string_view name_of(IncompleteBehavior behavior) {
  switch (behavior) {
    case IncompleteBehavior::no_discard:
      return "NoDiscard";
    case IncompleteBehavior::discard_following_first_gap:
      return "DiscardFollowingFirstGap";
    case IncompleteBehavior::discard_entire_sequence:
      return "DiscardEntireSequence";
  }
  return "";
}

std::string_view name_of(DeliveryAssurance assurance) {
  switch (assurance) {
    case DeliveryAssurance::at_most_once:
      return "AtMostOnce";
    case DeliveryAssurance::at_least_once:
      return "AtLeastOnce";
    case DeliveryAssurance::exactly_once:
      return "ExactlyOnce";
  }
  return "";
}

}  // namespace parley::sequences
