#pragma once

#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/index.h"

// The gate: one linear, non-recursive walk over bytes from outside, before anything else looks at
// them. It enforces what XML 1.0 with namespaces demands and what many parsers forget (one root,
// matching tags, unique attributes by expanded name, bound prefixes, legal characters in UTF-8,
// references, comments), refuses every DOCTYPE, and keeps depth, attributes, elements, names and
// values within their limits. While it walks it makes the document's index, so that nobody has to
// walk again.

namespace parley::xml {

/// Admits a whole document into an empty index, which then points into `text`. Errors:
/// malformed_encoding, malformed_xml, forbidden_doctype, limit_exceeded; security_header_invalid
/// for what is beyond a limit inside a Security header.
Result<void> admit_document(Index& index, const Limits& limits, std::string_view text);

/// Admits a fragment, as content of the node `fragment` that is in the index already. Errors: as
/// above; what was added to the index then has to go.
Result<void> admit_fragment(Index& index,
                            const Limits& limits,
                            NodeIndex fragment,
                            std::string_view text);

}  // namespace parley::xml
