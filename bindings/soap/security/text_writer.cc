#include "bindings/soap/security/text_writer.h"

#include <array>
#include <charconv>

#include "bindings/soap/xml/base64.h"

namespace parley::soap {

TextWriter& TextWriter::base64(ByteView octets) {
  xml::append_base64(out_, octets);
  return *this;
}

TextWriter& TextWriter::number(std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return text({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

TextWriter& TextWriter::escaped(std::string_view value, bool in_attribute) {
  for (const char c : value) {
    if (c == '&') {
      text("&amp;");
    } else if (c == '<') {
      text("&lt;");
    } else if (c == '\r') {
      text("&#xD;");
    } else if (c == '>' && !in_attribute) {
      text("&gt;");
    } else if (c == '"' && in_attribute) {
      text("&quot;");
    } else if (c == '\t' && in_attribute) {
      text("&#x9;");
    } else if (c == '\n' && in_attribute) {
      text("&#xA;");
    } else {
      out_.push_back(static_cast<Byte>(c));
    }
  }
  return *this;
}

}  // namespace parley::soap
