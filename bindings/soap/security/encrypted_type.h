#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/xml/document.h"
#include "crypto/asymmetric.h"

// The elements of XML Encryption, read and not yet decrypted (message-security.md, section 8).

namespace parley::soap {

/// xenc:EncryptedData. Points into the document.
struct EncryptedDataClaim {
  xml::Element element;
  std::string_view type;  ///< uri::kTypeElement, uri::kTypeContent, other, or empty
  const CipherRow* cipher = nullptr;
  xml::Element key_info;  ///< null = none
  xml::Element cipher_value;
};

/// Errors: algorithm_unsupported; security_failed for a CipherReference, which is never followed
/// (M55), or a missing CipherValue.
Result<EncryptedDataClaim> read_encrypted_data(const xml::Element& element,
                                               const AlgorithmPolicy& policy);

/// xenc:EncryptedKey, which points into the document. Exactly one of `transport` and `wrap` is set.
struct EncryptedKeyClaim {
  xml::Element element;
  const KeyTransportRow* transport = nullptr;
  crypto::OaepParameters oaep;
  const KeyWrapRow* wrap = nullptr;
  xml::Element key_info;  ///< null = none
  Bytes cipher_value;
  std::vector<std::string_view> listed;  ///< ids of its ReferenceList
};

/// Errors: security_failed for everything but an unknown or refused algorithm, which is
/// algorithm_unsupported.
Result<EncryptedKeyClaim> read_encrypted_key(const xml::Element& element,
                                             const AlgorithmPolicy& policy,
                                             const Limits& limits);

/// The ids that an xenc:ReferenceList names. Errors: security_header_invalid for anything but
/// same-document DataReferences (M51), a repeated one (M63), or more than encrypted_items_max.
Result<std::vector<std::string_view>> read_reference_list(const xml::Element& element,
                                                          const Limits& limits);

}  // namespace parley::soap
