#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"
#include "crypto/asymmetric.h"
#include "crypto/digest.h"

// ds:Signature, read and checked piece by piece (message-security.md, section 7). Who calls decides
// which key may sign and which elements a Reference may name.

namespace parley::soap {

struct ReferenceClaim {
  std::string_view uri;  ///< "" = the whole document, "#id", or anything else
  std::size_t transforms = 0;
  // What its transforms come to.
  /// Of what is digested, or of what an STR-Transform leads to; nothing = no transform names one.
  std::optional<xml::C14nOptions> canonical_form;
  bool leaves_out_signature = false;  ///< enveloped signature
  bool is_base64 = false;             ///< digested as what its text encodes
  bool is_token_reference = false;    ///< STR-Transform
  bool is_contradictory = false;      ///< transforms that cannot follow each other
  const DigestRow* digest = nullptr;
  crypto::DigestValue value;
  /// An XPointer keeps comments where the canonical form does; only tools, which read XPointers,
  /// set it.
  bool keeps_comments = false;

  /// The id of "#id"; nothing for every other URI (M10).
  std::optional<std::string_view> id() const;
};

struct SignatureClaim {
  xml::Element element;
  xml::Element signed_info;
  xml::Element key_info;  ///< null = none
  xml::C14nOptions canonical_form;
  const SignatureRow* algorithm = nullptr;
  /// HMACOutputLength in octets, of a MAC that is shorter than its algorithm's.
  std::optional<std::size_t> truncated_to;
  Bytes value;
  std::vector<ReferenceClaim> references;
};

/// What a Signature may look like.
struct SignatureRules {
  const Limits& limits;
  const AlgorithmPolicy& algorithms;
  /// XML Signature in general, rather than the profile of SOAP messages: Objects, inclusive
  /// canonicalization, References to the whole document or without Transforms, base64, truncated
  /// MACs of at least 80 bits (M34 to M36). For tools only.
  bool is_generic = false;
};

/// Reads the structure; nothing is verified. What it gives points into the document. Errors:
/// security_header_invalid for a broken structure or anything beyond its limit (M37);
/// algorithm_unsupported; security_failed for values that are not base64, an HMACOutputLength
/// (M34), or an Object in a SOAP message (M92).
Result<SignatureClaim> read_signature(const xml::Element& element, const SignatureRules& rules);

/// One ds:Reference; `read_signature` reads them all. Errors: as there.
Result<ReferenceClaim> read_reference(const xml::Element& element, const SignatureRules& rules);

/// Whether SignatureValue is that of SignedInfo under `key`: false for any mismatch, also of key
/// and algorithm (M40). `scratch` is overwritten.
bool verify_value(const SignatureClaim& claim, ByteView secret, Bytes& scratch);
bool verify_value(const SignatureClaim& claim, const crypto::PublicKey& key, Bytes& scratch);

/// Whether the digest of `target` under the Reference's transforms is DigestValue. STR-Transforms
/// are not for this function. Null `target` = the whole document of `claim`. Errors:
/// security_failed when it is not, or when the target cannot be canonicalized.
Result<void> verify_digest(const SignatureClaim& claim,
                           const ReferenceClaim& reference,
                           const xml::Element& target,
                           Bytes& scratch);

/// Gives the octets that are digested there to `sink`. Errors: security_failed.
Result<void> digested_octets(const SignatureClaim& claim,
                             const ReferenceClaim& reference,
                             const xml::Element& target,
                             Bytes& scratch,
                             const xml::OctetSink& sink);

/// The octets of `element` under `options`: borrowed from the document where they are canonical as
/// they stand, else written to `scratch`.
Result<ByteView> canonical_octets(const xml::Element& element,
                                  const xml::C14nOptions& options,
                                  Bytes& scratch);

/// CanonicalizationMethod or a Transform that is one: URI and PrefixList. Null algorithm = unknown.
Result<xml::C14nOptions> read_canonical_form(const xml::Element& method, bool is_generic);

}  // namespace parley::soap
