#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Kind xmldsig: a Signature anywhere in a document, with its key outside or in KeyInfo.
Verdict run_xmldsig(const Entry& entry);

/// Kind c14n-references: the octets of each Reference of a Signature, whatever signed it. A verdict
/// for each.
void run_c14n_references(const Entry& entry, SuiteResult& result);

}  // namespace parley::vectors
