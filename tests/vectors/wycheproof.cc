#include "tests/vectors/wycheproof.h"

#include <array>

#include <openssl/evp.h>

#include "crypto/asymmetric.h"
#include "crypto/cipher.h"
#include "crypto/hmac.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

using crypto::DigestAlgorithm;

DigestAlgorithm digest_named(std::string_view name) {
  struct Name {
    std::string_view text;
    DigestAlgorithm digest;
  };

  constexpr std::array<Name, 5> kNames{{{"SHA-1", DigestAlgorithm::sha1},
                                        {"SHA-224", DigestAlgorithm::sha224},
                                        {"SHA-256", DigestAlgorithm::sha256},
                                        {"SHA-384", DigestAlgorithm::sha384},
                                        {"SHA-512", DigestAlgorithm::sha512}}};
  for (const Name& one : kNames) {
    if (one.text == name) {
      return one.digest;
    }
  }
  throw BadVector("unknown digest " + std::string(name));
}

Bytes join(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The row of a table of three that fits a key of 16, 24 or 32 octets.
template <class Algorithm>
Algorithm by_key_size(const Bytes& key, const std::array<Algorithm, 3>& algorithms) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32) {
    throw BadVector("a key of another size than AES has");
  }
  return algorithms[key.size() / 8 - 2];
}

/// What a test says of the answers that it allows.
class Expectation {
 public:
  explicit Expectation(const Json& test) : result_(test.text("result")) {
    if (result_ != "valid" && result_ != "invalid" && result_ != "acceptable") {
      throw BadVector("unknown result '" + result_ + "'");
    }
  }

  bool is_valid() const { return result_ == "valid"; }

  /// "acceptable" marks legacy forms: either answer stands.
  Verdict judge(bool accepted) const {
    return expect(result_ == "acceptable" || accepted == is_valid(),
                  accepted ? "accepted, though it is invalid" : "refused, though it is valid");
  }

  /// As above; what comes out must be `wanted`.
  Verdict judge(bool accepted, ByteView got, const Bytes& wanted) const {
    return accepted && result_ != "invalid"
               ? expect(as_text(got) == as_text(wanted), "other octets")
               : judge(accepted);
  }

 private:
  std::string result_;
};

Verdict run_mac(const std::string& algorithm, const Json& group, const Json& test) {
  if (!algorithm.starts_with("HMACSHA")) {
    throw BadVector("unknown MAC " + algorithm);
  }
  const crypto::HmacKey key(digest_named("SHA-" + algorithm.substr(7)), test.hex("key"));
  const std::size_t full = crypto::digest_size(key.algorithm());
  const std::size_t size = group.number("tagSize") / 8;
  const Bytes tag = test.hex("tag");
  const bool accepted = size == full
                            ? key.verify(test.hex("msg"), tag)
                            : tag.size() == size && key.verify_leading(test.hex("msg"), tag);
  return Expectation(test).judge(accepted);
}

Verdict run_gcm(const Json& group, const Json& test) {
  if (group.number("ivSize") != 96 || group.number("tagSize") != 128 || !test.text("aad").empty()) {
    return skipped(kSkipAssociatedData);
  }
  const Bytes key = test.hex("key");
  const auto algorithm = by_key_size<crypto::CipherAlgorithm>(
      key, {crypto::CipherAlgorithm::aes128_gcm, crypto::CipherAlgorithm::aes192_gcm,
            crypto::CipherAlgorithm::aes256_gcm});
  Bytes out;
  const Bytes sealed = join(join(test.hex("iv"), test.hex("ct")), test.hex("tag"));
  const bool accepted = bool(crypto::Cipher().decrypt(algorithm, key, sealed, out));
  return Expectation(test).judge(accepted, out, test.hex("msg"));
}

/// What XML Encryption's padding rule says of a ciphertext: only the last octet counts (M56).
bool is_last_octet_good(const Bytes& key, const Bytes& iv, const Bytes& cipher) {
  if (cipher.empty() || cipher.size() % 16 != 0) {
    return false;
  }
  EVP_CIPHER_CTX* const c = EVP_CIPHER_CTX_new();
  const EVP_CIPHER* const algorithm = by_key_size<const EVP_CIPHER*>(
      key, {EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc()});
  Bytes plain(cipher.size() + 16);
  int size = 0;
  EVP_DecryptInit_ex(c, algorithm, nullptr, key.data(), iv.data());
  EVP_CIPHER_CTX_set_padding(c, 0);
  EVP_DecryptUpdate(c, plain.data(), &size, cipher.data(), static_cast<int>(cipher.size()));
  EVP_CIPHER_CTX_free(c);
  const Byte last = plain[cipher.size() - 1];
  return last >= 1 && last <= 16;
}

