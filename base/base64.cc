#include "base/base64.h"

#include <array>

#include <immintrin.h>

namespace parley {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr Byte kBad = 0xff;
constexpr Byte kSpace = 0xfe;
constexpr Byte kPad = 0xfd;

constexpr std::array<Byte, 256> make_values() {
  std::array<Byte, 256> values{};
  values.fill(kBad);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<Byte>(kAlphabet[i])] = static_cast<Byte>(i);
  }
  for (const char c : {' ', '\t', '\r', '\n'}) {
    values[static_cast<Byte>(c)] = kSpace;
  }
  values[static_cast<Byte>('=')] = kPad;
  return values;
}

constexpr std::array<Byte, 256> kValues = make_values();

#if defined(__x86_64__)
// 24 octets in, 32 characters out (the well-known shuffle, multiply and offset method).
__attribute__((target("avx2"))) std::size_t encode_avx2(const Byte* in,
                                                        std::size_t size,
                                                        Byte* out) {
  std::size_t done = 0;
  const __m256i shuffle = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0,
                                           2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  const __m256i offsets =
      _mm256_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0, 65, 71, -4,
                       -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0);
  while (size - done >= 28) {  // reads 16 octets from each half of 24
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done + 12));
    __m256i v = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), shuffle);
    const __m256i t1 = _mm256_mulhi_epu16(_mm256_and_si256(v, _mm256_set1_epi32(0x0fc0fc00)),
                                          _mm256_set1_epi32(0x04000040));
    const __m256i t2 = _mm256_mullo_epi16(_mm256_and_si256(v, _mm256_set1_epi32(0x003f03f0)),
                                          _mm256_set1_epi32(0x01000010));
    v = _mm256_or_si256(t1, t2);
    __m256i index = _mm256_subs_epu8(v, _mm256_set1_epi8(51));
    index = _mm256_sub_epi8(index, _mm256_cmpgt_epi8(v, _mm256_set1_epi8(25)));
    v = _mm256_add_epi8(v, _mm256_shuffle_epi8(offsets, index));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done / 3 * 4), v);
    done += 24;
  }
  return done;
}

// 32 characters in, 24 octets out; stops at the first group with a character outside the alphabet.
__attribute__((target("avx2"))) std::size_t decode_avx2(const char* in,
                                                        std::size_t size,
                                                        Byte* out,
                                                        std::size_t room) {
  const __m256i lut_lo =
      _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b,
                       0x1b, 0x1b, 0x1a, 0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                       0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const __m256i lut_hi =
      _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10,
                       0x10, 0x10, 0x10, 0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10,
                       0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const __m256i lut_roll =
      _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4, -65,
                       -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i pack = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2,
                                        1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  std::size_t done = 0;
  while (size - done >= 32 && room - done / 4 * 3 >= 32) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + done));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(v, 4), _mm256_set1_epi8(0x2f));
    const __m256i low = _mm256_and_si256(v, _mm256_set1_epi8(0x2f));
    const __m256i is_slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x2f));
    const __m256i roll = _mm256_shuffle_epi8(lut_roll, _mm256_add_epi8(is_slash, high));
    if (_mm256_testz_si256(_mm256_shuffle_epi8(lut_lo, low), _mm256_shuffle_epi8(lut_hi, high)) ==
        0) {
      break;
    }
    const __m256i six = _mm256_add_epi8(v, roll);
    const __m256i twelve = _mm256_maddubs_epi16(six, _mm256_set1_epi32(0x01400140));
    const __m256i packed =
        _mm256_shuffle_epi8(_mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000)), pack);
    const __m256i joined =
        _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done / 4 * 3), joined);
    done += 32;
  }
  return done;
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0;
}
#else
std::size_t encode_avx2(const Byte*, std::size_t, Byte*) {
  return 0;
}

std::size_t decode_avx2(const char*, std::size_t, Byte*, std::size_t) {
  return 0;
}

bool has_avx2() {
  return false;
}
#endif

unsigned value_of(char c) {
  return kValues[static_cast<Byte>(c)];
}

