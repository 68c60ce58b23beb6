#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Entries of kind c14n: a document, a method, perhaps an apex element or a PrefixList, and the exact
/// octets that must come out.
SuiteResult run_c14n(const std::filesystem::path& suite_dir);

/// A file of cases: the element with Id "id1" canonicalized as by a Reference with one transform.
SuiteResult run_c14n_cases(const std::filesystem::path& file);

}  // namespace parley::vectors
