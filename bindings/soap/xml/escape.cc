#include "bindings/soap/xml/escape.h"

namespace parley::xml {
namespace {

template <bool is_attribute>
std::string_view reference_for(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return is_attribute ? "" : "&gt;";
    case '\r':
      return "&#xD;";
    case '"':
      return is_attribute ? "&quot;" : "";
    case '\t':
      return is_attribute ? "&#x9;" : "";
    case '\n':
      return is_attribute ? "&#xA;" : "";
    default:
      return "";
  }
}

template <bool is_attribute>
void append_escaped(Bytes& out, std::string_view text) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view reference = reference_for<is_attribute>(text[i]);
    if (!reference.empty()) {
      append(out, text.substr(kept, i - kept));
      append(out, reference);
      kept = i + 1;
    }
  }
  append(out, text.substr(kept));
}

}  // namespace

void append_text(Bytes& out, std::string_view text) { append_escaped<false>(out, text); }

void append_attribute(Bytes& out, std::string_view value) { append_escaped<true>(out, value); }

}  // namespace parley::xml
