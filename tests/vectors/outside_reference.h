#pragma once

#include <filesystem>

#include "bindings/soap/security/signature.h"
#include "tests/vectors/suite.h"

namespace parley::vectors {

/// The octets that a Reference of XML Signature in general digests: of a same-document Reference,
/// an XPointer to an Id or to the whole document, or a file beside the document, none but the first
/// of which a message of ours may have. `folder` is the one of the document. Throws BadDocument
/// when there is nothing of that name.
Bytes referenced_octets(const soap::SignatureClaim& claim,
                        soap::ReferenceClaim reference,
                        const std::filesystem::path& folder);

/// Why references in or below `element` are none of ours: an algorithm or an XPointer of skips.h.
/// Empty when there is no such reason.
std::string_view skip_of_references(const xml::Element& element);

}  // namespace parley::vectors