Verdict run_cbc(const Json& test) {
  const Bytes key = test.hex("key");
  const Bytes iv = test.hex("iv");
  const Bytes cipher = test.hex("ct");
  if (iv.size() != 16) {
    throw BadVector("an IV of another size than AES has");
  }
  const auto algorithm = by_key_size<crypto::CipherAlgorithm>(
      key, {crypto::CipherAlgorithm::aes128_cbc, crypto::CipherAlgorithm::aes192_cbc,
            crypto::CipherAlgorithm::aes256_cbc});
  Bytes out;
  const bool accepted = bool(crypto::Cipher().decrypt(algorithm, key, join(iv, cipher), out));
  const Expectation expectation(test);
  if (expectation.is_valid()) {
    return expectation.judge(accepted, out, test.hex("msg"));
  }
  // These tests judge by PKCS#7, which looks at every octet of the padding.
  return expect(accepted == is_last_octet_good(key, iv, cipher), "padding judged otherwise");
}

Verdict run_key_wrap(const Json& test) {
  const Bytes key = test.hex("key");
  const auto algorithm = by_key_size<crypto::KeyWrapAlgorithm>(
      key, {crypto::KeyWrapAlgorithm::aes128, crypto::KeyWrapAlgorithm::aes192,
            crypto::KeyWrapAlgorithm::aes256});
  const auto unwrapped = crypto::unwrap_key(algorithm, key, test.hex("ct"));
  return Expectation(test).judge(unwrapped.has_value(), unwrapped ? unwrapped->view() : ByteView(),
                                 test.hex("msg"));
}

Verdict run_signature(crypto::SignatureScheme scheme, const Json& group, const Json& test) {
  const auto key = crypto::PublicKey::from_der(group.hex("publicKeyDer"));
  const bool has_digest = scheme != crypto::SignatureScheme::eddsa;
  const DigestAlgorithm digest =
      has_digest ? digest_named(group.text("sha")) : DigestAlgorithm::sha512;
  return Expectation(test).judge(key &&
                                 key->verify(scheme, digest, test.hex("msg"), test.hex("sig")));
}

/// XML Signature fixes the salt's length and the mask's digest.
Verdict run_pss(const Json& group, const Json& test) {
  const std::string& sha = group.text("sha");
  const bool is_ours = group.text("mgf") == "MGF1" && group.text("mgfSha") == sha &&
                       group.number("sLen") == crypto::digest_size(digest_named(sha));
  return is_ours ? run_signature(crypto::SignatureScheme::rsa_pss, group, test)
                 : skipped(kSkipPrimitive);
}

crypto::PrivateKey private_key(const Json& group) {
  auto key = crypto::PrivateKey::from_pem(as_bytes(group.text("privateKeyPem")));
  if (!key) {
    throw BadVector("an unusable private key");
  }
  return std::move(*key);
}

Verdict run_oaep(const Json& group, const Json& test) {
  const crypto::OaepParameters parameters{digest_named(group.text("sha")),
                                          digest_named(group.text("mgfSha")), test.hex("label")};
  const auto secret = private_key(group).decrypt_oaep(parameters, test.hex("ct"));
  return Expectation(test).judge(secret.has_value(), secret ? secret->view() : ByteView(),
                                 test.hex("msg"));
}

/// The receiver knows how long the key has to be, and gets a random one of that length for every
/// failure (M59): a test is "accepted" when its very message comes out.
Verdict run_pkcs1(const Json& group, const Json& test) {
  const Bytes message = test.hex("msg");
  crypto::SystemEntropy entropy;
  const std::size_t size = message.empty() ? 32 : message.size();
  const crypto::SecretBytes secret =
      private_key(group).decrypt_pkcs1(test.hex("ct"), size, entropy);
  if (secret.size() != size) {
    return failed("a key of another length");
  }
  const Expectation expectation(test);
  // No key is empty: such a message is a failure like any other.
  return message.empty() ? passed() : expectation.judge(as_text(secret.view()) == as_text(message));
}

}  // namespace

Verdict run_wycheproof(const std::string& algorithm, const Json& group, const Json& test) {
  const std::string& type = group.text("type");
  if (type == "MacTest") {
    return run_mac(algorithm, group, test);
  }
  if (type == "AeadTest" && algorithm == "AES-GCM") {
    return run_gcm(group, test);
  }
  if (type == "IndCpaTest" && algorithm == "AES-CBC-PKCS5") {
    return run_cbc(test);
  }
  if (type == "KeywrapTest" && algorithm == "AES-WRAP") {
    return run_key_wrap(test);
  }
  if (type == "EcdsaP1363Verify") {
    return run_signature(crypto::SignatureScheme::ecdsa, group, test);
  }
  if (type == "RsassaPkcs1Verify") {
    return run_signature(crypto::SignatureScheme::rsa_pkcs1, group, test);
  }
  if (type == "RsassaPssVerify") {
    return run_pss(group, test);
  }
  if (type == "EddsaVerify") {
    return run_signature(crypto::SignatureScheme::eddsa, group, test);
  }
  if (type == "RsaesOaepDecrypt") {
    return run_oaep(group, test);
  }
  if (type == "RsaesPkcs1Decrypt") {
    return run_pkcs1(group, test);
  }
  return skipped(kSkipPrimitive);
}

}  // namespace parley::vectors
