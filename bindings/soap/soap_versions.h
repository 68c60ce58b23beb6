#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "engine/profile.h"

// What differs between SOAP 1.1 and SOAP 1.2, in one place (namespaces.md, section 2).

namespace parley::soap {

struct SoapNames {
  std::string_view ns;
  std::string_view role_attribute;  ///< local name; in the namespace `ns`
  std::string_view role_next;
  std::string_view role_none;      ///< empty = does not exist
  std::string_view role_ultimate;  ///< besides no role at all; empty = does not exist
  std::string_view sender;         ///< local name of the fault code that blames the sender
  std::string_view receiver;       ///< local name of the fault code that blames the receiver
  std::string_view media_type;
};

inline constexpr std::array<SoapNames, 2> kSoapNames{{
    {"http://schemas.xmlsoap.org/soap/envelope/", "actor",
     "http://schemas.xmlsoap.org/soap/actor/next", "", "", "Client", "Server", "text/xml"},
    {"http://www.w3.org/2003/05/soap-envelope", "role",
     "http://www.w3.org/2003/05/soap-envelope/role/next",
     "http://www.w3.org/2003/05/soap-envelope/role/none",
     "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver", "Sender", "Receiver",
     "application/soap+xml"},
}};

constexpr const SoapNames& names_of(engine::SoapVersion version) {
  return kSoapNames[static_cast<std::size_t>(version)];
}

}  // namespace parley::soap
