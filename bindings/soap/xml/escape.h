#pragma once

#include <string_view>

#include "base/bytes.h"

namespace parley::xml {

/// Appends character data in canonical form: & < > and CR escaped (M74).
void append_text(Bytes& out, std::string_view text);

/// Appends an attribute value in canonical form: & < " TAB LF CR escaped (M74).
void append_attribute(Bytes& out, std::string_view value);

inline void append(Bytes& out, std::string_view raw) { out.insert(out.end(), raw.begin(), raw.end()); }

}  // namespace parley::xml
