#include "bindings/soap/lexical.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace parley::soap {
namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kDurationMaxMs = 1000 * 365 * kDayMs;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the digits at the front of `text`. No digit: nothing taken. Saturates at 2^63-1.
struct Digits {
  std::size_t count = 0;
  std::uint64_t value = 0;
  bool too_great = false;
};

Digits take_digits(std::string_view& text) {
  Digits digits;
  while (digits.count < text.size() && is_digit(text[digits.count])) {
    const auto digit = static_cast<std::uint64_t>(text[digits.count] - '0');
    if (digits.value > (kMessageNumberMax - digit) / 10) {
      digits.too_great = true;
    } else {
      digits.value = digits.value * 10 + digit;
    }
    ++digits.count;
  }
  text.remove_prefix(digits.count);
  return digits;
}

std::int64_t capped(const Digits& digits, std::int64_t unit_ms) {
  const auto units_max = static_cast<std::uint64_t>(kDurationMaxMs / unit_ms);
  if (digits.too_great || digits.value > units_max) {
    return kDurationMaxMs;
  }
  return static_cast<std::int64_t>(digits.value) * unit_ms;
}

/// ".5" after whole seconds: milliseconds, rounded up. Nothing taken without a point.
Result<std::int64_t> take_fraction(std::string_view& text) {
  if (text.empty() || text.front() != '.') {
    return std::int64_t{0};
  }
  text.remove_prefix(1);
  std::int64_t ms = 0;
  bool is_inexact = false;
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    if (count < 3) {
      ms = ms * 10 + (text[count] - '0');
    } else if (text[count] != '0') {
      is_inexact = true;
    }
  }
  if (count == 0) {
    return Error(ErrorCode::malformed_value, "duration");
  }
  for (std::size_t i = count; i < 3; ++i) {
    ms *= 10;
  }
  text.remove_prefix(count);
  return ms + (is_inexact ? 1 : 0);
}

struct Unit {
  char designator;
  bool is_time;
  std::int64_t ms;
};

// In the order in which they must stand.
constexpr std::array<Unit, 6> kUnits{{{'Y', false, 365 * kDayMs},
                                      {'M', false, 30 * kDayMs},
                                      {'D', false, kDayMs},
                                      {'H', true, kHourMs},
                                      {'M', true, kMinuteMs},
                                      {'S', true, kSecondMs}}};

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_xml_space(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_space);
}

Result<std::uint64_t> read_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const Digits digits = take_digits(text);
  if (digits.count == 0 || !text.empty()) {
    return Error(ErrorCode::malformed_value, "number");
  }
  if (digits.too_great) {
    return Error(ErrorCode::number_rollover, "number");
  }
  return digits.value;
}

Result<std::uint32_t> read_unsigned_int(std::string_view text) {
  auto number = read_number(text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) {
    return Error(ErrorCode::malformed_value, "unsigned int");
  }
  return static_cast<std::uint32_t>(*number);
}

Result<bool> read_boolean(std::string_view text) {
  text = trim(text);
  if (text == "1" || text == "true") {
    return true;
  }
  if (text == "0" || text == "false") {
    return false;
  }
  return Error(ErrorCode::malformed_value, "boolean");
}

Result<Duration> read_duration(std::string_view text) {
  text = trim(text);
  if (!text.starts_with('P')) {
    return Error(ErrorCode::malformed_value, "duration");
  }
  text.remove_prefix(1);
  std::int64_t total_ms = 0;
  bool is_time = false;
  bool has_part = false;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    if (!is_time && text.front() == 'T') {
      is_time = true;
      has_part = false;  // "T" needs a part of its own behind it.
      text.remove_prefix(1);
      continue;
    }
    const Digits digits = take_digits(text);
    const bool has_fraction = text.starts_with('.');
    PARLEY_ASSIGN_OR_RETURN(const std::int64_t fraction_ms, take_fraction(text));
    while (next_unit < kUnits.size() &&
           (text.empty() || kUnits[next_unit].designator != text.front() ||
            kUnits[next_unit].is_time != is_time)) {
      ++next_unit;
    }
    if (digits.count == 0 || next_unit == kUnits.size() ||
        (has_fraction && kUnits[next_unit].designator != 'S')) {
      return Error(ErrorCode::malformed_value, "duration");
    }
    total_ms =
        std::min(kDurationMaxMs, total_ms + capped(digits, kUnits[next_unit].ms) + fraction_ms);
    has_part = true;
    ++next_unit;
    text.remove_prefix(1);
  }
  if (!has_part) {
    return Error(ErrorCode::malformed_value, "duration");
  }
  return Duration(total_ms);
}

void append_number(Bytes& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.insert(out.end(), digits.data(), end);
}

void append_duration(Bytes& out, Duration duration) {
  const std::int64_t ms = duration.count();
  out.insert(out.end(), {'P', 'T'});
  append_number(out, static_cast<std::uint64_t>(ms / kSecondMs));
  if (ms % kSecondMs != 0) {
    const std::int64_t fraction = ms % kSecondMs;
    out.push_back('.');
    out.push_back(static_cast<Byte>('0' + fraction / 100));
    out.push_back(static_cast<Byte>('0' + fraction / 10 % 10));
    out.push_back(static_cast<Byte>('0' + fraction % 10));
  }
  out.push_back('S');
}

}  // namespace parley::soap
