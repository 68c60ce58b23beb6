#pragma once

#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Entries of kind xmldsig: a Signature anywhere in a document, with its key outside or in KeyInfo.
SuiteResult run_xmldsig(const std::filesystem::path& suite_dir);

/// Entries of kind xmlenc: an EncryptedData anywhere in a document.
SuiteResult run_xmlenc(const std::filesystem::path& suite_dir);

}  // namespace parley::vectors
