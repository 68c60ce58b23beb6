#include "tests/vectors/outside_cipher.h"

#include <utility>

#include "base/base64.h"
#include "bindings/soap/security/encrypted_type.h"
#include "bindings/soap/security/uris.h"
#include "crypto/cipher.h"
#include "tests/vectors/outside_document.h"

namespace parley::vectors {
namespace {

namespace uri = soap::uri;

constexpr int kDepthMax = 3;

xml::Element inside(const xml::Element& parent, std::string_view ns, std::string_view local) {
  return parent ? parent.child(ns, local) : xml::Element();
}

const soap::CipherRow& cipher_of(const xml::Element& encrypted) {
  const xml::Element method = encrypted.child(uri::kXenc, "EncryptionMethod");
  const soap::CipherRow* const row =
      soap::find_cipher(method ? method.attribute("", "Algorithm").value_or("") : "");
  if (row == nullptr) {
    throw BadDocument("an unknown cipher");
  }
  return *row;
}

}  // namespace

/// The key that the suite gives, where it is symmetric.
std::optional<crypto::SecretBytes> OutsideCipher::given_key() const {
  const Json& key = entry_.json["key"];
  if (!key.has("hex")) {
    return std::nullopt;
  }
  return crypto::SecretBytes::take(key.hex("hex"));
}

/// CipherValue, or the octets that a CipherReference leads to in the same document.
Bytes OutsideCipher::cipher_octets(const xml::Element& encrypted) const {
  const xml::Element data = encrypted.child(uri::kXenc, "CipherData");
  if (const xml::Element value = inside(data, uri::kXenc, "CipherValue")) {
    return base64_of(value);
  }
  const xml::Element reference = inside(data, uri::kXenc, "CipherReference");
  const std::string_view target = reference ? reference.attribute("", "URI").value_or("") : "";
  if (target.starts_with("#")) {
    return base64_of(find_by_id(encrypted.document(), target.substr(1)));
  }
  if (target.empty() || target.find(':') != std::string_view::npos) {
    throw BadDocument("no ciphertext in reach");
  }
  const auto octets = decode_base64(
      as_text(read_file((entry_.dir / entry_.json.text("file")).parent_path() / target)));
  if (!octets) {
    throw BadDocument("ciphertext that is not base64");
  }
  return *octets;
}

Result<Bytes> OutsideCipher::open(const xml::Element& encrypted, int depth) const {
  if (depth > kDepthMax) {
    throw BadDocument("keys are encrypted too deep");
  }
  const soap::CipherRow& cipher = cipher_of(encrypted);
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes key,
                          data_key(encrypted, cipher.key_octets, depth));
  Bytes plain;
  PARLEY_TRY(crypto::Cipher().decrypt(cipher.cipher, key.view(), cipher_octets(encrypted), plain));
  return plain;
}

/// The key of EncryptedData: in its KeyInfo, elsewhere in the document, or given.
Result<crypto::SecretBytes> OutsideCipher::data_key(const xml::Element& encrypted,
                                                    std::size_t octets,
                                                    int depth) const {
  const xml::Document& document = encrypted.document();
  const xml::Element key_info = encrypted.child(uri::kDs, "KeyInfo");
  xml::Element wrapped = inside(key_info, uri::kXenc, "EncryptedKey");
  if (const xml::Element method = inside(key_info, uri::kDs, "RetrievalMethod");
      !wrapped && method) {
    wrapped = find_by_id(document, method.attribute("", "URI").value_or("#").substr(1));
  }
  // A key may be encrypted as data are.
  if (const xml::Element nested = inside(key_info, uri::kXenc, "EncryptedData");
      !wrapped && nested) {
    PARLEY_ASSIGN_OR_RETURN(Bytes key, open(nested, depth + 1));
    return crypto::SecretBytes::take(std::move(key));
  }
  std::optional<crypto::SecretBytes> given = given_key();
  if (!wrapped && given && given->size() == octets) {
    return std::move(*given);
  }
  // An EncryptedKey outside lists what it is for.
  wrapped = wrapped ? wrapped : find_element(document, uri::kXenc, "EncryptedKey");
  if (!wrapped) {
    throw BadDocument("no key in reach");
  }
  return unwrap(wrapped, octets, depth);
}

Result<crypto::SecretBytes> OutsideCipher::unwrap(const xml::Element& encrypted_key,
                                                  std::size_t octets,
                                                  int depth) const {
  const xml::Element method = encrypted_key.child(uri::kXenc, "EncryptionMethod");
  const std::string_view algorithm = method ? method.attribute("", "Algorithm").value_or("") : "";
  if (soap::find_cipher(algorithm) != nullptr) {
    PARLEY_ASSIGN_OR_RETURN(Bytes key, open(encrypted_key, depth + 1));
    return crypto::SecretBytes::take(std::move(key));
  }
  PARLEY_ASSIGN_OR_RETURN(
      const soap::EncryptedKeyClaim claim,
      soap::read_encrypted_key(encrypted_key, soap::AlgorithmPolicy::all(), Limits{}));
  if (claim.wrap != nullptr) {
    const std::optional<crypto::SecretBytes> given = given_key();
    if (!given) {
      throw BadVector("no key to unwrap with");
    }
    return crypto::unwrap_key(claim.wrap->wrap, given->view(), claim.cipher_value);
  }
  const auto own =
      crypto::PrivateKey::from_pem(read_file(entry_.dir / entry_.json["key"].text("file")));
  if (!own) {
    throw BadVector("an unusable private key");
  }
  if (claim.transport->transport == soap::KeyTransport::rsa_1_5) {
    crypto::SystemEntropy entropy;
    return own->decrypt_pkcs1(claim.cipher_value, octets, entropy);
  }
  return own->decrypt_oaep(claim.oaep, claim.cipher_value);
}

}  // namespace parley::vectors
