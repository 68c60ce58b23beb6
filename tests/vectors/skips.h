#pragma once

#include <array>
#include <string_view>

namespace parley::vectors {

// What no SOAP security profile of ours will ever use: the only reasons for which a vector is left
// out. Everything else has to pass, under opened policies where the product refuses it.

inline constexpr std::string_view kSkipDsa = "DSA";
inline constexpr std::string_view kSkipXslt = "XSLT";
inline constexpr std::string_view kSkipXpathFilter = "XPath filters";
inline constexpr std::string_view kSkipXpointer = "an XPointer beyond an Id";
inline constexpr std::string_view kSkipDtd = "a document with a DTD";
inline constexpr std::string_view kSkipNodeSet =
    "a node set cut out by XPath (a feature of whole-document DOMs)";
inline constexpr std::string_view kSkipAssociatedData =
    "GCM with associated data, or another IV or tag size than XML Encryption's";
inline constexpr std::string_view kSkipPrimitive =
    "a primitive that no SOAP security profile of ours uses";

/// What an algorithm identifier says of itself.
struct SkippedAlgorithm {
  std::string_view uri;
  std::string_view reason;
};

inline constexpr std::array<SkippedAlgorithm, 6> kSkippedAlgorithms{{
    {"http://www.w3.org/2000/09/xmldsig#dsa-sha1", kSkipDsa},
    {"http://www.w3.org/2009/xmldsig11#dsa-sha256", kSkipDsa},
    {"http://www.w3.org/TR/1999/REC-xslt-19991116", kSkipXslt},
    {"http://www.w3.org/TR/1999/REC-xpath-19991116", kSkipXpathFilter},
    {"http://www.w3.org/2002/06/xmldsig-filter2", kSkipXpathFilter},
    {"http://www.w3.org/2002/04/xmldsig-filter2", kSkipXpathFilter},
}};

}  // namespace parley::vectors
