#include "cli/printable.h"

#include <cstdio>

namespace parley::cli {

std::string printable(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    const bool is_kept_break = lines && (octet == '\n' || octet == '\t');
    // U+0080 to U+009F are C2 80 to C2 9F in UTF-8.
    const bool is_c1 = octet == 0xc2 && i + 1 < text.size() &&
                       static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                       static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if ((octet < 0x20 && !is_kept_break) || octet == 0x7f || is_c1) {
      char escape[8];
      const unsigned code = is_c1 ? static_cast<unsigned char>(text[++i]) : octet;
      std::snprintf(escape, sizeof escape, "\\x%02x", code);
      out += escape;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace parley::cli
