#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Kind c14n: a document, a method, perhaps an apex element or a PrefixList, and the exact octets
/// that must come out.
Verdict run_c14n(const Entry& entry);

/// A file of cases: the element with an Id canonicalized as by a Reference with one transform.
SuiteResult run_c14n_cases(const std::filesystem::path& file);

}  // namespace parley::vectors
