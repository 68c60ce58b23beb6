#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "crypto/asymmetric.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"

// The algorithm URIs of XML Signature, XML Encryption and WS-Security, one table each (namespaces.md,
// section 6). What is in no table is not supported; what is may still be refused by an
// AlgorithmPolicy. A row's address is its identity.

namespace parley::soap {

/// Weak algorithms are refused unless the policy says otherwise.
enum class Strength : std::uint8_t { usable, weak };

struct DigestRow {
  std::string_view uri;
  crypto::DigestAlgorithm digest;
};

/// SignatureMethod: a MAC, or an asymmetric scheme.
struct SignatureRow {
  std::string_view uri;
  bool is_mac;
  crypto::SignatureScheme scheme;  ///< meaningless for a MAC
  crypto::DigestAlgorithm digest;
  Strength strength;
};

struct CipherRow {
  std::string_view uri;
  crypto::CipherAlgorithm cipher;
  std::size_t key_octets;
  bool is_gcm;
  Strength strength;
};

enum class KeyTransport : std::uint8_t { rsa_1_5, rsa_oaep_mgf1p, rsa_oaep };

struct KeyTransportRow {
  std::string_view uri;
  KeyTransport transport;
};

struct KeyWrapRow {
  std::string_view uri;
  crypto::KeyWrapAlgorithm wrap;
  std::size_t key_octets;
  Strength strength;
};

struct MgfRow {
  std::string_view uri;
  crypto::DigestAlgorithm digest;
};

enum class CanonicalForm : std::uint8_t { exclusive, inclusive_1_0, inclusive_1_1 };

struct CanonicalFormRow {
  std::string_view uri;
  CanonicalForm form;
  bool with_comments;
};

/// Rows by URI; null = unknown.
const DigestRow* find_digest(std::string_view uri);
const SignatureRow* find_signature(std::string_view uri);
const CipherRow* find_cipher(std::string_view uri);
const KeyTransportRow* find_key_transport(std::string_view uri);
const KeyWrapRow* find_key_wrap(std::string_view uri);
const MgfRow* find_mgf(std::string_view uri);
const CanonicalFormRow* find_canonical_form(std::string_view uri);

/// Rows by algorithm; every value has one.
const DigestRow& row_of(crypto::DigestAlgorithm digest);
const CipherRow& row_of(crypto::CipherAlgorithm cipher);
const SignatureRow& mac_row(crypto::DigestAlgorithm digest);
/// For signing with a key of this type; null = the key cannot sign.
const SignatureRow* signature_row(crypto::KeyType type, crypto::DigestAlgorithm digest);
const KeyTransportRow& row_of(KeyTransport transport);

inline constexpr std::string_view kEnvelopedTransform = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
inline constexpr std::string_view kBase64Transform = "http://www.w3.org/2000/09/xmldsig#base64";

/// An algorithm suite (message-security.md, section 11).
struct AlgorithmSuite {
  std::string_view name;
  crypto::DigestAlgorithm digest;
  crypto::CipherAlgorithm cipher;
  crypto::KeyWrapAlgorithm key_wrap;
  KeyTransport key_transport;
  std::size_t encryption_key_octets;  ///< Length of a derived encryption key
  std::size_t signature_key_octets;   ///< Length of a derived signature key: 24 in the 256 suites (DK16)
  std::size_t secret_octets;          ///< of a fresh key that others are derived from

  /// The MAC and RSA signature digests: SHA-1 by the letter of every suite, SHA-256 with `sha256`
  /// in those whose digest is SHA-256 (M70).
  crypto::DigestAlgorithm signature_digest(bool sha256) const {
    return sha256 ? digest : crypto::DigestAlgorithm::sha1;
  }

  /// Its cipher is too weak to write anything with.
  bool is_read_only() const { return cipher == crypto::CipherAlgorithm::tripledes_cbc; }
};

/// Null = unknown. Names of WS-SecurityPolicy 1.2 (M69) and of the GCM suites (M71).
const AlgorithmSuite* find_suite(std::string_view name);
std::span<const AlgorithmSuite> suites();

/// Which algorithms a receiver accepts. Algorithms come from policy, never from the message (M61).
class AlgorithmPolicy {
 public:
  /// Exactly what a suite names, with either MAC (M70): for an engine that follows a profile.
  static AlgorithmPolicy for_suite(const AlgorithmSuite& suite);

  /// Every algorithm of the tables that is not weak, with HMAC-SHA1 and SHA-1 digests, which every
  /// suite uses and which are not known to be broken there.
  static AlgorithmPolicy usable();

  /// Every algorithm of the tables: for tools and for test vectors.
  static AlgorithmPolicy all();

  /// RSA PKCS#1 v1.5 key transport (M59): off but in `all` and in the suites that are named for it.
  AlgorithmPolicy& allow_rsa_1_5(bool allowed) {
    rsa_1_5_ = allowed;
    return *this;
  }

  /// Null = no single one.
  const AlgorithmSuite* suite() const { return suite_; }

  bool accepts(const DigestRow& row) const;
  bool accepts(const SignatureRow& row) const;
  bool accepts(const CipherRow& row) const;
  bool accepts(const KeyTransportRow& row) const;
  bool accepts(const KeyWrapRow& row) const;

 private:
  bool weak_ = false;
  bool rsa_1_5_ = false;
  const AlgorithmSuite* suite_ = nullptr;
};

}  // namespace parley::soap
