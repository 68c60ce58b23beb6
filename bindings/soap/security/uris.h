#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "contexts/trust_messages.h"

// Every namespace, token type and reference URI of message security, in one place per protocol
// (namespaces.md, sections 1 and 3 to 5). URIs compare octet by octet. Algorithm URIs are in
// algorithms.h.

namespace parley::soap::uri {

// --- WS-Security 1.0 and 1.1 ---------------------------------------------------------------------

#define PARLEY_WSS_2004 "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
#define PARLEY_WSS_11 "http://docs.oasis-open.org/wss/oasis-wss-"

inline constexpr std::string_view kWsse = PARLEY_WSS_2004 "wssecurity-secext-1.0.xsd";
inline constexpr std::string_view kWsse11 = PARLEY_WSS_11 "wssecurity-secext-1.1.xsd";
inline constexpr std::string_view kWsu = PARLEY_WSS_2004 "wssecurity-utility-1.0.xsd";

inline constexpr std::string_view kBase64Binary = PARLEY_WSS_2004 "soap-message-security-1.0#Base64Binary";
inline constexpr std::string_view kStrTransform = PARLEY_WSS_2004 "soap-message-security-1.0#STR-Transform";
inline constexpr std::string_view kThumbprintSha1 = PARLEY_WSS_11 "soap-message-security-1.1#ThumbprintSHA1";
inline constexpr std::string_view kEncryptedKeyToken = PARLEY_WSS_11 "soap-message-security-1.1#EncryptedKey";
inline constexpr std::string_view kEncryptedKeySha1 = PARLEY_WSS_11 "soap-message-security-1.1#EncryptedKeySHA1";

inline constexpr std::string_view kUsernameToken = PARLEY_WSS_2004 "username-token-profile-1.0#UsernameToken";
inline constexpr std::string_view kPasswordText = PARLEY_WSS_2004 "username-token-profile-1.0#PasswordText";
inline constexpr std::string_view kPasswordDigest = PARLEY_WSS_2004 "username-token-profile-1.0#PasswordDigest";

inline constexpr std::string_view kX509V3 = PARLEY_WSS_2004 "x509-token-profile-1.0#X509v3";
inline constexpr std::string_view kX509PkiPath = PARLEY_WSS_2004 "x509-token-profile-1.0#X509PKIPathv1";
inline constexpr std::string_view kX509Pkcs7 = PARLEY_WSS_2004 "x509-token-profile-1.0#PKCS7";
inline constexpr std::string_view kX509Ski = PARLEY_WSS_2004 "x509-token-profile-1.0#X509SubjectKeyIdentifier";

inline constexpr std::string_view kSamlAssertionId = PARLEY_WSS_11 "saml-token-profile-1.0#SAMLAssertionID";
inline constexpr std::string_view kSamlId = PARLEY_WSS_11 "saml-token-profile-1.1#SAMLID";
inline constexpr std::string_view kSaml11Token = PARLEY_WSS_11 "saml-token-profile-1.1#SAMLV1.1";
inline constexpr std::string_view kSaml20Token = PARLEY_WSS_11 "saml-token-profile-1.1#SAMLV2.0";

#undef PARLEY_WSS_2004
#undef PARLEY_WSS_11

inline constexpr std::string_view kSaml1 = "urn:oasis:names:tc:SAML:1.0:assertion";
inline constexpr std::string_view kSaml2 = "urn:oasis:names:tc:SAML:2.0:assertion";

// --- XML Signature and XML Encryption ------------------------------------------------------------

inline constexpr std::string_view kDs = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view kDsig11 = "http://www.w3.org/2009/xmldsig11#";
inline constexpr std::string_view kXenc = "http://www.w3.org/2001/04/xmlenc#";
inline constexpr std::string_view kXenc11 = "http://www.w3.org/2009/xmlenc11#";
inline constexpr std::string_view kExcC14n = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// EncryptedData/@Type.
inline constexpr std::string_view kTypeElement = "http://www.w3.org/2001/04/xmlenc#Element";
inline constexpr std::string_view kTypeContent = "http://www.w3.org/2001/04/xmlenc#Content";

/// RetrievalMethod/@Type.
inline constexpr std::string_view kTypeEncryptedKey = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";
inline constexpr std::string_view kTypeX509Data = "http://www.w3.org/2000/09/xmldsig#X509Data";

// --- WS-SecureConversation -----------------------------------------------------------------------

/// The URIs of one family (namespaces.md, section 3).
struct SecureConversation {
  std::string_view ns;
  std::string_view security_context_token;  ///< token type = ValueType of a reference to it
  std::string_view derived_key_token;       ///< ValueType of a reference to a derived key
  std::string_view p_sha1;                  ///< derivation algorithm, the default
};

inline constexpr std::array<SecureConversation, 2> kSecureConversation{{
    {"http://schemas.xmlsoap.org/ws/2005/02/sc",
     "http://schemas.xmlsoap.org/ws/2005/02/sc/sct",
     "http://schemas.xmlsoap.org/ws/2005/02/sc/dk",
     "http://schemas.xmlsoap.org/ws/2005/02/sc/dk/p_sha1"},
    {"http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512",
     "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/sct",
     "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk",
     "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk/p_sha1"},
}};

constexpr const SecureConversation& secure_conversation(contexts::TrustFamily family) {
  return kSecureConversation[static_cast<std::size_t>(family)];
}

/// Null unless `ns` is the namespace of a family.
constexpr const SecureConversation* find_secure_conversation(std::string_view ns) {
  for (const SecureConversation& row : kSecureConversation) {
    if (row.ns == ns) {
      return &row;
    }
  }
  return nullptr;
}

constexpr bool is_security_context_token_type(std::string_view value) {
  return value == kSecureConversation[0].security_context_token ||
         value == kSecureConversation[1].security_context_token;
}

constexpr bool is_derived_key_token_type(std::string_view value) {
  return value == kSecureConversation[0].derived_key_token ||
         value == kSecureConversation[1].derived_key_token;
}

// --- WS-Trust, as far as secure conversation needs it ---------------------------------------------

/// Request type and the two actions of one operation on a security context token. Amend has no
/// request type of its own (N6).
struct TrustOperationUris {
  std::string_view request_type;
  std::string_view request_action;
  std::string_view response_action;
};

/// The URIs of one family (namespaces.md, section 4).
struct Trust {
  std::string_view ns;
  TrustOperationUris issue;
  TrustOperationUris renew;
  TrustOperationUris amend;
  TrustOperationUris cancel;
  std::string_view secret_nonce;      ///< BinarySecret/@Type of entropy
  std::string_view secret_symmetric;  ///< BinarySecret/@Type of a key; key type of symmetric keys
  std::string_view computed_key_psha1;
};

#define PARLEY_WST_OPERATIONS(base)                                                     \
  {base "/Issue", base "/RST/SCT", base "/RSTR/SCT"},                                   \
      {base "/Renew", base "/RST/SCT/Renew", base "/RSTR/SCT/Renew"},                   \
      {base "/Issue", base "/RST/SCT/Amend", base "/RSTR/SCT/Amend"},                   \
      {base "/Cancel", base "/RST/SCT/Cancel", base "/RSTR/SCT/Cancel"}, base "/Nonce", \
      base "/SymmetricKey", base "/CK/PSHA1"

inline constexpr std::array<Trust, 2> kTrust{{
    {"http://schemas.xmlsoap.org/ws/2005/02/trust",
     PARLEY_WST_OPERATIONS("http://schemas.xmlsoap.org/ws/2005/02/trust")},
    {"http://docs.oasis-open.org/ws-sx/ws-trust/200512",
     PARLEY_WST_OPERATIONS("http://docs.oasis-open.org/ws-sx/ws-trust/200512")},
}};

#undef PARLEY_WST_OPERATIONS

/// What 1.4 adds to the 200512 family (namespaces.md, 7).
inline constexpr std::string_view kTrust14 = "http://docs.oasis-open.org/ws-sx/ws-trust/200802";

/// wsp:AppliesTo, in both families (namespaces.md, 1).
inline constexpr std::string_view kPolicy04 = "http://schemas.xmlsoap.org/ws/2004/09/policy";

/// Ours: the name of a credential, where a token service tells for whom a token is.
inline constexpr std::string_view kPrincipal = "urn:parley:principal";

constexpr const Trust& trust(contexts::TrustFamily family) {
  return kTrust[static_cast<std::size_t>(family)];
}

}  // namespace parley::soap::uri
