#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// wsu:Timestamp (message-security.md, section 3).
struct Timestamp {
  WallTime created;
  std::optional<WallTime> expires;
  xml::Element created_element;  ///< where it is written
  xml::Element expires_element;  ///< null without Expires
};

struct TimestampSettings {
  bool is_checked = true;                   ///< false: for recorded messages
  Duration clock_skew = Duration(300'000);  ///< between the peer's clock and ours
  Duration age_max = Duration(300'000);     ///< of Created, even when Expires is later (M13)
};

/// Reads the element. Errors: security_header_invalid for anything but one Created, first, and at
/// most one Expires, or for times that are not UTC date-times (M11, M12).
Result<Timestamp> read_timestamp(const xml::Element& element);

/// Errors: message_expired (M13).
Result<void> check_timestamp(const Timestamp& timestamp,
                             const TimestampSettings& settings,
                             WallTime now);

}  // namespace parley::soap
