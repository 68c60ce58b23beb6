#pragma once

#include <string_view>

#include "base/bytes.h"

namespace parley::xml {

/// Appends character data in canonical form: & < > and CR escaped (M74).
void append_text(Bytes& out, std::string_view text);

/// Appends an attribute value in canonical form: & < " TAB LF CR escaped (M74).
void append_attribute(Bytes& out, std::string_view value);

inline void append(Bytes& out, std::string_view raw) {
  const ByteView octets = as_bytes(raw);  // of one type, so that they are moved as a block
  out.insert(out.end(), octets.begin(), octets.end());
}

}  // namespace parley::xml
