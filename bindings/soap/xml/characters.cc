#include "bindings/soap/xml/characters.h"

#include <array>
#include <cstring>

#include "bindings/soap/xml/qualified_name.h"

namespace parley::xml {
namespace {

enum : std::uint8_t { kNameStart = 1, kName = 2, kNcName = 4 };  // the last without the colon

/// Of every octet; those beyond ASCII have none, because only their sequences are characters.
constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    classes[c] = classes[c - 32] = kNameStart | kName;
  }
  for (unsigned c = '0'; c <= '9'; ++c) {
    classes[c] = kName;
  }
  classes['_'] = classes[':'] = kNameStart | kName;
  classes['-'] = classes['.'] = kName;
  for (unsigned c = 0; c < 128; ++c) {
    classes[c] = static_cast<std::uint8_t>(classes[c] |
                                           (c != ':' && (classes[c] & kName) != 0 ? kNcName : 0));
  }
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

// One UTF-8 character; 0 for a malformed one.
std::uint32_t decode(const unsigned char* p, const unsigned char* end, std::size_t& length) {
  const unsigned char c = *p;
  std::uint32_t value = 0;
  std::uint32_t least = 0;
  if (c < 0x80) {
    length = 1;
    return c;
  }
  if (c >= 0xc2 && c <= 0xdf) {
    length = 2;
    value = c & 0x1fU;
    least = 0x80;
  } else if (c >= 0xe0 && c <= 0xef) {
    length = 3;
    value = c & 0x0fU;
    least = 0x800;
  } else if (c >= 0xf0 && c <= 0xf4) {
    length = 4;
    value = c & 0x07U;
    least = 0x10000;
  } else {
    return 0;
  }
  if (static_cast<std::size_t>(end - p) < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((p[i] & 0xc0U) != 0x80U) {
      return 0;
    }
    value = value << 6U | (p[i] & 0x3fU);
  }
  return value < least ? 0 : value;
}

bool is_name_character(std::uint32_t c, bool start) {
  if (c < 128) {
    return (kClasses[c] & (start ? kNameStart : kName)) != 0;
  }
  if (!start && (c == 0xb7 || (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040)) {
    return true;
  }
  return (c >= 0xc0 && c <= 0x2ff && c != 0xd7 && c != 0xf7) ||
         (c >= 0x370 && c <= 0x1fff && c != 0x37e) || c == 0x200c || c == 0x200d ||
         (c >= 0x2070 && c <= 0x218f) || (c >= 0x2c00 && c <= 0x2fef) ||
         (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
         (c >= 0xfdf0 && c <= 0xfffd) || (c >= 0x10000 && c <= 0xeffff);
}

// Where characters of the class, or those beyond ASCII that may stand in a name, end.
template <std::uint8_t kClass>
const char* characters_end(const char* at, const char* end) {
  while (true) {
    while (at < end && (kClasses[static_cast<unsigned char>(*at)] & kClass) != 0) {
      ++at;
    }
    if (at == end || static_cast<unsigned char>(*at) < 128) {
      return at;
    }
    std::size_t length = 1;
    const std::uint32_t wide = decode(reinterpret_cast<const unsigned char*>(at),
                                      reinterpret_cast<const unsigned char*>(end), length);
    if (wide == 0 || !is_name_character(wide, false)) {
      return at;
    }
    at += length;
  }
}

bool is_name_start(const char* at, const char* end) {
  const auto first = static_cast<unsigned char>(*at);
  if (first < 128) {
    return (kClasses[first] & kNameStart) != 0;
  }
  std::size_t length = 1;
  const std::uint32_t wide = decode(reinterpret_cast<const unsigned char*>(at),
                                    reinterpret_cast<const unsigned char*>(end), length);
  return wide != 0 && is_name_character(wide, true);
}

}  // namespace

bool is_xml_text(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* const end = p + text.size();
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  while (p < end) {
    // Many characters at once while they are printable ASCII.
#if defined(__SSE2__)
    // As signed octets, everything beyond ASCII is below zero.
    const auto are_others = [](const unsigned char* at) {
      return _mm_cmplt_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)),
                            _mm_set1_epi8(' '));
    };
    while (end - p >= 32 &&
           _mm_movemask_epi8(_mm_or_si128(are_others(p), are_others(p + 16))) == 0) {
      p += 32;
    }
    while (end - p >= 16 && _mm_movemask_epi8(are_others(p)) == 0) {
      p += 16;
    }
#endif
    while (end - p >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, p, sizeof word);
      const std::uint64_t control = (word - 0x2020202020202020) & ~word;
      if (((word | control) & kHigh) != 0) {
        break;
      }
      p += 8;
    }
    if (p == end) {
      break;
    }
    std::size_t length = 1;
    const std::uint32_t c = decode(p, end, length);
    if (!is_xml_character(c)) {
      return false;
    }
    p += length;
  }
  return true;
}

const char* name_end(const char* at, const char* end) {
  return at < end && is_name_start(at, end) ? characters_end<kName>(at, end) : at;
}

const char* any_ncname_end(const char* at, const char* end) {
  return at < end && *at != ':' && is_name_start(at, end) ? characters_end<kNcName>(at, end) : at;
}

QName read_any_name(const char* at, const char* end) {
  const char* const first = ncname_end(at, end);
  if (first == at || first == end || *first != ':') {
    return {first, nullptr};
  }
  const char* const second = ncname_end(first + 1, end);
  if (second == first + 1 || (second < end && *second == ':')) {
    return {at, nullptr};
  }
  return {second, first};
}

std::uint32_t read_reference(const char* at, const char* end, std::size_t& length) {
  const std::string_view rest(at, static_cast<std::size_t>(end - at));
  const std::size_t semicolon = rest.substr(0, 32).find(';');
  if (semicolon == std::string_view::npos || semicolon < 2) {
    return 0;
  }
  length = semicolon + 1;
  const std::string_view name = rest.substr(1, semicolon - 1);
  if (name[0] != '#') {
    return name == "amp"    ? '&'
           : name == "lt"   ? '<'
           : name == "gt"   ? '>'
           : name == "apos" ? '\''
           : name == "quot" ? '"'
                            : 0U;
  }
  const bool hex = name.size() > 1 && name[1] == 'x';
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t value = 0;
  for (const char c : digits) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (hex && c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (hex && c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return 0;
    }
    value = value * (hex ? 16 : 10) + digit;
    if (value > 0x10ffff) {
      return 0;
    }
  }
  return !digits.empty() && is_xml_character(value) ? value : 0;
}

}  // namespace parley::xml
