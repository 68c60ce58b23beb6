#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

// Asymmetric keys as XML Signature and XML Encryption use them.

struct evp_pkey_st;

namespace parley::crypto {

enum class KeyType : std::uint8_t { rsa, ec, ed25519, ed448, other };

enum class SignatureScheme : std::uint8_t {
  rsa_pkcs1,  ///< RSASSA-PKCS1-v1_5
  rsa_pss,    ///< salt as long as the digest, MGF1 with the same digest
  ecdsa,      ///< r and s, each as long as the group order, one after the other (M39)
  eddsa,      ///< the digest is ignored
};

/// RSA-OAEP with its two digests and label (message-security.md, section 8).
struct OaepParameters {
  DigestAlgorithm digest = DigestAlgorithm::sha1;
  DigestAlgorithm mgf = DigestAlgorithm::sha1;
  Bytes label;
};

/// A public key. A value: copies share the immutable key.
class PublicKey {
 public:
  /// SubjectPublicKeyInfo. Errors: key_unusable.
  static Result<PublicKey> from_der(ByteView spki);
  static Result<PublicKey> from_pem(ByteView pem);
  /// ds:RSAKeyValue: big-endian octets.
  static Result<PublicKey> from_rsa(ByteView modulus, ByteView exponent);
  /// dsig11:ECKeyValue: "P-256", "P-384", "P-521" or the dotted OID, and the uncompressed point.
  static Result<PublicKey> from_ec(std::string_view curve, ByteView point);
  /// Shares `key`; for the other classes of this room.
  static PublicKey from_native(std::shared_ptr<evp_pkey_st> key);

  KeyType type() const;
  int bits() const;

  /// False for any mismatch, also of key and scheme (M40).
  bool verify(SignatureScheme scheme, DigestAlgorithm digest, ByteView message, ByteView signature) const;

  /// Errors: invalid_argument when the secret is too long for the key.
  Result<Bytes> encrypt_oaep(const OaepParameters& parameters, const SecretBytes& secret) const;
  Result<Bytes> encrypt_pkcs1(const SecretBytes& secret) const;

  /// Whether both are the same key.
  bool equals(const PublicKey& other) const;

 private:
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

/// A private key. Shares nothing outside: OpenSSL wipes it when the last copy goes.
class PrivateKey {
 public:
  /// Unencrypted PEM, or encrypted under `password`. Errors: key_unusable.
  static Result<PrivateKey> from_pem(ByteView pem, std::string_view password = {});
  static PrivateKey from_native(std::shared_ptr<evp_pkey_st> key);
  /// For tests and demonstrations.
  static Result<PrivateKey> generate_rsa(int bits);

  KeyType type() const;
  PublicKey public_key() const;
  /// Length of an RSA ciphertext; 0 for other keys.
  std::size_t cipher_size() const;

  /// Errors: invalid_argument when the key does not fit the scheme.
  Result<Bytes> sign(SignatureScheme scheme, DigestAlgorithm digest, ByteView message) const;

  /// Every failure is security_failed (M58).
  Result<SecretBytes> decrypt_oaep(const OaepParameters& parameters, ByteView cipher) const;

  /// RSA PKCS#1 v1.5 with no oracle (M59): whatever is wrong, the answer is a random key of `size`
  /// octets, which fails later and elsewhere.
  SecretBytes decrypt_pkcs1(ByteView cipher, std::size_t size, Entropy& entropy) const;

  const std::shared_ptr<evp_pkey_st>& native() const { return key_; }

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace parley::crypto
