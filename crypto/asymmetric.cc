#include "crypto/asymmetric.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <string>

#include "crypto/openssl.h"

namespace parley::crypto {

const EVP_MD* native_digest(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1:
      return EVP_sha1();
    case DigestAlgorithm::sha224:
      return EVP_sha224();
    case DigestAlgorithm::sha256:
      return EVP_sha256();
    case DigestAlgorithm::sha384:
      return EVP_sha384();
    case DigestAlgorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

namespace {

using BnPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;
using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, OpensslDeleter<ECDSA_SIG_free>>;
using ParamBuildPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslDeleter<OSSL_PARAM_free>>;

Error unusable(const char* place) {
  ERR_clear_error();
  return Error(ErrorCode::key_unusable, place);
}

KeyType type_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return KeyType::rsa;
    case EVP_PKEY_EC:
      return KeyType::ec;
    case EVP_PKEY_ED25519:
      return KeyType::ed25519;
    case EVP_PKEY_ED448:
      return KeyType::ed448;
    default:
      return KeyType::other;
  }
}

bool fits(KeyType type, SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1:
    case SignatureScheme::rsa_pss:
      return type == KeyType::rsa;
    case SignatureScheme::ecdsa:
      return type == KeyType::ec;
    case SignatureScheme::eddsa:
      return type == KeyType::ed25519 || type == KeyType::ed448;
  }
  return false;
}

bool set_padding(EVP_PKEY_CTX* context, SignatureScheme scheme, const EVP_MD* md) {
  if (scheme == SignatureScheme::rsa_pkcs1) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  }
  if (scheme == SignatureScheme::rsa_pss) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  return true;
}

// Octets of r, and of s, in an ECDSA signature under this key (M39).
std::size_t order_size(const EVP_PKEY* key) { return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8; }

bool set_oaep(EVP_PKEY_CTX* context, const OaepParameters& parameters) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, native_digest(parameters.digest)) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context, native_digest(parameters.mgf)) != 1) {
    return false;
  }
  if (parameters.label.empty()) {
    return true;
  }
  void* const label = OPENSSL_memdup(parameters.label.data(), parameters.label.size());
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, static_cast<int>(parameters.label.size())) != 1) {
    OPENSSL_free(label);
    return false;
  }
  return true;
}

Result<PublicKey> build(const char* type, OSSL_PARAM_BLD* builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return unusable("public key");
  }
  return PublicKey::from_native(share(key));
}

}  // namespace

Result<PublicKey> PublicKey::from_der(ByteView spki) {
  const unsigned char* next = spki.data();
  EVP_PKEY* const key = d2i_PUBKEY(nullptr, &next, static_cast<long>(spki.size()));
  if (key == nullptr) {
    return unusable("public key");
  }
  return PublicKey(share(key));
}

Result<PublicKey> PublicKey::from_pem(ByteView pem) {
  const BioPtr bio = read_from(pem);
  EVP_PKEY* const key = PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr) {
    return unusable("public key");
  }
  return PublicKey(share(key));
}

Result<PublicKey> PublicKey::from_rsa(ByteView modulus, ByteView exponent) {
  const BnPtr n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  const BnPtr e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  const ParamBuildPtr builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return unusable("public key");
  }
  return build("RSA", builder.get());
}

Result<PublicKey> PublicKey::from_ec(std::string_view curve, ByteView point) {
  std::string name(curve);
  if (name == "1.2.840.10045.3.1.7") {
    name = "P-256";
  } else if (name == "1.3.132.0.34") {
    name = "P-384";
  } else if (name == "1.3.132.0.35") {
    name = "P-521";
  }
  const ParamBuildPtr builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, name.c_str(), name.size()) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return unusable("public key");
  }
  return build("EC", builder.get());
}

PublicKey PublicKey::from_native(std::shared_ptr<evp_pkey_st> key) { return PublicKey(std::move(key)); }

KeyType PublicKey::type() const { return type_of(key_.get()); }

int PublicKey::bits() const { return EVP_PKEY_get_bits(key_.get()); }

bool PublicKey::verify(SignatureScheme scheme, DigestAlgorithm digest, ByteView message, ByteView signature) const {
  if (!fits(type(), scheme)) {
    return false;
  }
  Bytes der;
  if (scheme == SignatureScheme::ecdsa) {
    const std::size_t half = order_size(key_.get());
    if (signature.size() != 2 * half) {
      return false;
    }
    const EcdsaSigPtr pair(ECDSA_SIG_new());
    BIGNUM* const r = BN_bin2bn(signature.data(), static_cast<int>(half), nullptr);
    BIGNUM* const s = BN_bin2bn(signature.data() + half, static_cast<int>(half), nullptr);
    if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
      return false;
    }
    unsigned char* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
    if (size <= 0) {
      return false;
    }
    der.assign(encoded, encoded + size);
    OPENSSL_free(encoded);
    signature = der;
  } else if (type() == KeyType::rsa && signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))) {
    return false;  // M39: exactly as long as the modulus
  }
  const EVP_MD* const md = scheme == SignatureScheme::eddsa ? nullptr : native_digest(digest);
  const MdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const bool ok = context && EVP_DigestVerifyInit(context.get(), &key_context, md, nullptr, key_.get()) == 1 &&
                  set_padding(key_context, scheme, md) &&
                  EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                   message.size()) == 1;
  ERR_clear_error();
  return ok;
}