Byte letter(unsigned value) {
  return static_cast<Byte>(kAlphabet[value & 63U]);
}

}  // namespace

void append_base64(Bytes& out, ByteView bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4);
  Byte* const begin = out.data() + start;
  std::size_t i = has_avx2() ? encode_avx2(bytes.data(), bytes.size(), begin) : 0;
  Byte* next = begin + i / 3 * 4;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned v = static_cast<unsigned>(bytes[i] << 16U) |
                       static_cast<unsigned>(bytes[i + 1] << 8U) | bytes[i + 2];
    *next++ = letter(v >> 18U);
    *next++ = letter(v >> 12U);
    *next++ = letter(v >> 6U);
    *next++ = letter(v);
  }
  const std::size_t rest = bytes.size() - i;
  if (rest != 0) {
    const unsigned v = static_cast<unsigned>(bytes[i] << 16U) |
                       (rest == 2 ? static_cast<unsigned>(bytes[i + 1] << 8U) : 0U);
    *next++ = letter(v >> 18U);
    *next++ = letter(v >> 12U);
    *next++ = rest == 2 ? letter(v >> 6U) : static_cast<Byte>('=');
    *next++ = static_cast<Byte>('=');
  }
}

std::string to_base64(ByteView bytes) {
  Bytes out;
  append_base64(out, bytes);
  return std::string(as_text(out));
}

Result<Bytes> decode_base64(std::string_view text) {
  Bytes out;
  PARLEY_TRY(decode_base64(text, out));
  return out;
}

Result<void> decode_base64(std::string_view text, Bytes& out) {
  out.resize(text.size() / 4 * 3 + 3);
  PARLEY_ASSIGN_OR_RETURN(const std::size_t size, decode_base64(text, MutableByteView(out)));
  out.resize(size);
  return {};
}

Result<std::size_t> decode_base64(std::string_view text, MutableByteView out) {
  const Error malformed(ErrorCode::malformed_encoding, "base64");
  std::size_t i = has_avx2() ? decode_avx2(text.data(), text.size(), out.data(), out.size()) : 0;
  std::size_t written = i / 4 * 3;
  // Whole groups of nothing but the alphabet.
  for (; text.size() - i >= 4 && out.size() - written >= 3; i += 4) {
    const unsigned a = value_of(text[i]);
    const unsigned b = value_of(text[i + 1]);
    const unsigned c = value_of(text[i + 2]);
    const unsigned d = value_of(text[i + 3]);
    if ((a | b | c | d) > 63) {
      break;
    }
    const unsigned group = a << 18U | b << 12U | c << 6U | d;
    out[written++] = static_cast<Byte>(group >> 16U);
    out[written++] = static_cast<Byte>(group >> 8U);
    out[written++] = static_cast<Byte>(group);
  }
  unsigned bits = 0;
  unsigned count = 0;  // characters in the group at hand
  unsigned pads = 0;
  for (; i < text.size(); ++i) {
    const Byte value = kValues[static_cast<Byte>(text[i])];
    if (value == kSpace) {
      continue;
    }
    if (value == kPad) {
      if (count < 2 || ++pads > 4 - count) {
        return malformed;
      }
      continue;
    }
    if (value == kBad || pads != 0) {
      return malformed;
    }
    bits = bits << 6U | value;
    if (++count == 4) {
      if (out.size() - written < 3) {
        return malformed;
      }
      out[written++] = static_cast<Byte>(bits >> 16U);
      out[written++] = static_cast<Byte>(bits >> 8U);
      out[written++] = static_cast<Byte>(bits);
      count = 0;
      bits = 0;
    }
  }
  const std::size_t last = count == 0 ? 0 : count - 1;  // octets
  if (count == 1 || (count != 0 && pads != 4 - count) || out.size() - written < last) {
    return malformed;
  }
  if (count == 2) {
    out[written++] = static_cast<Byte>(bits >> 4U);
  } else if (count == 3) {
    out[written++] = static_cast<Byte>(bits >> 10U);
    out[written++] = static_cast<Byte>(bits >> 2U);
  }
  return written;
}

}  // namespace parley
