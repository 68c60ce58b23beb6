#include "bindings/soap/tokens/timestamp.h"

#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"

namespace parley::soap {
namespace {

Error invalid() {
  return Error(ErrorCode::security_header_invalid, "Timestamp");
}

/// A child with one time and nothing else.
Result<WallTime> read_time(const xml::Element& element) {
  if (!element.attributes().empty() && element.attribute("", "ValueType")) {
    return invalid();  // M11: R3225, R3226
  }
  if (element.has_children()) {
    return invalid();
  }
  std::string scratch;
  auto time = parse_date_time(element.text_view(scratch));
  if (!time) {
    return invalid();
  }
  return *time;
}

}  // namespace

Result<Timestamp> read_timestamp(const xml::Element& element) {
  Timestamp timestamp;
  const xml::Element created = element.first_child();
  if (!created.is(uri::kWsu, "Created")) {
    return invalid();
  }
  PARLEY_ASSIGN_OR_RETURN(timestamp.created, read_time(created));
  timestamp.created_element = created;
  const xml::Element expires = created.next_sibling();
  if (expires) {
    if (!expires.is(uri::kWsu, "Expires") || expires.next_sibling()) {
      return invalid();
    }
    PARLEY_ASSIGN_OR_RETURN(timestamp.expires, read_time(expires));
  }
  timestamp.expires_element = expires;
  return timestamp;
}

Result<void> check_timestamp(const Timestamp& timestamp,
                             const TimestampSettings& settings,
                             WallTime now) {
  if (timestamp.expires && *timestamp.expires <= timestamp.created) {
    return Error(ErrorCode::message_expired, "Timestamp expires before it was created");
  }
  if (!settings.is_checked) {
    return {};
  }
  if (timestamp.created > now + settings.clock_skew) {
    return Error(ErrorCode::message_expired, "Timestamp lies in the future");
  }
  if (timestamp.expires && *timestamp.expires <= now - settings.clock_skew) {
    return Error(ErrorCode::message_expired, "Timestamp has expired");
  }
  if (now - timestamp.created > settings.age_max + settings.clock_skew) {
    return Error(ErrorCode::message_expired, "Timestamp is too old");
  }
  return {};
}

}  // namespace parley::soap
