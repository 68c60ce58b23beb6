#pragma once

#include <vector>

#include "bindings/soap/xml/document.h"
#include "crypto/asymmetric.h"
#include "tests/vectors/suite.h"

// The keys of signatures that are no SOAP messages: in their KeyInfo, or beside them in the suite.
// A receiver of ours never believes a bare key; here it is only asked whether the signature is its
// own.

namespace parley::vectors {

/// The keys that may have made the signature whose KeyInfo this is (null = it has none): the one
/// that the entry names, else those in KeyInfo, else those that lie beside the suite.
std::vector<crypto::PublicKey> signature_keys(const Entry& entry, const xml::Element& key_info);

/// Whether the certificates of a KeyInfo lead to the entry's trusted certificates at the time that
/// it gives. Empty = they do, or the entry does not say both.
std::string check_path(const Entry& entry, const xml::Element& key_info);

}  // namespace parley::vectors
