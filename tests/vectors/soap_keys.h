#pragma once

#include "bindings/soap/inspect.h"
#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Everything that an entry of kind soap-message says of keys, users and anchors, with the
/// certificates that lie in the suite's folder of keys.
soap::InspectKeys inspect_keys(const Entry& entry);

/// Certificates as PEM text, whether the file holds that or one DER certificate; empty for another
/// file.
Bytes certificates_in(const std::filesystem::path& file);

}  // namespace parley::vectors
