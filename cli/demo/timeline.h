#pragma once

#include <cstdint>
#include <vector>

#include "cli/demo/kill_plan.h"

namespace parley::cli {

/// What both sides had counted at one moment.
struct Sample {
  double second = 0;  ///< since the begin of the run
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t resent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t delivered = 0;
  std::uint64_t duplicates = 0;
};

/// One life of a process.
struct Life {
  Side side = Side::client;
  double started = 0;
  double recovered = 0;   ///< its node ran; 0 = it died before that
  double progressed = 0;  ///< first message after that; 0 = none came
  double ended = 0;
  bool was_killed = false;
};

/// All that a run leaves for its picture and its table.
struct Timeline {
  std::vector<Sample> samples;
  std::vector<Life> lives;  ///< in the order of their beginnings
};

}  // namespace parley::cli
