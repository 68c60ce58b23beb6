#include "tests/vectors/wycheproof.h"

#include <openssl/evp.h>

#include "crypto/asymmetric.h"
#include "crypto/cipher.h"
#include "crypto/hmac.h"
#include "tests/vectors/index.h"

namespace parley::vectors {
namespace {

using crypto::DigestAlgorithm;

Bytes hex(const Json& value) { return from_hex(value.get<std::string>()).value(); }

DigestAlgorithm digest_named(const std::string& name) {
  return name == "SHA-1"     ? DigestAlgorithm::sha1
         : name == "SHA-224" ? DigestAlgorithm::sha224
         : name == "SHA-384" ? DigestAlgorithm::sha384
         : name == "SHA-512" ? DigestAlgorithm::sha512
                             : DigestAlgorithm::sha256;
}

Bytes join(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

// What XML Encryption's padding rule says of a ciphertext: only the last octet counts (M56).
bool is_last_octet_good(const Bytes& key, const Bytes& iv, const Bytes& cipher) {
  if (cipher.empty() || cipher.size() % 16 != 0) {
    return false;
  }
  EVP_CIPHER_CTX* const c = EVP_CIPHER_CTX_new();
  const EVP_CIPHER* const algorithm =
      key.size() == 16 ? EVP_aes_128_cbc() : key.size() == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
  Bytes plain(cipher.size() + 16);
  int size = 0;
  EVP_DecryptInit_ex(c, algorithm, nullptr, key.data(), iv.data());
  EVP_CIPHER_CTX_set_padding(c, 0);
  EVP_DecryptUpdate(c, plain.data(), &size, cipher.data(), static_cast<int>(cipher.size()));
  EVP_CIPHER_CTX_free(c);
  const Byte last = plain[cipher.size() - 1];
  return last >= 1 && last <= 16;
}

enum class Outcome { pass, fail, skip };

Outcome expect(bool condition) { return condition ? Outcome::pass : Outcome::fail; }

Outcome run_test(const std::string& family, const Json& group, const Json& test, std::string& skip_reason) {
  const std::string type = group["type"];
  const std::string result = test["result"];
  const bool is_valid = result == "valid";
  // "acceptable": legacy forms; either answer stands.
  auto agrees = [&](bool accepted) { return expect(result == "acceptable" || accepted == is_valid); };
  if (type == "MacTest") {
    const std::size_t tag_bits = group["tagSize"];
    const DigestAlgorithm algorithm = digest_named("SHA-" + family.substr(family.find("SHA") + 3));
    if (tag_bits != crypto::digest_size(algorithm) * 8) {
      skip_reason = "a truncated MAC (refused by M34)";
      return Outcome::skip;
    }
    return agrees(crypto::HmacKey(algorithm, hex(test["key"])).verify(hex(test["msg"]), hex(test["tag"])));
  }
  crypto::Cipher cipher;
  if (type == "AeadTest") {
    const Bytes key = hex(test["key"]);
    if (group["ivSize"] != 96 || group["tagSize"] != 128 || !test["aad"].get<std::string>().empty()) {
      skip_reason = "GCM with associated data, or another IV or tag size than XML Encryption's";
      return Outcome::skip;
    }
    const auto algorithm = key.size() == 16   ? crypto::CipherAlgorithm::aes128_gcm
                           : key.size() == 24 ? crypto::CipherAlgorithm::aes192_gcm
                                              : crypto::CipherAlgorithm::aes256_gcm;
    Bytes out;
    const bool ok = bool(cipher.decrypt(algorithm, key, join(join(hex(test["iv"]), hex(test["ct"])), hex(test["tag"])), out));
    return ok && is_valid ? expect(out == hex(test["msg"])) : agrees(ok);
  }
  if (type == "IndCpaTest") {
    const Bytes key = hex(test["key"]);
    const auto algorithm = key.size() == 16   ? crypto::CipherAlgorithm::aes128_cbc
                           : key.size() == 24 ? crypto::CipherAlgorithm::aes192_cbc
                                              : crypto::CipherAlgorithm::aes256_cbc;
    Bytes out;
    const Bytes iv = hex(test["iv"]);
    const Bytes ct = hex(test["ct"]);
    const bool ok = bool(cipher.decrypt(algorithm, key, join(iv, ct), out));
    if (is_valid) {
      return expect(ok && out == hex(test["msg"]));
    }
    return expect(ok == is_last_octet_good(key, iv, ct));
  }
  if (type == "KeywrapTest") {
    const Bytes key = hex(test["key"]);
    const auto algorithm = key.size() == 16   ? crypto::KeyWrapAlgorithm::aes128
                           : key.size() == 24 ? crypto::KeyWrapAlgorithm::aes192
                                              : crypto::KeyWrapAlgorithm::aes256;
    const auto unwrapped = crypto::unwrap_key(algorithm, key, hex(test["ct"]));
    if (unwrapped && is_valid) {
      return expect(Bytes(unwrapped->view().begin(), unwrapped->view().end()) == hex(test["msg"]));
    }
    return agrees(unwrapped.has_value());
  }
  if (type == "EcdsaP1363Verify" || type == "RsassaPkcs1Verify") {
    const auto key = crypto::PublicKey::from_der(hex(group["publicKeyDer"]));
    const auto scheme = type == "EcdsaP1363Verify" ? crypto::SignatureScheme::ecdsa : crypto::SignatureScheme::rsa_pkcs1;
    return agrees(key && key->verify(scheme, digest_named(group["sha"]), hex(test["msg"]), hex(test["sig"])));
  }
  const auto key = crypto::PrivateKey::from_pem(as_bytes(group["privateKeyPem"].get<std::string>()));
  if (!key) {
    return Outcome::fail;
  }
  if (type == "RsaesOaepDecrypt") {
    const crypto::OaepParameters parameters{digest_named(group["sha"]), digest_named(group["mgfSha"]),
                                            hex(test["label"])};
    const auto secret = key->decrypt_oaep(parameters, hex(test["ct"]));
    if (secret && is_valid) {
      return expect(Bytes(secret->view().begin(), secret->view().end()) == hex(test["msg"]));
    }
    return agrees(secret.has_value());
  }
  if (type == "RsaesPkcs1Decrypt") {
    // The receiver knows how long the key has to be; anything else gives a random key (M59).
    const Bytes message = hex(test["msg"]);
    crypto::SystemEntropy entropy;
    const std::size_t size = message.empty() ? 32 : message.size();
    const crypto::SecretBytes secret = key->decrypt_pkcs1(hex(test["ct"]), size, entropy);
    const bool ok = Bytes(secret.view().begin(), secret.view().end()) == message;
    return message.empty() && is_valid ? Outcome::pass : agrees(ok);
  }
  skip_reason = "a primitive that no message of ours uses";
  return Outcome::skip;
}

}  // namespace

SuiteResult run_wycheproof(const std::filesystem::path& suite_dir) {
  SuiteResult result;
  result.suite = suite_dir.filename().string();
  const Json index = read_json(suite_dir / "index.json");
  for (const Json& entry : index["entries"]) {
    const Json file = read_json(suite_dir / entry["file"].get<std::string>());
    for (const Json& group : file["testGroups"]) {
      for (const Json& test : group["tests"]) {
        std::string reason;
        const Outcome outcome = run_test(file["algorithm"], group, test, reason);
        if (outcome == Outcome::pass) {
          ++result.passed;
        } else if (outcome == Outcome::skip) {
          ++result.skipped[reason];
        } else {
          ++result.failed;
          result.failures.push_back(entry["id"].get<std::string>() + " " + test["tcId"].dump() + ": " +
                                    test["comment"].get<std::string>());
        }
      }
    }
  }
  return result;
}

}  // namespace parley::vectors
