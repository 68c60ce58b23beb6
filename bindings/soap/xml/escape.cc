#include "bindings/soap/xml/escape.h"

#include "bindings/soap/xml/characters.h"

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
  const char* kept = text.data();
  const char* const end = kept + text.size();
  const char* at = kept;
  while ((at = find_special(at, end, '&', '<', is_attribute ? '"' : '>')) < end) {
    const std::string_view reference = reference_for<is_attribute>(*at);
    if (!reference.empty()) {
      append(out, {kept, static_cast<std::size_t>(at - kept)});
      append(out, reference);
      kept = at + 1;
    }
    ++at;
  }
  append(out, {kept, static_cast<std::size_t>(end - kept)});
}

}  // namespace

void append_text(Bytes& out, std::string_view text) {
  append_escaped<false>(out, text);
}

void append_attribute(Bytes& out, std::string_view value) {
  append_escaped<true>(out, value);
}

}  // namespace parley::xml
