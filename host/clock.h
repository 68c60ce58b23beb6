#pragma once

#include "base/time.h"

namespace parley::host {

/// One reading of both clocks of the machine.
Now read_clocks();

}  // namespace parley::host
