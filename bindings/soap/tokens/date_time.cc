#include "bindings/soap/tokens/date_time.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace parley::soap {
namespace {

constexpr std::int64_t kFirstMs = -62'135'596'800'000;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastMs = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

/// Takes digits and separators off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  /// Exactly `digits` digits, or -1.
  int number(std::size_t digits) {
    if (rest_.size() < digits) {
      return -1;
    }
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  /// Milliseconds of a fraction of any length, at least one digit; -1 when there is none.
  int fraction() {
    int value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      if (digits < 3) {
        value = value * 10 + (rest_[digits] - '0');
      }
    }
    for (std::size_t i = digits; i < 3; ++i) {
      value *= 10;
    }
    rest_.remove_prefix(digits);
    return digits == 0 ? -1 : value;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Error malformed() { return Error(ErrorCode::malformed_value, "date and time"); }

/// Minutes east of UTC, or nothing that could be one.
Result<int> read_zone(Reader& reader) {
  if (reader.take('Z')) {
    return 0;
  }
  const bool is_west = reader.take('-');
  if (!is_west && !reader.take('+')) {
    return malformed();  // a local time says nothing to another machine
  }
  const int hours = reader.number(2);
  const bool has_colon = reader.take(':');
  const int minutes = reader.number(2);
  if (hours < 0 || !has_colon || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60) {
    return malformed();
  }
  const int east = hours * 60 + minutes;
  return is_west ? -east : east;
}

char* write_number(char* out, unsigned value, std::size_t digits) {
  for (std::size_t i = digits; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

}  // namespace

Result<WallTime> parse_date_time(std::string_view text) {
  Reader reader(trimmed(text));
  const int year = reader.number(4);
  const bool dash1 = reader.take('-');
  const int month = reader.number(2);
  const bool dash2 = reader.take('-');
  const int day = reader.number(2);
  const bool tee = reader.take('T');
  const int hour = reader.number(2);
  const bool colon1 = reader.take(':');
  const int minute = reader.number(2);
  const bool colon2 = reader.take(':');
  const int second = reader.number(2);
  if (year < 1 || !dash1 || month < 1 || !dash2 || day < 1 || !tee || hour < 0 || hour > 23 ||
      !colon1 || minute < 0 || minute > 59 || !colon2 || second < 0 || second > 59) {
    return malformed();
  }
  const int ms = reader.take('.') ? reader.fraction() : 0;
  if (ms < 0) {
    return malformed();
  }
  PARLEY_ASSIGN_OR_RETURN(const int zone, read_zone(reader));
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.at_end() || !date.ok()) {
    return malformed();
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t minutes = days * 1440 + hour * 60 + minute - zone;
  return WallTime{(minutes * 60 + second) * 1000 + ms};
}

DateTimeText::DateTimeText(WallTime time) {
  const std::int64_t ms = std::clamp(time.ms, kFirstMs, kLastMs);
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  const auto of_day = static_cast<unsigned>((point - day).count());
  char* out = text_.data();
  out = write_number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *out++ = '-';
  out = write_number(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = write_number(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  out = write_number(out, of_day / 3'600'000, 2);
  *out++ = ':';
  out = write_number(out, of_day / 60'000 % 60, 2);
  *out++ = ':';
  out = write_number(out, of_day / 1000 % 60, 2);
  *out++ = '.';
  out = write_number(out, of_day % 1000, 3);
  *out = 'Z';
}

}  // namespace parley::soap
