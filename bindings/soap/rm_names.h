#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "sequences/rm_settings.h"

// What differs between WS-RM 1.0 and 1.1/1.2, in one place (reliable-messaging.md, section 1).

namespace parley::soap {

struct RmNames {
  std::string_view ns;
  std::string_view create_sequence;  ///< actions; empty = does not exist in this version
  std::string_view create_sequence_response;
  std::string_view close_sequence;
  std::string_view close_sequence_response;
  std::string_view terminate_sequence;
  std::string_view terminate_sequence_response;
  std::string_view sequence_acknowledgement;
  std::string_view ack_requested;
  std::string_view last_message;
  std::string_view fault_action;  ///< empty = that of WS-Addressing
};

#define PARLEY_RM_10 "http://schemas.xmlsoap.org/ws/2005/02/rm"
#define PARLEY_RM_11 "http://docs.oasis-open.org/ws-rx/wsrm/200702"

inline constexpr std::array<RmNames, 2> kRmNames{{
    {PARLEY_RM_10, PARLEY_RM_10 "/CreateSequence", PARLEY_RM_10 "/CreateSequenceResponse", "", "",
     PARLEY_RM_10 "/TerminateSequence", "", PARLEY_RM_10 "/SequenceAcknowledgement",
     PARLEY_RM_10 "/AckRequested", PARLEY_RM_10 "/LastMessage", ""},
    {PARLEY_RM_11, PARLEY_RM_11 "/CreateSequence", PARLEY_RM_11 "/CreateSequenceResponse",
     PARLEY_RM_11 "/CloseSequence", PARLEY_RM_11 "/CloseSequenceResponse",
     PARLEY_RM_11 "/TerminateSequence", PARLEY_RM_11 "/TerminateSequenceResponse",
     PARLEY_RM_11 "/SequenceAcknowledgement", PARLEY_RM_11 "/AckRequested", "",
     PARLEY_RM_11 "/fault"},
}};

#undef PARLEY_RM_10
#undef PARLEY_RM_11

/// Of BufferRemaining and of a vendor's nested fault codes (section 8.4).
inline constexpr std::string_view kNetRm = "http://schemas.microsoft.com/ws/2006/05/rm";

constexpr const RmNames& names_of(sequences::RmVersion version) {
  return kRmNames[static_cast<std::size_t>(version)];
}

/// Nothing unless `ns` is the namespace of a version.
constexpr std::optional<sequences::RmVersion> find_rm(std::string_view ns) {
  for (std::size_t i = 0; i < kRmNames.size(); ++i) {
    if (kRmNames[i].ns == ns) {
      return static_cast<sequences::RmVersion>(i);
    }
  }
  return std::nullopt;
}

}  // namespace parley::soap
