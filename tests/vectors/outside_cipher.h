#pragma once

#include <cstddef>
#include <optional>

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "crypto/secret.h"
#include "tests/vectors/suite.h"

namespace parley::vectors {

/// Opens EncryptedData that is no part of a SOAP message: with every algorithm of the tables, and
/// where keys and ciphertext may stand in places that our profiles do not allow.
class OutsideCipher {
 public:
  explicit OutsideCipher(const Entry& entry) : entry_(entry) {}

  /// The plaintext. Throws BadDocument for what is unreadable, as opposed to what does not decrypt.
  Result<Bytes> open(const xml::Element& encrypted_data) const { return open(encrypted_data, 0); }

 private:
  Result<Bytes> open(const xml::Element& encrypted, int depth) const;
  Result<crypto::SecretBytes> data_key(const xml::Element& encrypted,
                                       std::size_t octets,
                                       int depth) const;
  Result<crypto::SecretBytes> unwrap(const xml::Element& encrypted_key,
                                     std::size_t octets,
                                     int depth) const;
  Bytes cipher_octets(const xml::Element& encrypted) const;
  std::optional<crypto::SecretBytes> given_key() const;

  const Entry& entry_;
};

}  // namespace parley::vectors
