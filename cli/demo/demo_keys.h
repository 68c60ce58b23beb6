#pragma once

#include "cli/demo/roles.h"

namespace parley::cli {

/// Makes an authority, and a key with its certificate for each side; good for two days. Throws
/// Failure.
void make_demo_keys(const DemoFiles& files);

}  // namespace parley::cli
