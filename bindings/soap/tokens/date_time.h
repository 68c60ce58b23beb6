#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace parley::soap {

/// Reads an xs:dateTime of the years 0001 to 9999 with a time zone, as Timestamps and Lifetimes write
/// it (M12). White space around it is ignored; fractions beyond milliseconds are cut; a leap second,
/// 24:00:00, a day that its month does not have and a zone beyond 14 hours are refused.
/// Errors: malformed_value.
Result<WallTime> parse_date_time(std::string_view text);

/// The 24 characters of a UTC time with milliseconds: 2024-05-01T12:00:00.000Z. Times outside the
/// years 0001 to 9999 are written as the nearest end of that range.
class DateTimeText {
 public:
  explicit DateTimeText(WallTime time);

  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 24> text_;
};

}  // namespace parley::soap
