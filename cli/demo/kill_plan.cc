#include "cli/demo/kill_plan.h"

#include <algorithm>

#include "cli/demo/dice.h"

namespace parley::cli {
namespace {

// No kill before the conversation has begun, nor when it is nearly over.
constexpr std::uint64_t kFirstPercent = 4;
constexpr std::uint64_t kLastPercent = 92;

constexpr std::uint64_t kDelayMsMax = 100;
constexpr std::uint64_t kAwayMsMax = 400;
constexpr std::uint64_t kAgainMsMax = 120;

}  // namespace

std::string_view name_of(Side side) {
  return side == Side::client ? "client" : "service";
}

std::vector<Kill> plan_kills(std::uint64_t seed, std::uint64_t messages, std::uint64_t kills) {
  Dice dice(seed);
  std::vector<Kill> plan;
  for (const Side side : {Side::client, Side::service}) {
    // One kill of a side strikes twice.
    const std::uint64_t strokes = kills > 1 ? kills - 1 : kills;
    const std::uint64_t double_stroke = dice.between(0, strokes - 1);
    const std::uint64_t first = messages * kFirstPercent / 100;
    const std::uint64_t part = messages * (kLastPercent - kFirstPercent) / 100 / strokes;
    for (std::uint64_t i = 0; i < strokes; ++i) {
      Kill kill;
      kill.victim = side;
      // One in each part of the run, anywhere in it.
      kill.at_message = first + i * part + dice.between(0, part > 0 ? part - 1 : 0);
      kill.delay = Duration(dice.between(0, kDelayMsMax));
      kill.away = Duration(dice.between(0, kAwayMsMax));
      kill.again_while_starting = kills > 1 && i == double_stroke;
      kill.again_after = Duration(dice.between(1, kAgainMsMax));
      plan.push_back(kill);
    }
  }
  std::stable_sort(plan.begin(), plan.end(),
                   [](const Kill& a, const Kill& b) { return a.at_message < b.at_message; });
  return plan;
}

}  // namespace parley::cli
