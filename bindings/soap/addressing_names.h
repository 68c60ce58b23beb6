#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/profile.h"

// What differs between the two versions of WS-Addressing, in one place (addressing.md, sections 1
// and 5). The engine knows addresses and relationships in their 1.0 spelling only.

namespace parley::soap {

struct AddressingNames {
  std::string_view ns;
  std::string_view anonymous;
  std::string_view none;  ///< empty = does not exist
  std::string_view unspecified_id;
  std::string_view fault_action;       ///< of addressing's own faults, and where nothing else is said
  std::string_view soap_fault_action;  ///< of SOAP's own faults (WA-042)
  std::string_view invalid_header;     ///< fault subcodes, local names
  std::string_view header_required;
};

inline constexpr std::array<AddressingNames, 2> kAddressingNames{{
    {"http://schemas.xmlsoap.org/ws/2004/08/addressing",
     "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous", "",
     "http://schemas.xmlsoap.org/ws/2004/08/addressing/id/unspecified",
     "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
     "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault", "InvalidMessageInformationHeader",
     "MessageInformationHeaderRequired"},
    {"http://www.w3.org/2005/08/addressing", "http://www.w3.org/2005/08/addressing/anonymous",
     "http://www.w3.org/2005/08/addressing/none",
     "http://www.w3.org/2005/08/addressing/unspecified",
     "http://www.w3.org/2005/08/addressing/fault",
     "http://www.w3.org/2005/08/addressing/soap/fault", "InvalidAddressingHeader",
     "MessageAddressingHeaderRequired"},
}};

/// Of the relationship that RelatesTo has without saying so: an IRI in 1.0, the local name of a QName
/// in 2004/08.
inline constexpr std::string_view kReplyRelationship = "http://www.w3.org/2005/08/addressing/reply";
inline constexpr std::string_view kReplyRelationship200408 = "Reply";

constexpr const AddressingNames& names_of(engine::AddressingVersion version) {
  return kAddressingNames[static_cast<std::size_t>(version)];
}

/// Nothing unless `ns` is the namespace of a version.
constexpr std::optional<engine::AddressingVersion> find_addressing(std::string_view ns) {
  for (std::size_t i = 0; i < kAddressingNames.size(); ++i) {
    if (kAddressingNames[i].ns == ns) {
      return static_cast<engine::AddressingVersion>(i);
    }
  }
  return std::nullopt;
}

}  // namespace parley::soap
