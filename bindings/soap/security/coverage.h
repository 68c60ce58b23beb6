#pragma once

#include <vector>

#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// What signatures by one party cover, by identity of the elements and never by id (M89, M95).
class Coverage {
 public:
  /// Everything that any signature covers.
  explicit Coverage(const OpenedSecurity& opened);

  /// What the signatures of `signer` cover.
  Coverage(const OpenedSecurity& opened, const Signer& signer);

  /// Whether `element` was digested: itself, or, encrypted before it was signed, the EncryptedData
  /// or EncryptedHeader in whose place it stands.
  bool covers(const xml::Element& element) const;

 private:
  std::vector<xml::Element> covered_;
};

}  // namespace parley::soap
