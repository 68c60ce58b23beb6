#pragma once

#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/part_selection.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/opened_security.h"
#include "engine/profile.h"

namespace parley::soap {

/// A Cancel, or an answer that says that it is done, and nothing else: no key material is in it,
/// and some stacks sign it only (CXF the answer, Metro both).
bool is_mere_cancellation(xml::Element body_child);

/// What of an opened message was encrypted, and whether it is what the profile wants hidden.
class Secrecy {
 public:
  /// All borrowed.
  Secrecy(const Envelope& envelope, const OpenedSecurity& opened, const engine::Profile& profile)
      : envelope_(envelope), opened_(opened), profile_(profile) {}

  /// Of a message that this signature is over, not one over TLS: the Body and the parts that the
  /// profile names, its own Signature, the kind of its keys, and that nothing else was decrypted.
  /// Errors: security_missing; security_failed for something decrypted that is not signed.
  Result<void> check(const VerifiedSignature& signature, const Coverage& coverage) const;

  /// Whether the whole element was encrypted under a key of this signer, a derived one where the
  /// profile asks for that.
  bool is_hidden(const xml::Element& element, const Signer& signer) const;

  /// Whether the Body is only signed, where the profile encrypts what an application sends.
  bool is_in_clear(const Signer& signer) const {
    return encrypts(signer) && !is_encrypted_under(signer);
  }

  /// Whether it is nothing of an application's, and holds no key: the bodies of reliable messaging,
  /// faults and Cancel.
  bool may_go_in_clear(const Signer& signer) const;

 private:
  Result<void> check_encrypted(const Signer& signer) const;
  Result<void> check_parts(const Signer& signer) const;
  Result<void> check_context_key(const VerifiedSignature& signature) const;
  Result<void> check_decrypted(const Coverage& coverage) const;
  bool encrypts(const Signer& signer) const;
  bool must_be_encrypted(const Signer& signer) const;
  bool has_to_be_derived(const Signer& signer) const;
  bool is_encrypted_under(const Signer& signer) const;
  const DecryptedPart* part_around(const xml::Element& element) const;
  const DecryptedPart* part_that_replaced(xml::NodeIndex node) const;
  bool is_under(const DecryptedPart* part, const Signer& signer) const;
  bool is_concealed(const SelectedPart& selected, const Signer& signer) const;
  bool is_content_concealed(const xml::Element& element, const Signer& signer) const;
  bool is_signature(const xml::Element& element) const;

  const Envelope& envelope_;
  const OpenedSecurity& opened_;
  const engine::Profile& profile_;
};

}  // namespace parley::soap
