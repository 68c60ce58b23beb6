#include "cli/relay/fault_plan.h"

namespace parley::cli {
namespace {

/// SplitMix64: one number follows from the other, and every bit of both matters.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll(std::uint64_t sides) { return sides == 0 ? 0 : next() % sides; }

  Duration roll(Duration longest) {
    return Duration(roll(static_cast<std::uint64_t>(longest.count()) + 1));
  }

 private:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  std::uint64_t state_;
};

Fate fate_of(std::uint64_t permille, Direction direction, const FaultSettings& settings) {
  if (direction == Direction::response && settings.spares_answers) {
    return Fate::pass;
  }
  std::uint64_t below = settings.drop_permille;
  if (permille < below) {
    return Fate::drop;
  }
  below += settings.cut_permille;
  if (permille < below) {
    return Fate::cut;
  }
  below += direction == Direction::request ? settings.duplicate_permille : 0;
  return permille < below ? Fate::duplicate : Fate::pass;
}

}  // namespace

Verdict FaultPlan::judge(Direction direction, std::uint64_t number) const {
  Dice dice(settings_.seed * 0xd1342543de82ef95 + number * 2 +
            static_cast<std::uint64_t>(direction));
  Verdict verdict;
  verdict.fate = fate_of(dice.roll(1000), direction, settings_);
  verdict.is_late = dice.roll(1000) < settings_.late_permille;
  verdict.delay = dice.roll(verdict.is_late ? settings_.late_delay_max : settings_.delay_max);
  verdict.copy_delay = dice.roll(settings_.late_delay_max);
  return verdict;
}

}  // namespace parley::cli
