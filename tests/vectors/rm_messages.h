#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Kind rm-message: the reliable-messaging elements of an envelope, or one such element alone, read
/// by the product's readers, compared with what the index says stands in them, written and read
/// again.
Verdict run_rm_message(const Entry& entry);

}  // namespace parley::vectors
