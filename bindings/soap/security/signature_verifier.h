#pragma once

#include <optional>

#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/security/key_resolver.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// Verifies the Signatures of one Security header (message-security.md, section 7): key, value,
/// every digest; and tells which elements at which places they cover (section 15).
class SignatureVerifier {
 public:
  /// All borrowed. `envelope` as it stood before anything was decrypted: header blocks are
  /// recognized by their place.
  SignatureVerifier(const Envelope& envelope,
                    KeyResolver& keys,
                    const KeyMaterial& material,
                    const OpenSettings& settings,
                    Workspace& workspace)
      : envelope_(envelope),
        keys_(keys),
        material_(material),
        settings_(settings),
        workspace_(workspace) {}

  SignatureVerifier(const SignatureVerifier&) = delete;
  SignatureVerifier& operator=(const SignatureVerifier&) = delete;

  /// `element` is a child of the Security header. `finding`, unless null, learns what was tried.
  /// Errors: those of reading the signature and of finding its key; authentication_failed for a
  /// certificate that is not trusted; security_failed for everything that does not verify.
  Result<VerifiedSignature> verify(const xml::Element& element, SecurityFinding* finding);

 private:
  Result<Signer> verify_with(const SignatureClaim& claim,
                             ResolvedKey& key,
                             std::optional<crypto::Certificate>& by);
  Result<Signer> signer_by(const SignatureClaim& claim,
                           ResolvedKey& key,
                           const crypto::Certificate& certificate);
  Result<xml::Element> verify_reference(const SignatureClaim& claim,
                                        const ReferenceClaim& reference);
  Result<void> charge(const xml::Element& element);
  bool may_be_covered(const xml::Element& element) const;

  const Envelope& envelope_;
  KeyResolver& keys_;
  const KeyMaterial& material_;
  const OpenSettings& settings_;
  Workspace& workspace_;
  std::uint64_t digested_ = 0;  ///< octets, for all signatures
};

}  // namespace parley::soap
