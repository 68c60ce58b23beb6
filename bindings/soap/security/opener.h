#pragma once

#include <utility>
#include <vector>

#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/security/key_resolver.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/security/part_decryptor.h"
#include "bindings/soap/security/signature_verifier.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// The reading half of message security: goes through one Security header in document order,
/// decrypts into the document and verifies (message-security.md, sections 9 and 10), and tells
/// which elements were really covered by which key. What has to be covered is for others to judge.
class Opener {
 public:
  /// All borrowed; `envelope` is that of `document` and has a Security header.
  Opener(xml::Document& document,
         const Envelope& envelope,
         const KeyMaterial& material,
         const OpenSettings& settings,
         Workspace& workspace);

  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  /// Opens everything or fails. A failed decryption is told at the end only, so that it takes as
  /// long as a failed signature (M58). Errors: those of the steps.
  Result<void> open();

  /// Goes on after each failure and notes every step in `findings`: for tools.
  void inspect(std::vector<SecurityFinding>& findings);

  const OpenedSecurity& opened() const { return opened_; }

  /// Gives away what was found; nothing may be asked after that.
  OpenedSecurity take_opened() { return std::move(opened_); }

 private:
  using Reader = Result<void> (Opener::*)(const xml::Element&, SecurityFinding*);

  Result<void> walk();
  Result<void> read_late();
  Result<void> step(const xml::Element& child);
  static Reader reader_of(const xml::Element& child);
  Result<void> read_timestamp_token(const xml::Element& element, SecurityFinding* finding);
  Result<void> read_user(const xml::Element& element, SecurityFinding* finding);
  Result<void> read_certificate(const xml::Element& element, SecurityFinding* finding);
  Result<void> read_assertion(const xml::Element& element, SecurityFinding* finding);
  Result<void> read_context(const xml::Element& element, SecurityFinding* finding);
  Result<void> keep_encrypted(const xml::Element& element, SecurityFinding* finding);
  Result<void> refuse_wrapper(const xml::Element& element, SecurityFinding* finding);
  Result<void> decrypt_for(const xml::Element& encrypted_key);
  Result<void> decrypt_listed(const xml::Element& list, ResolvedKey* key);
  void decrypt_unlisted();
  void decrypt_one(const xml::Element& element, ResolvedKey* key);
  Result<void> verify(const xml::Element& signature);
  SecurityFinding* note(SecurityFinding::Kind kind, std::string_view what);

  xml::Document& document_;
  const Envelope& envelope_;
  const KeyMaterial& material_;
  const OpenSettings& settings_;
  KeyResolver keys_;
  PartDecryptor decryptor_;
  SignatureVerifier verifier_;
  OpenedSecurity opened_;
  std::vector<xml::Element> encrypted_;  ///< passed before it was decrypted
  std::optional<Error> failed_decryption_;
  std::vector<SecurityFinding>* findings_ = nullptr;
};

}  // namespace parley::soap
