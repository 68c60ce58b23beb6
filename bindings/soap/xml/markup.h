#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

// Markup that is no tag. Each function is given the text from where the markup begins and tells how
// long it is. Errors: malformed_xml where it is not what it looks like.

namespace parley::xml {

/// The XML declaration, 0 when there is none. Errors: malformed_encoding also for any encoding but
/// UTF-8 and its subset.
Result<std::size_t> declaration_length(std::string_view text);

/// Of what begins with "<!--".
Result<std::size_t> comment_length(std::string_view text);

/// Of what begins with "<?".
Result<std::size_t> instruction_length(std::string_view text);

/// Of what begins with "<![CDATA[".
Result<std::size_t> cdata_length(std::string_view text);

/// All references in `raw` are legal ones.
bool has_legal_references(std::string_view raw);

/// Whether a value is written as its canonical form would write it.
bool is_canonical_value(std::string_view raw, bool is_attribute);

}  // namespace parley::xml
