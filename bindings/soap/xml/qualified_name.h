#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "bindings/soap/xml/characters.h"

// Qualified names and their prefixes, as the gate reads them: short ones at one look.

namespace parley::xml {

inline std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Where the parts of a qualified name end. Two words, which go through registers.
struct QName {
  const char* end;    ///< where it began: there is none
  const char* colon;  ///< null = no prefix

  std::string_view prefix(const char* begin) const {
    return colon == nullptr ? std::string_view() : view(begin, colon);
  }

  std::string_view local_name(const char* begin) const {
    return view(colon == nullptr ? begin : colon + 1, end);
  }
};

/// The same for names of any length and of any characters.
QName read_any_name(const char* at, const char* end);

/// The qualified name that begins at `at`, if one does. The text is known to be UTF-8. Every step
/// of the gate waits for it: it is inlined wherever it stands.
[[gnu::always_inline]] inline QName read_name(const char* at, const char* end) {
#if defined(__SSE2__)
  // Names of ASCII characters up to 31 octets: where the run of their characters ends, and where
  // in it the colon is.
  if (end - at >= 32) {
    const auto part = [](const char* from, unsigned& names, unsigned& colons, int shift) {
      const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
      const __m128i is_colon = _mm_cmpeq_epi8(text, _mm_set1_epi8(':'));
      colons |= static_cast<unsigned>(_mm_movemask_epi8(is_colon)) << shift;
      names |= plain_name_mask(text) << shift;
    };
    unsigned names = 0;
    unsigned colons = 0;
    part(at, names, colons, 0);
    int size = std::countr_one(names | colons);
    if (size == 16) {
      part(at + 16, names, colons, 16);
      size = std::countr_one(names | colons);
    }
    const char* const stop = at + size;
    if (size < 32 && static_cast<unsigned char>(*stop) < 0x80 && is_plain_name_start(*at)) {
      colons &= (1U << size) - 1;
      if (colons == 0) {
        return {stop, nullptr};
      }
      const char* const colon = at + std::countr_zero(colons);
      if ((colons & (colons - 1)) == 0 && is_plain_name_start(colon[1])) {
        return {stop, colon};
      }
    }
  }
#endif
  return read_any_name(at, end);
}

/// A prefix as one number, so that it is compared at once; one that is too long has to be looked
/// at.
inline constexpr std::uint64_t kLongKey = ~std::uint64_t{0};

constexpr std::uint64_t prefix_key(std::string_view prefix) {
  if (prefix.size() > 8) {
    return kLongKey;
  }
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    key |= std::uint64_t{static_cast<unsigned char>(prefix[i])} << 8 * i;
  }
  return key;
}

/// The same for a prefix inside a text that goes on to `end`.
inline std::uint64_t prefix_key(std::string_view prefix, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    if (prefix.empty()) {
      return 0;
    }
    if (prefix.size() <= 8 && end - prefix.data() >= 8) {
      std::uint64_t key = 0;
      std::memcpy(&key, prefix.data(), sizeof key);
      return key & ~std::uint64_t{0} >> (64 - 8 * prefix.size());
    }
  }
  return prefix_key(prefix);
}

/// Whether the `size` octets at `a` and at `b` are the same. Both texts go on to `end` or beyond
/// it; `b` is the later one, and may have fewer octets left than that.
inline bool is_repeated(const char* a, const char* b, std::size_t size, const char* end) {
#if defined(__SSE2__)
  if (size <= 16 && end - b >= 16) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a));
    const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b));
    const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(first, second)));
    return static_cast<std::size_t>(std::countr_one(equal)) >= size;
  }
#endif
  return static_cast<std::size_t>(end - b) >= size && std::memcmp(a, b, size) == 0;
}

}  // namespace parley::xml
