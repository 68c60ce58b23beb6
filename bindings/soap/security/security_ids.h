#pragma once

#include <string_view>

// Ids of the Security header. They repeat from message to message: an Id has to be unique in its
// message only.

namespace parley::soap::ids {

/// What all of them begin with; no other Id of a message does.
inline constexpr std::string_view kPrefix = "wss-";

inline constexpr std::string_view kTimestamp = "wss-ts";
inline constexpr std::string_view kEncryptedKey = "wss-ek";
inline constexpr std::string_view kSignatureKey = "wss-dk-sig";
inline constexpr std::string_view kEncryptionKey = "wss-dk-enc";
inline constexpr std::string_view kCertificate = "wss-x509";
inline constexpr std::string_view kUser = "wss-user";
inline constexpr std::string_view kAssertion = "wss-saml";  ///< of the reference to it
inline constexpr std::string_view kSignature = "wss-sig";
inline constexpr std::string_view kEndorsement = "wss-endorse";
inline constexpr std::string_view kSubjectEndorsement = "wss-endorse-saml";
inline constexpr std::string_view kConfirmation = "wss-sc";
inline constexpr std::string_view kBodyData = "wss-ed-body";
inline constexpr std::string_view kPieceData = "wss-ed-part";     ///< and a number
inline constexpr std::string_view kHeaderData = "wss-ed-header";  ///< and a number
inline constexpr std::string_view kHiddenHeader = "wss-header";   ///< and a number
inline constexpr std::string_view kUserData = "wss-ed-user";
inline constexpr std::string_view kAssertionData = "wss-ed-saml";
inline constexpr std::string_view kConfirmationData = "wss-ed-sc";  ///< and a number
inline constexpr std::string_view kSignatureData = "wss-ed-sig";
inline constexpr std::string_view kEndorsementData = "wss-ed-endorse";
inline constexpr std::string_view kSubjectEndorsementData = "wss-ed-endorse-saml";

}  // namespace parley::soap::ids
