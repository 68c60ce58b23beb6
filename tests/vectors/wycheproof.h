#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// One adversarial test of a primitive. `algorithm` is that of the file, `group` what the tests of
/// one group share; the group's type says which primitive it is.
Verdict run_wycheproof(const std::string& algorithm, const Json& group, const Json& test);

}  // namespace parley::vectors
