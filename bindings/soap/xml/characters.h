#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"

namespace parley::xml {

/// Whether all of `text` is UTF-8 and every character may stand in XML 1.0 (production 2).
bool is_xml_text(std::string_view text);

inline bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Where the name that begins at `at` ends; `at` when there is none. Names of XML 1.0, fifth
/// edition; the text is known to be UTF-8.
const char* name_end(const char* at, const char* end);

/// The same for a name without colons, a part of a qualified name.
inline const char* ncname_end(const char* at, const char* end);

/// The same, slower, for any characters.
const char* any_ncname_end(const char* at, const char* end);

#if defined(__SSE2__)
/// Of sixteen octets, a bit for each ASCII character that a name may hold, colon left out.
inline unsigned plain_name_mask(__m128i text) {
  // Whether an octet is at most `last`, without sign.
  auto up_to = [](__m128i v, char last) {
    return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(last)), v);
  };
  const __m128i lower = _mm_or_si128(text, _mm_set1_epi8(0x20));
  const __m128i letter = up_to(_mm_sub_epi8(lower, _mm_set1_epi8('a')), 25);
  // "-./0123456789" are neighbours; the slash among them is no character of a name.
  const __m128i number = _mm_andnot_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('/')),
                                          up_to(_mm_sub_epi8(text, _mm_set1_epi8('-')), '9' - '-'));
  return static_cast<unsigned>(_mm_movemask_epi8(
      _mm_or_si128(_mm_or_si128(letter, number), _mm_cmpeq_epi8(text, _mm_set1_epi8('_')))));
}
#endif

inline bool is_plain_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Where a run of the ASCII characters of names (colon left out) ends.
inline const char* plain_name_end(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const unsigned others =
        ~plain_name_mask(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))) & 0xffffU;
    if (others != 0) {
      return at + std::countr_zero(others);
    }
    at += 16;
  }
#endif
  while (at < end && (is_plain_name_start(*at) || (*at >= '-' && *at <= '9' && *at != '/'))) {
    ++at;
  }
  return at;
}

inline const char* ncname_end(const char* at, const char* end) {
  const char* const stop = plain_name_end(at, end);
  const bool is_plain = stop != at && is_plain_name_start(*at) &&
                        (stop == end || static_cast<unsigned char>(*stop) < 0x80);
  return is_plain ? stop : any_ncname_end(at, end);
}

/// The first place that holds one of three characters or a control character; `end` when there is
/// none. Sixteen characters a step where the machine can, else eight.
inline const char* find_special(const char* at, const char* end, char a, char b, char c) {
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(a);
  const __m128i second = _mm_set1_epi8(b);
  const __m128i third = _mm_set1_epi8(c);
  const __m128i last_control = _mm_set1_epi8(' ' - 1);
  while (end - at >= 16) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(text, last_control), text);
    const __m128i found =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(text, first), _mm_cmpeq_epi8(text, second)),
                     _mm_or_si128(_mm_cmpeq_epi8(text, third), control));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) {
      return at + std::countr_zero(mask);
    }
    at += 16;
  }
#else
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  auto spread = [](char x) { return kOnes * static_cast<unsigned char>(x); };
  auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  const std::uint64_t first = spread(a);
  const std::uint64_t second = spread(b);
  const std::uint64_t third = spread(c);
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t control = (word - spread(' ')) & ~word;
    if (((has_zero(word ^ first) | has_zero(word ^ second) | has_zero(word ^ third) | control) &
         kHigh) != 0) {
      break;
    }
    at += 8;
  }
#endif
  while (at < end && *at != a && *at != b && *at != c && (static_cast<unsigned char>(*at) >= ' ')) {
    ++at;
  }
  return at;
}

template <class Word>
Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Whether two texts are the same. Most that are not differ in size or near their end: that is seen
/// here, for less than a call costs.
inline bool is_same(std::string_view a, std::string_view b) {
  using Long = std::uint64_t;
  using Short = std::uint32_t;
  const std::size_t size = a.size();
  if (size != b.size()) {
    return false;
  }
  const char* const a_end = a.data() + size;
  const char* const b_end = b.data() + size;
  if (size > 2 * sizeof(Long)) {
    return word_at<Long>(a_end - sizeof(Long)) == word_at<Long>(b_end - sizeof(Long)) &&
           std::memcmp(a.data(), b.data(), size) == 0;
  }
  if (size >= sizeof(Long)) {
    return word_at<Long>(a_end - sizeof(Long)) == word_at<Long>(b_end - sizeof(Long)) &&
           word_at<Long>(a.data()) == word_at<Long>(b.data());
  }
  if (size >= sizeof(Short)) {
    return word_at<Short>(a_end - sizeof(Short)) == word_at<Short>(b_end - sizeof(Short)) &&
           word_at<Short>(a.data()) == word_at<Short>(b.data());
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

/// Appends a character as UTF-8.
template <class Out>
void append_utf8(Out& out, std::uint32_t c) {
  auto put = [&out](std::uint32_t octet) {
    out.push_back(static_cast<typename Out::value_type>(octet));
  };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0U | c >> 6U);
    put(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    put(0xe0U | c >> 12U);
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  } else {
    put(0xf0U | c >> 18U);
    put(0x80U | (c >> 12U & 0x3fU));
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  }
}

/// Whether a character reference may name it (production 2).
inline bool is_xml_character(std::uint32_t c) {
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/// Reads a reference that begins at '&'. On success `length` is its length and the result the
/// character; 0 for anything but the five entities and a legal character reference.
std::uint32_t read_reference(const char* at, const char* end, std::size_t& length);

}  // namespace parley::xml
