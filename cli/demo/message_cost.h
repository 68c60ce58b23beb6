#pragma once

#include "cli/demo/outcome.h"

namespace parley::cli {

/// What one message of the demonstration costs beside the bare cryptography, measured now, in
/// microseconds of this thread: the medians of some rounds.
DemoOutcome::Cost measure_cost();

}  // namespace parley::cli
