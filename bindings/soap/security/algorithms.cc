#include "bindings/soap/security/algorithms.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace parley::soap {
namespace {

using crypto::CipherAlgorithm;
using crypto::DigestAlgorithm;
using crypto::KeyWrapAlgorithm;
using crypto::SignatureScheme;

#define PARLEY_DS "http://www.w3.org/2000/09/xmldsig#"
#define PARLEY_DSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define PARLEY_DSIG_2007 "http://www.w3.org/2007/05/xmldsig-more#"
#define PARLEY_DSIG_2021 "http://www.w3.org/2021/04/xmldsig-more#"
#define PARLEY_XENC "http://www.w3.org/2001/04/xmlenc#"
#define PARLEY_XENC11 "http://www.w3.org/2009/xmlenc11#"

constexpr std::array kDigests{
    DigestRow{PARLEY_DS "sha1", DigestAlgorithm::sha1},
    DigestRow{PARLEY_XENC "sha256", DigestAlgorithm::sha256},
    DigestRow{PARLEY_DSIG_MORE "sha384", DigestAlgorithm::sha384},
    DigestRow{PARLEY_XENC "sha512", DigestAlgorithm::sha512},
    DigestRow{PARLEY_DSIG_MORE "sha224", DigestAlgorithm::sha224},
};

constexpr SignatureRow mac(std::string_view uri, DigestAlgorithm digest) {
  return {uri, true, SignatureScheme::rsa_pkcs1, digest, Strength::usable};
}

constexpr SignatureRow signature(std::string_view uri, SignatureScheme scheme, DigestAlgorithm digest) {
  return {uri, false, scheme, digest,
          digest == DigestAlgorithm::sha1 ? Strength::weak : Strength::usable};
}

constexpr std::array kSignatures{
    mac(PARLEY_DS "hmac-sha1", DigestAlgorithm::sha1),
    mac(PARLEY_DSIG_MORE "hmac-sha256", DigestAlgorithm::sha256),
    mac(PARLEY_DSIG_MORE "hmac-sha384", DigestAlgorithm::sha384),
    mac(PARLEY_DSIG_MORE "hmac-sha512", DigestAlgorithm::sha512),
    mac(PARLEY_DSIG_MORE "hmac-sha224", DigestAlgorithm::sha224),
    signature(PARLEY_DS "rsa-sha1", SignatureScheme::rsa_pkcs1, DigestAlgorithm::sha1),
    signature(PARLEY_DSIG_MORE "rsa-sha224", SignatureScheme::rsa_pkcs1, DigestAlgorithm::sha224),
    signature(PARLEY_DSIG_MORE "rsa-sha256", SignatureScheme::rsa_pkcs1, DigestAlgorithm::sha256),
    signature(PARLEY_DSIG_MORE "rsa-sha384", SignatureScheme::rsa_pkcs1, DigestAlgorithm::sha384),
    signature(PARLEY_DSIG_MORE "rsa-sha512", SignatureScheme::rsa_pkcs1, DigestAlgorithm::sha512),
    signature(PARLEY_DSIG_MORE "ecdsa-sha1", SignatureScheme::ecdsa, DigestAlgorithm::sha1),
    signature(PARLEY_DSIG_MORE "ecdsa-sha224", SignatureScheme::ecdsa, DigestAlgorithm::sha224),
    signature(PARLEY_DSIG_MORE "ecdsa-sha256", SignatureScheme::ecdsa, DigestAlgorithm::sha256),
    signature(PARLEY_DSIG_MORE "ecdsa-sha384", SignatureScheme::ecdsa, DigestAlgorithm::sha384),
    signature(PARLEY_DSIG_MORE "ecdsa-sha512", SignatureScheme::ecdsa, DigestAlgorithm::sha512),
    signature(PARLEY_DSIG_2007 "sha1-rsa-MGF1", SignatureScheme::rsa_pss, DigestAlgorithm::sha1),
    signature(PARLEY_DSIG_2007 "sha224-rsa-MGF1", SignatureScheme::rsa_pss, DigestAlgorithm::sha224),
    signature(PARLEY_DSIG_2007 "sha256-rsa-MGF1", SignatureScheme::rsa_pss, DigestAlgorithm::sha256),
    signature(PARLEY_DSIG_2007 "sha384-rsa-MGF1", SignatureScheme::rsa_pss, DigestAlgorithm::sha384),
    signature(PARLEY_DSIG_2007 "sha512-rsa-MGF1", SignatureScheme::rsa_pss, DigestAlgorithm::sha512),
    signature(PARLEY_DSIG_2021 "eddsa-ed25519", SignatureScheme::eddsa, DigestAlgorithm::sha512),
    signature(PARLEY_DSIG_2021 "eddsa-ed448", SignatureScheme::eddsa, DigestAlgorithm::sha512),
};

constexpr std::array kCiphers{
    CipherRow{PARLEY_XENC "aes128-cbc", CipherAlgorithm::aes128_cbc, 16, false, Strength::usable},
    CipherRow{PARLEY_XENC "aes192-cbc", CipherAlgorithm::aes192_cbc, 24, false, Strength::usable},
    CipherRow{PARLEY_XENC "aes256-cbc", CipherAlgorithm::aes256_cbc, 32, false, Strength::usable},
    CipherRow{PARLEY_XENC11 "aes128-gcm", CipherAlgorithm::aes128_gcm, 16, true, Strength::usable},
    CipherRow{PARLEY_XENC11 "aes192-gcm", CipherAlgorithm::aes192_gcm, 24, true, Strength::usable},
    CipherRow{PARLEY_XENC11 "aes256-gcm", CipherAlgorithm::aes256_gcm, 32, true, Strength::usable},
    CipherRow{PARLEY_XENC "tripledes-cbc", CipherAlgorithm::tripledes_cbc, 24, false, Strength::weak},
};

constexpr std::array kKeyTransports{
    KeyTransportRow{PARLEY_XENC "rsa-1_5", KeyTransport::rsa_1_5},
    KeyTransportRow{PARLEY_XENC "rsa-oaep-mgf1p", KeyTransport::rsa_oaep_mgf1p},
    KeyTransportRow{PARLEY_XENC11 "rsa-oaep", KeyTransport::rsa_oaep},
};

constexpr std::array kKeyWraps{
    KeyWrapRow{PARLEY_XENC "kw-aes128", KeyWrapAlgorithm::aes128, 16, Strength::usable},
    KeyWrapRow{PARLEY_XENC "kw-aes192", KeyWrapAlgorithm::aes192, 24, Strength::usable},
    KeyWrapRow{PARLEY_XENC "kw-aes256", KeyWrapAlgorithm::aes256, 32, Strength::usable},
    KeyWrapRow{PARLEY_XENC "kw-tripledes", KeyWrapAlgorithm::tripledes, 24, Strength::weak},
};

constexpr std::array kMgfs{
    MgfRow{PARLEY_XENC11 "mgf1sha1", DigestAlgorithm::sha1},
    MgfRow{PARLEY_XENC11 "mgf1sha224", DigestAlgorithm::sha224},
    MgfRow{PARLEY_XENC11 "mgf1sha256", DigestAlgorithm::sha256},
    MgfRow{PARLEY_XENC11 "mgf1sha384", DigestAlgorithm::sha384},
    MgfRow{PARLEY_XENC11 "mgf1sha512", DigestAlgorithm::sha512},
};

constexpr std::array kCanonicalForms{
    CanonicalFormRow{"http://www.w3.org/2001/10/xml-exc-c14n#", CanonicalForm::exclusive, false},
    CanonicalFormRow{"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", CanonicalForm::exclusive, true},
    CanonicalFormRow{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", CanonicalForm::inclusive_1_0, false},
    CanonicalFormRow{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", CanonicalForm::inclusive_1_0, true},
    CanonicalFormRow{"http://www.w3.org/2006/12/xml-c14n11", CanonicalForm::inclusive_1_1, false},
    CanonicalFormRow{"http://www.w3.org/2006/12/xml-c14n11#WithComments", CanonicalForm::inclusive_1_1, true},
};

#undef PARLEY_DS
#undef PARLEY_DSIG_MORE
#undef PARLEY_DSIG_2007
#undef PARLEY_DSIG_2021
#undef PARLEY_XENC
#undef PARLEY_XENC11

// The four forms of one base name (M69): plain, Rsa15, Sha256, Sha256Rsa15.
#define PARLEY_SUITES(base, cipher, wrap, encryption, signature, secret)                           \
  AlgorithmSuite{base, DigestAlgorithm::sha1, CipherAlgorithm::cipher, KeyWrapAlgorithm::wrap,     \
                 KeyTransport::rsa_oaep_mgf1p, encryption, signature, secret},                     \
      AlgorithmSuite{base "Rsa15", DigestAlgorithm::sha1, CipherAlgorithm::cipher,                 \
                     KeyWrapAlgorithm::wrap, KeyTransport::rsa_1_5, encryption, signature, secret}, \
      AlgorithmSuite{base "Sha256", DigestAlgorithm::sha256, CipherAlgorithm::cipher,              \
                     KeyWrapAlgorithm::wrap, KeyTransport::rsa_oaep_mgf1p, encryption, signature,  \
                     secret},                                                                      \
      AlgorithmSuite{base "Sha256Rsa15", DigestAlgorithm::sha256, CipherAlgorithm::cipher,         \
                     KeyWrapAlgorithm::wrap, KeyTransport::rsa_1_5, encryption, signature, secret}

constexpr std::array kSuites{
    PARLEY_SUITES("Basic256", aes256_cbc, aes256, 32, 24, 32),
    PARLEY_SUITES("Basic192", aes192_cbc, aes192, 24, 24, 24),
    PARLEY_SUITES("Basic128", aes128_cbc, aes128, 16, 16, 16),
    PARLEY_SUITES("TripleDes", tripledes_cbc, tripledes, 24, 24, 24),
    PARLEY_SUITES("Basic256GCM", aes256_gcm, aes256, 32, 24, 32),
    PARLEY_SUITES("Basic192GCM", aes192_gcm, aes192, 24, 24, 24),
    PARLEY_SUITES("Basic128GCM", aes128_gcm, aes128, 16, 16, 16),
};

#undef PARLEY_SUITES

template <class Table>
auto find_row(const Table& table, std::string_view uri) -> decltype(table.data()) {
  for (const auto& row : table) {
    if (row.uri == uri) {
      return &row;
    }
  }
  return nullptr;
}

// Every algorithm has a row.
template <class Table, class Claim>
const auto& the_row(const Table& table, Claim claim) {
  const auto row = std::find_if(std::begin(table), std::end(table), claim);
  PARLEY_CHECK(row != std::end(table));
  return *row;
}

}  // namespace

const DigestRow* find_digest(std::string_view uri) { return find_row(kDigests, uri); }

const SignatureRow* find_signature(std::string_view uri) { return find_row(kSignatures, uri); }

const CipherRow* find_cipher(std::string_view uri) { return find_row(kCiphers, uri); }

const KeyTransportRow* find_key_transport(std::string_view uri) {
  return find_row(kKeyTransports, uri);
}

const KeyWrapRow* find_key_wrap(std::string_view uri) { return find_row(kKeyWraps, uri); }

const MgfRow* find_mgf(std::string_view uri) { return find_row(kMgfs, uri); }

const CanonicalFormRow* find_canonical_form(std::string_view uri) {
  return find_row(kCanonicalForms, uri);
}

const DigestRow& row_of(DigestAlgorithm digest) {
  return the_row(kDigests, [=](const DigestRow& row) { return row.digest == digest; });
}

const CipherRow& row_of(CipherAlgorithm cipher) {
  return the_row(kCiphers, [=](const CipherRow& row) { return row.cipher == cipher; });
}

const SignatureRow& mac_row(DigestAlgorithm digest) {
  return the_row(kSignatures,
                 [=](const SignatureRow& row) { return row.is_mac && row.digest == digest; });
}

const SignatureRow* signature_row(crypto::KeyType type, DigestAlgorithm digest) {
  if (type != crypto::KeyType::rsa && type != crypto::KeyType::ec) {
    return nullptr;
  }
  const SignatureScheme scheme =
      type == crypto::KeyType::rsa ? SignatureScheme::rsa_pkcs1 : SignatureScheme::ecdsa;
  return &the_row(kSignatures, [=](const SignatureRow& row) {
    return !row.is_mac && row.scheme == scheme && row.digest == digest;
  });
}

const KeyTransportRow& row_of(KeyTransport transport) {
  return the_row(kKeyTransports,
                 [=](const KeyTransportRow& row) { return row.transport == transport; });
}

const AlgorithmSuite* find_suite(std::string_view name) {
  for (const AlgorithmSuite& suite : kSuites) {
    if (suite.name == name) {
      return &suite;
    }
  }
  return nullptr;
}

std::span<const AlgorithmSuite> suites() { return kSuites; }

AlgorithmPolicy AlgorithmPolicy::for_suite(const AlgorithmSuite& suite) {
  AlgorithmPolicy policy;
  policy.suite_ = &suite;
  policy.rsa_1_5_ = suite.key_transport == KeyTransport::rsa_1_5;
  return policy;
}

AlgorithmPolicy AlgorithmPolicy::usable() { return {}; }

AlgorithmPolicy AlgorithmPolicy::all() {
  AlgorithmPolicy policy;
  policy.weak_ = true;
  policy.rsa_1_5_ = true;
  return policy;
}

bool AlgorithmPolicy::accepts(const DigestRow& row) const {
  return suite_ == nullptr || row.digest == suite_->digest;
}

bool AlgorithmPolicy::accepts(const SignatureRow& row) const {
  if (suite_ == nullptr) {
    return weak_ || row.strength == Strength::usable;
  }
  // M70: the text of the suites says SHA-1, some peers use the suite's digest.
  return (row.digest == suite_->digest || row.digest == DigestAlgorithm::sha1) &&
         (row.is_mac || row.scheme == SignatureScheme::rsa_pkcs1);
}

bool AlgorithmPolicy::accepts(const CipherRow& row) const {
  return suite_ == nullptr ? weak_ || row.strength == Strength::usable
                           : row.cipher == suite_->cipher;
}

bool AlgorithmPolicy::accepts(const KeyTransportRow& row) const {
  if (row.transport == KeyTransport::rsa_1_5) {
    return rsa_1_5_;
  }
  return suite_ == nullptr || row.transport == suite_->key_transport;
}

bool AlgorithmPolicy::accepts(const KeyWrapRow& row) const {
  return suite_ == nullptr ? weak_ || row.strength == Strength::usable
                           : row.wrap == suite_->key_wrap;
}

}  // namespace parley::soap
