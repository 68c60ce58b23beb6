#pragma once

#include <cstdint>

#include "base/time.h"

namespace parley::cli {

/// How bad the network is, for each request and for each response alone.
struct FaultSettings {
  std::uint64_t seed = 1;
  std::uint64_t drop_permille = 150;
  std::uint64_t duplicate_permille = 100;  ///< requests only: HTTP knows no second response
  std::uint64_t cut_permille = 20;         ///< the connection ends in the middle of the message
  std::uint64_t late_permille = 100;       ///< held back so long that others overtake it
  bool spares_answers = false;             ///< only requests suffer
  Duration delay_max{10};
  Duration late_delay_max{150};
};

enum class Direction : std::uint8_t { request, response };

enum class Fate : std::uint8_t { pass, drop, duplicate, cut };

struct Verdict {
  Fate fate = Fate::pass;
  bool is_late = false;
  Duration delay{0};
  Duration copy_delay{0};  ///< of the second one of a duplicate, beyond `delay`
};

/// What becomes of the messages that a bad network carries. A pure function of seed, direction and
/// number, so that a run can be repeated.
class FaultPlan {
 public:
  explicit FaultPlan(const FaultSettings& settings) : settings_(settings) {}

  Verdict judge(Direction direction, std::uint64_t number) const;

 private:
  FaultSettings settings_;
};

}  // namespace parley::cli
