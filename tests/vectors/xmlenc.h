#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Kind xmlenc: an EncryptedData anywhere in a document, with the key that opens it or its
/// EncryptedKey.
Verdict run_xmlenc(const Entry& entry);

}  // namespace parley::vectors
