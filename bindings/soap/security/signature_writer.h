#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/security/text_writer.h"
#include "bindings/soap/security/token_writer.h"
#include "crypto/hmac.h"

namespace parley::soap {

/// Writes one ds:Signature: begin, a Reference for each part, then sign with a MAC or a private key.
/// SignedInfo is written in canonical form and signed as it stands in the buffer.
class SignatureWriter {
 public:
  /// `digest` is that of the references. The writer, and what it writes to, outlive this.
  SignatureWriter(TextWriter& writer, std::string_view id, const SignatureRow& algorithm,
                  crypto::DigestAlgorithm digest);

  void add_reference(std::string_view id, ByteView digest);

  void add_reference(std::string_view id, const crypto::DigestValue& digest) {
    add_reference(id, digest.view());
  }

  /// To the token that the SecurityTokenReference with that id leads to (STR-Transform, M43); `digest` is
  /// over its canonical form, with the default namespace on it (M44).
  void add_token_reference(std::string_view id, const crypto::DigestValue& digest);

  /// Each ends the element and gives the octets of SignatureValue.
  /// `sign` errors: key_unusable when the key does not fit the algorithm.
  Bytes sign(const crypto::HmacKey& key, const KeyReference& reference);
  Result<Bytes> sign(const crypto::PrivateKey& key, const KeyReference& reference);

  /// The digest of the whole element in canonical form, after it was signed.
  crypto::DigestValue digest_of_element() const;

 private:
  void add_reference(std::string_view id, bool is_token, ByteView digest);
  /// Ends SignedInfo and gives its octets.
  ByteView end_signed_info();
  void end(ByteView value, const KeyReference& reference);

  TextWriter& writer_;
  const SignatureRow& algorithm_;
  crypto::DigestAlgorithm digest_;
  std::size_t begin_;
  std::size_t signed_info_begin_ = 0;
  std::size_t signed_info_tag_end_ = 0;
  std::size_t end_ = 0;
};

}  // namespace parley::soap
