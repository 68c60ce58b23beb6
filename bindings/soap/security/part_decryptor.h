#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/security/encrypted_type.h"
#include "bindings/soap/security/key_resolver.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// Decrypts the parts of one message that its Security header lists, each once, and puts the
/// plaintext into the document (message-security.md, sections 8 and 9).
class PartDecryptor {
 public:
  /// All borrowed.
  PartDecryptor(xml::Document& document,
                const Envelope& envelope,
                KeyResolver& keys,
                const OpenSettings& settings,
                Workspace& workspace)
      : document_(document),
        envelope_(envelope),
        keys_(keys),
        settings_(settings),
        workspace_(workspace) {}

  PartDecryptor(const PartDecryptor&) = delete;
  PartDecryptor& operator=(const PartDecryptor&) = delete;

  /// Decrypts `element` (null = a list named nothing that there is). `list_key` opens one that
  /// names no key of its own; null = it must name one. `finding`, unless null, learns what was
  /// tried. Errors: security_header_invalid for more than encrypted_items_max;
  /// algorithm_unsupported; those of resolving a key; security_failed for every other failure,
  /// whatever it was (M58).
  Result<DecryptedPart> decrypt(const xml::Element& element,
                                ResolvedKey* list_key,
                                SecurityFinding* finding);

 private:
  Result<void> check_place(const xml::Element& element) const;
  Result<std::vector<ResolvedKey*>> keys_for(const EncryptedDataClaim& claim,
                                             ResolvedKey* list_key);
  Result<void> decipher(const EncryptedDataClaim& claim, ResolvedKey& key, Bytes& plain);
  Result<void> put_back(const EncryptedDataClaim& claim, Bytes plain, DecryptedPart& part);

  xml::Document& document_;
  const Envelope& envelope_;
  KeyResolver& keys_;
  const OpenSettings& settings_;
  Workspace& workspace_;
  std::uint64_t items_ = 0;
};

}  // namespace parley::soap
