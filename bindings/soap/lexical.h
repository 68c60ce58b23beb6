#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

// Lexical forms of XML Schema that envelopes need, read strictly. Every reader collapses white space
// around the value first, as the types demand (reliable-messaging.md, section 2).

namespace parley::soap {

/// The greatest MessageNumber (RM-033).
inline constexpr std::uint64_t kMessageNumberMax = 9223372036854775807ull;

/// Without leading and trailing XML white space.
std::string_view trim(std::string_view text);

bool is_xml_space(std::string_view text);

/// xs:unsignedLong as a MessageNumber: 0 to kMessageNumberMax (who may say 0 is the caller's
/// concern). Errors: malformed_value; number_rollover for a greater number of any length.
Result<std::uint64_t> read_number(std::string_view text);

/// xs:unsignedInt. Errors: malformed_value.
Result<std::uint32_t> read_unsigned_int(std::string_view text);

/// xs:boolean. Errors: malformed_value.
Result<bool> read_boolean(std::string_view text);

/// xs:duration, not negative, in milliseconds; a year counts 365 days and a month 30. A fraction of a
/// millisecond counts as one, so that nothing shrinks to zero; what exceeds a thousand years becomes
/// a thousand years. Errors: malformed_value.
Result<Duration> read_duration(std::string_view text);

void append_number(Bytes& out, std::uint64_t number);

/// "PT" and seconds, with as many fraction digits as needed. `duration` is not negative.
void append_duration(Bytes& out, Duration duration);

}  // namespace parley::soap