namespace {

Result<Bytes> encrypt_with(EVP_PKEY* key, const SecretBytes& secret, const OaepParameters* oaep) {
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  Bytes cipher(size);
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      !(oaep != nullptr ? set_oaep(context.get(), *oaep)
                        : EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1) ||
      EVP_PKEY_encrypt(context.get(), cipher.data(), &size, secret.view().data(), secret.size()) != 1) {
    ERR_clear_error();
    return Error(ErrorCode::invalid_argument, "key transport");
  }
  cipher.resize(size);
  return cipher;
}

}  // namespace

Result<Bytes> PublicKey::encrypt_oaep(const OaepParameters& parameters, const SecretBytes& secret) const {
  return encrypt_with(key_.get(), secret, &parameters);
}

Result<Bytes> PublicKey::encrypt_pkcs1(const SecretBytes& secret) const {
  return encrypt_with(key_.get(), secret, nullptr);
}

bool PublicKey::equals(const PublicKey& other) const { return EVP_PKEY_eq(key_.get(), other.key_.get()) == 1; }

Result<PrivateKey> PrivateKey::from_pem(ByteView pem, std::string_view password) {
  const BioPtr bio = read_from(pem);
  std::string phrase(password);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, phrase.data());
  wipe(MutableByteView(reinterpret_cast<Byte*>(phrase.data()), phrase.size()));
  if (key == nullptr) {
    return unusable("private key");
  }
  return PrivateKey(share(key));
}

PrivateKey PrivateKey::from_native(std::shared_ptr<evp_pkey_st> key) { return PrivateKey(std::move(key)); }

Result<PrivateKey> PrivateKey::generate_rsa(int bits) {
  EVP_PKEY* const key = EVP_RSA_gen(static_cast<unsigned int>(bits));
  if (key == nullptr) {
    return unusable("private key");
  }
  return PrivateKey(share(key));
}

KeyType PrivateKey::type() const { return type_of(key_.get()); }

PublicKey PrivateKey::public_key() const { return PublicKey::from_native(key_); }

std::size_t PrivateKey::cipher_size() const {
  return type() == KeyType::rsa ? static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())) : 0;
}

Result<Bytes> PrivateKey::sign(SignatureScheme scheme, DigestAlgorithm digest, ByteView message) const {
  const Error wrong(ErrorCode::invalid_argument, "sign");
  if (!fits(type(), scheme)) {
    return wrong;
  }
  const EVP_MD* const md = scheme == SignatureScheme::eddsa ? nullptr : native_digest(digest);
  const MdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
  Bytes signature(size);
  if (!context || EVP_DigestSignInit(context.get(), &key_context, md, nullptr, key_.get()) != 1 ||
      !set_padding(key_context, scheme, md) ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    ERR_clear_error();
    return wrong;
  }
  signature.resize(size);
  if (scheme != SignatureScheme::ecdsa) {
    return signature;
  }
  const unsigned char* next = signature.data();
  const EcdsaSigPtr pair(d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(size)));
  const std::size_t half = order_size(key_.get());
  Bytes both(2 * half);
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), both.data(), static_cast<int>(half)) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), both.data() + half, static_cast<int>(half)) < 0) {
    return Error(ErrorCode::internal_failure, "sign");
  }
  return both;
}

Result<SecretBytes> PrivateKey::decrypt_oaep(const OaepParameters& parameters, ByteView cipher) const {
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  std::size_t size = cipher_size();
  SecretBytes secret(size);
  if (size == 0 || !context || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get(), parameters) ||
      EVP_PKEY_decrypt(context.get(), secret.writable().data(), &size, cipher.data(), cipher.size()) != 1) {
    ERR_clear_error();
    return Error(ErrorCode::security_failed, "key transport");
  }
  secret.shrink(size);
  return secret;
}

SecretBytes PrivateKey::decrypt_pkcs1(ByteView cipher, std::size_t size, Entropy& entropy) const {
  SecretBytes random = fresh_secret(size, entropy);
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  // Decrypted without padding, so that the padding is judged here, without a branch on its octets.
  std::size_t length = cipher_size();
  SecretBytes block(length);
  const bool ok = length >= size + 11 && context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
                  EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 && cipher.size() == length &&
                  EVP_PKEY_decrypt(context.get(), block.writable().data(), &length, cipher.data(),
                                   cipher.size()) == 1;
  ERR_clear_error();
  if (!ok) {
    return random;  // nothing secret was looked at yet
  }
  const ByteView em = block.view();
  const std::size_t separator = em.size() - size - 1;
  unsigned bad = em[0] | static_cast<unsigned>(em[1] ^ 2U) | em[separator];
  for (std::size_t i = 2; i < separator; ++i) {
    bad |= (static_cast<unsigned>(em[i]) - 1U) >> 8U;  // a zero octet too early
  }
  const auto mask = static_cast<Byte>(((bad | (0U - bad)) >> 31U) - 1U);  // all ones when nothing is bad
  for (std::size_t i = 0; i < size; ++i) {
    Byte& out = random.writable()[i];
    out = static_cast<Byte>((em[separator + 1 + i] & mask) | (out & static_cast<Byte>(~mask)));
  }
  return random;
}

}  // namespace parley::crypto
