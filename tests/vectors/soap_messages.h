#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Entries of kind soap-message: whole envelopes with the keys beside them, opened by the inspection
/// that `parley open` uses.
SuiteResult run_soap_messages(const std::filesystem::path& suite_dir);

}  // namespace parley::vectors
