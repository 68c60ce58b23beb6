#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/tokens/timestamp.h"
#include "bindings/soap/xml/document.h"

// The reading half of message security: goes through one Security header in document order, decrypts
// and verifies, and tells which elements were really covered by which key.

namespace parley::soap {

struct OpenSettings {
  Limits limits;
  AlgorithmPolicy algorithms;
  TimestampSettings timestamps;
  /// The label of derived keys that name none, when both sides agreed on another (DK6).
  std::string default_label;
  /// A reference to something that is not a header block, the Body or a child of the Security header
  /// fails the message, rather than counting for nothing (M91).
  bool strict_targets = false;
};

/// Whose key made a signature.
struct Signer {
  enum class Kind : std::uint8_t {
    context,      ///< the key of a security context, or one derived from it
    exchange,     ///< the key of the request that this message answers, or one derived from it
    carried,      ///< a key that the message itself carries in an EncryptedKey: proves nothing alone
    certificate,  ///< the private key of a certificate, which is trusted
    raw,          ///< a key given by hand
  };
  Kind kind = Kind::raw;
  contexts::ContextName context;  ///< kind context
  std::string principal;          ///< kind certificate: "x509:" and the SHA-256 of the certificate
  std::string subject;            ///< kind certificate: readable

  /// Keys of one source compare equal, whatever was derived from them.
  friend bool operator==(const Signer&, const Signer&) = default;
};

struct VerifiedSignature {
  xml::Element element;
  Signer signer;
  std::vector<xml::Element> covered;  ///< the very elements that were digested (M89)
  Bytes value;                        ///< octets of SignatureValue
  std::string_view algorithm;         ///< URI of the SignatureMethod
};

struct DecryptedPart {
  xml::Element parent;   ///< in which the plaintext now stands
  xml::Element element;  ///< Type Element: what it decrypted to. Null for Content
  Signer key;
  std::string_view algorithm;
};

/// One step of opening, for an operator's eyes (see Opener::findings).
struct SecurityFinding {
  enum class Kind : std::uint8_t { token, signature, reference, encryption };
  Kind kind;
  std::string_view algorithm;   ///< URI
  std::string key;              ///< which key, in words; never the key itself
  std::vector<std::string> parts;
  std::optional<Error> failure;
};

/// What one Security header proved.
struct OpenedSecurity {
  std::vector<VerifiedSignature> signatures;
  std::vector<DecryptedPart> decrypted;
  std::optional<Timestamp> timestamp;
  xml::Element timestamp_element;
  std::vector<xml::Element> confirmations;  ///< SignatureConfirmation elements
  /// The first context that the header names, verified or not.
  std::optional<contexts::ContextName> named_context;
  /// The key that the message carried, for the answer; null when there is none.
  std::shared_ptr<const ExchangeSecret> carried;
};

}  // namespace parley::soap
