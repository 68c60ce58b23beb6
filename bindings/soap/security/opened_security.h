#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "bindings/soap/security/assertion_check.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/signer.h"
#include "bindings/soap/tokens/timestamp.h"
#include "bindings/soap/tokens/username_token.h"
#include "bindings/soap/xml/document.h"

// What the reading half of message security finds out about one Security header.

namespace parley::soap {

struct VerifiedSignature {
  xml::Element element;
  Signer signer;
  bool is_derived = false;            ///< by a key derived from that of the signer
  std::vector<xml::Element> covered;  ///< the very elements that were digested (M89)
  Bytes value;                        ///< octets of SignatureValue
  std::string_view algorithm;         ///< URI of the SignatureMethod
  /// Of a signer that has one.
  std::optional<crypto::Certificate> certificate;
};

struct DecryptedPart {
  xml::NodeIndex replaced = xml::kNoNode;  ///< what gave way to the plaintext
  xml::Element parent;                     ///< in which the plaintext now stands
  xml::Element element;                    ///< Type Element: what it decrypted to. Null for Content
  Signer key;                              ///< where the key came from
  bool is_derived = false;                 ///< the key was derived from that
};

/// Whether `element` stands where something encrypted stood.
inline bool is_decrypted(const xml::Element& element) {
  const xml::Document& document = element.document();
  const xml::NodeIndex parent = document.node(element.index()).parent;
  return parent != xml::kNoNode && document.node(parent).replaces != xml::kNoNode;
}

/// A UsernameToken. Whether its password is right is asked only once a signature stands behind it:
/// else anybody could guess.
struct ShownUser {
  xml::Element element;
  UsernameToken token;
};

/// A BinarySecurityToken. Whether anybody signs by it is another question.
struct ShownCertificate {
  xml::Element element;
  std::string principal;  ///< of its first certificate
};

/// One step of opening, for an operator's eyes.
struct SecurityFinding {
  enum class Kind : std::uint8_t { token, signature, encryption };
  Kind kind = Kind::token;
  std::string what;                ///< URI of the algorithm, or the name of the token
  std::string key;                 ///< which key or subject, in words; never the key itself
  std::vector<std::string> parts;  ///< local names
  std::optional<Error> failure;
};

/// What one Security header proved.
struct OpenedSecurity {
  std::vector<VerifiedSignature> signatures;
  std::vector<DecryptedPart> decrypted;
  std::vector<ShownUser> users;
  std::vector<CheckedAssertion> assertions;
  std::vector<ShownCertificate> certificates;
  std::optional<Timestamp> timestamp;
  xml::Element timestamp_element;
  std::vector<xml::Element> confirmations;  ///< SignatureConfirmation elements
  /// The first context that the header names, verified or not.
  std::optional<contexts::ContextName> named_context;
  /// The keys that the message carried, in the order in which they were met. Anybody can add one:
  /// which of them counts is for the proof to say.
  std::vector<std::shared_ptr<const ExchangeSecret>> carried;
};

}  // namespace parley::soap
