#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "tests/sim/plan.h"

namespace parley::sim {

/// Which message of a schedule it is.
struct MessageName {
  std::size_t conversation = 0;
  std::uint64_t ticket = 0;

  friend auto operator<=>(const MessageName&, const MessageName&) = default;
};

inline constexpr const char* kSendAction = "urn:sim/Send";
inline constexpr const char* kReplyAction = "urn:sim/Reply";
inline constexpr const char* kRefusal = "Refused";

/// The body that this message has, always the same.
Bytes body_of(const Plan& plan, MessageName name);

/// The body of its reply; of its fault, the detail.
Bytes reply_body_of(const Plan& plan, MessageName name);

/// Which message a body (of either kind) is of; nothing if it is not octet for octet what it should
/// be.
std::optional<MessageName> name_of_body(const Plan& plan, ByteView body);
std::optional<MessageName> name_of_reply(const Plan& plan, ByteView body);

std::string to_text(MessageName name);

}  // namespace parley::sim
