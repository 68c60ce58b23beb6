#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Every namespace of policies and of the service descriptions that carry them, in one place
// (policy.md, sections 1 and 4.3).

namespace parley::policy {

/// The versions of the policy language. Drafts count as versions: services in the field speak them.
enum class Language : std::uint8_t { policy_2002_12, policy_2004_09, policy_2006_07, policy_1_5 };

inline constexpr std::array<std::string_view, 4> kLanguages{
    "http://schemas.xmlsoap.org/ws/2002/12/policy", "http://schemas.xmlsoap.org/ws/2004/09/policy",
    "http://www.w3.org/2006/07/ws-policy", "http://www.w3.org/ns/ws-policy"};

constexpr std::string_view namespace_of(Language language) {
  return kLanguages[static_cast<std::size_t>(language)];
}

/// Nothing unless `ns` is the namespace of a version.
constexpr std::optional<Language> find_language(std::string_view ns) {
  for (std::size_t i = 0; i < kLanguages.size(); ++i) {
    if (kLanguages[i] == ns) {
      return static_cast<Language>(i);
    }
  }
  return std::nullopt;
}

/// WP-023: the older versions have no Ignorable.
constexpr bool has_ignorable(Language language) {
  return language >= Language::policy_2006_07;
}

namespace uri {

// --- Security policy -----------------------------------------------------------------------------

inline constexpr std::string_view kSp11 = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy";
/// Of 1.2, and the base of 1.3.
inline constexpr std::string_view kSp12 =
    "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";
/// What 1.3 adds.
inline constexpr std::string_view kSp13 =
    "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802";
/// A vendor's additions to 1.1.
inline constexpr std::string_view kMssp = "http://schemas.microsoft.com/ws/2005/07/securitypolicy";
/// Another's, for the GCM suites.
inline constexpr std::string_view kCxfSuites = "http://cxf.apache.org/custom/security-policy";

// --- Reliable messaging policy -------------------------------------------------------------------

inline constexpr std::string_view kRmp10 = "http://schemas.xmlsoap.org/ws/2005/02/rm/policy";
inline constexpr std::string_view kRmp11 = "http://docs.oasis-open.org/ws-rx/wsrmp/200702";
inline constexpr std::string_view kNetRmp = "http://schemas.microsoft.com/ws-rx/wsrmp/200702";
inline constexpr std::string_view kNetRmp2005 =
    "http://schemas.microsoft.com/net/2005/02/rm/policy";
inline constexpr std::string_view kMetroRmp = "http://java.sun.com/xml/ns/metro/ws-rx/wsrmp/200702";
inline constexpr std::string_view kSunRm = "http://sun.com/2006/03/rm";
inline constexpr std::string_view kSunRmClient = "http://sun.com/2006/03/rm/client";
/// Of the first text, with sequences as subjects of policy (section 3.3).
inline constexpr std::string_view kWsrm2003 = "http://schemas.xmlsoap.org/ws/2003/03/rm";
inline constexpr std::string_view kMakeConnection = "http://docs.oasis-open.org/ws-rx/wsmc/200702";

// --- Addressing ----------------------------------------------------------------------------------

inline constexpr std::string_view kWsam = "http://www.w3.org/2007/05/addressing/metadata";
inline constexpr std::string_view kWsam200702 = "http://www.w3.org/2007/02/addressing/metadata";
inline constexpr std::string_view kWsam200701 = "http://www.w3.org/2007/01/addressing/metadata";
inline constexpr std::string_view kWsaw = "http://www.w3.org/2006/05/addressing/wsdl";
/// Both of these speak of addressing 2004/08.
inline constexpr std::string_view kWsap = "http://schemas.xmlsoap.org/ws/2004/09/policy/addressing";
inline constexpr std::string_view kWsapOlder =
    "http://schemas.xmlsoap.org/ws/2004/08/addressing/policy";

// --- Other assertions ----------------------------------------------------------------------------

inline constexpr std::string_view kMtomPolicy =
    "http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization";

// --- Service descriptions ------------------------------------------------------------------------

inline constexpr std::string_view kWsdl = "http://schemas.xmlsoap.org/wsdl/";
inline constexpr std::string_view kWsdlSoap11 = "http://schemas.xmlsoap.org/wsdl/soap/";
inline constexpr std::string_view kWsdlSoap12 = "http://schemas.xmlsoap.org/wsdl/soap12/";
inline constexpr std::string_view kSoapOverHttp = "http://schemas.xmlsoap.org/soap/http";
inline constexpr std::string_view kSchema = "http://www.w3.org/2001/XMLSchema";
inline constexpr std::string_view kMetadataExchange = "http://schemas.xmlsoap.org/ws/2004/09/mex";
inline constexpr std::string_view kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";

}  // namespace uri

}  // namespace parley::policy
