#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Kind soap-message: a whole envelope with the keys beside it, opened by the inspection that
/// `parley open` uses, under a policy that allows every algorithm.
Verdict run_soap_message(const Entry& entry);

}  // namespace parley::vectors
