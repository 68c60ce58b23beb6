#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// A policy document of another stack: it is read, in the language that the index names, with the
/// assertions that it names; every policy in it has a normal form, which is the given one where one
/// is given. A service description is read as one.
Verdict run_policy(const Entry& entry);

}  // namespace parley::vectors
