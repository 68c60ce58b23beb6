#pragma once

#include "cli/demo/board.h"
#include "cli/demo/roles.h"
#include "host/credential_files.h"
#include "host/node_settings.h"

namespace parley::cli {

/// What client and service set alike: keys, store, profile, and events that go to the board. Throws
/// Failure. The board must outlive the node.
host::NodeSettings node_settings(const DemoFiles& files, Side side, Board& board);

/// Milliseconds on the clock that all processes of a machine share.
std::uint64_t shared_clock_ms();

}  // namespace parley::cli
