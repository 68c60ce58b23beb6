#pragma once

#include <array>
#include <string_view>

namespace parley::vectors {

/// What no SOAP security profile of ours will ever use: the only reasons for which a vector is left out.
struct Skip {
  std::string_view token;  ///< an algorithm URI, or part of one
  std::string_view reason;
};

inline constexpr std::array<Skip, 5> kSkippedAlgorithms{{
    {"dsa-sha1", "DSA"},
    {"dsa-sha256", "DSA"},
    {"REC-xslt", "XSLT"},
    {"REC-xpath", "XPath filters"},
    {"xmldsig-filter2", "XPath filters"},
}};

inline constexpr std::string_view kSkipDtd = "a document with a DTD";
inline constexpr std::string_view kSkipXpathNodes = "an XPath node set (whole-document DOM feature)";
inline constexpr std::string_view kSkipEncoding = "an encoding that SOAP does not use";
inline constexpr std::string_view kSkipXpointer = "an XPointer beyond an Id";
inline constexpr std::string_view kSkipExternal = "a Reference outside the message, which is never followed (M10)";

inline constexpr std::string_view kSkipTruncated = "an HMACOutputLength, refused by the Basic Security Profile (M34)";
inline constexpr std::string_view kSkipAsn1 = "an ECDSA signature as ASN.1, which is not XML Signature's form (M39)";

}  // namespace parley::vectors
