#include <catch2/catch.hpp>
#include <set>

#include "base/base64.h"
#include "crypto/asymmetric.h"
#include "crypto/certificate.h"
#include "crypto/cipher.h"
#include "crypto/hmac.h"
#include "crypto/sealing.h"
#include "crypto/trust_store.h"

using namespace parley;
using namespace parley::crypto;

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<HmacKey>);
static_assert(!std::is_copy_constructible_v<SealingKey>);

namespace {

std::string hex_mac(DigestAlgorithm algorithm, std::string_view key, std::string_view message) {
  return to_hex(HmacKey(algorithm, as_bytes(key)).mac(as_bytes(message)).view());
}

}  // namespace

TEST_CASE("base64 agrees with RFC 4648 at every length, over both paths") {
  CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
  CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
  CHECK(to_base64(as_bytes("foob")) == "Zm9vYg==");
  Bytes bytes;
  for (int size = 0; size < 300; ++size) {
    const std::string text = to_base64(bytes);
    CHECK(decode_base64(text).value() == bytes);
    // Broken into lines, as XML often is, it goes the slow way.
    std::string lines;
    for (std::size_t i = 0; i < text.size(); i += 19) {
      lines += text.substr(i, 19) + "\r\n";
    }
    CHECK(decode_base64(lines).value() == bytes);
    bytes.push_back(static_cast<Byte>(size * 37 + 11));
  }
}

TEST_CASE("base64 refuses what is none") {
  for (const char* text : {"A", "AAAAA", "A=", "AA=", "AA===", "=AAA", "AA=A", "AA-_", "AAA\x01", "AAAA====", "AAA=AAAA"}) {
    INFO(text);
    CHECK(decode_base64(text).has_value() == false);
  }
  const std::string bad = std::string(64, 'A') + "!" + std::string(63, 'A');
  CHECK_FALSE(decode_base64(bad));
}

TEST_CASE("base64 goes into a given place that has room for it, and into no smaller one") {
  Bytes bytes;
  for (int size = 0; size < 100; ++size) {
    for (const std::string& text : {to_base64(bytes), " " + to_base64(bytes) + "\n"}) {
      Bytes room(bytes.size() + 1, 0xee);
      const MutableByteView exact = MutableByteView(room).first(bytes.size());
      CHECK(decode_base64(text, exact).value() == bytes.size());
      CHECK(std::equal(exact.begin(), exact.end(), bytes.begin(), bytes.end()));
      CHECK(room.back() == 0xee);
      if (!bytes.empty()) {
        CHECK_FALSE(decode_base64(text, exact.first(bytes.size() - 1)));
      }
    }
    bytes.push_back(static_cast<Byte>(size * 37 + 11));
  }
}

TEST_CASE("the comparison in constant time sees every octet, at every size") {
  Bytes a;
  for (std::size_t size = 0; size < 80; ++size) {
    Bytes b = a;
    CHECK(equal_in_constant_time(a, b));
    for (std::size_t at = 0; at < size; ++at) {
      b[at] ^= 1U;
      CHECK_FALSE(equal_in_constant_time(a, b));
      b[at] ^= 1U;
    }
    b.push_back(0);
    CHECK_FALSE(equal_in_constant_time(a, b));
    a.push_back(static_cast<Byte>(size));
  }
}

TEST_CASE("HMAC agrees with RFC 2202 and RFC 4231, long keys included") {
  CHECK(hex_mac(DigestAlgorithm::sha1, "Jefe", "what do ya want for nothing?") ==
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(hex_mac(DigestAlgorithm::sha256, "Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex_mac(DigestAlgorithm::sha1, std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST_CASE("a truncated or extended MAC is wrong (M34, M39)") {
  const HmacKey key(DigestAlgorithm::sha1, as_bytes("k"));
  const DigestValue mac = key.mac(as_bytes("m"));
  CHECK(key.verify(as_bytes("m"), mac.view()));
  CHECK_FALSE(key.verify(as_bytes("m"), mac.view().first(19)));
  CHECK_FALSE(key.verify(as_bytes("m"), {}));
  Bytes longer(mac.view().begin(), mac.view().end());
  longer.push_back(0);
  CHECK_FALSE(key.verify(as_bytes("m"), longer));
}

TEST_CASE("the leading octets of a MAC count only for who asks, and never below 80 bits (M34)") {
  const HmacKey key(DigestAlgorithm::sha256, as_bytes("k"));
  const DigestValue mac = key.mac(as_bytes("message"));
  const auto leading = [&](std::size_t size) {
    return key.verify_leading(as_bytes("message"), ByteView(mac.bytes).first(size));
  };
  CHECK(leading(10));
  CHECK(leading(32));
  CHECK_FALSE(leading(9));
  CHECK_FALSE(leading(0));
  CHECK_FALSE(leading(33));
  Bytes changed(mac.bytes.begin(), mac.bytes.begin() + 10);
  changed.back() ^= 1U;
  CHECK_FALSE(key.verify_leading(as_bytes("message"), changed));
}

TEST_CASE("ciphers round-trip at every size, and every changed octet of GCM is noticed") {
  SystemEntropy entropy;
  Cipher cipher;
  for (const auto algorithm : {CipherAlgorithm::aes128_cbc, CipherAlgorithm::aes256_cbc, CipherAlgorithm::tripledes_cbc,
                               CipherAlgorithm::aes128_gcm, CipherAlgorithm::aes256_gcm}) {
    const Bytes key(key_size(algorithm), 5);
    for (std::size_t size = 0; size < 70; ++size) {
      const Bytes plain(size, 'p');
      Bytes sealed;
      REQUIRE(cipher.encrypt(algorithm, key, plain, entropy, sealed));
      CHECK(sealed.size() == sealed_size(algorithm, size));
      Bytes opened;
      REQUIRE(cipher.decrypt(algorithm, key, sealed, opened));
      CHECK(opened == plain);
    }
  }
  const Bytes key(32, 1);
  Bytes sealed;
  REQUIRE(cipher.encrypt(CipherAlgorithm::aes256_gcm, key, as_bytes("body"), entropy, sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1U;
    Bytes out;
    CHECK_FALSE(cipher.decrypt(CipherAlgorithm::aes256_gcm, key, changed, out));
    CHECK(out.empty());
  }
}

TEST_CASE("CBC checks only the last octet of the padding, and gives one error for all failures (M56, M58)") {
  SystemEntropy entropy;
  Cipher cipher;
  const Bytes key(16, 1);
  Bytes sealed;
  REQUIRE(cipher.encrypt(CipherAlgorithm::aes128_cbc, key, as_bytes("0123456789"), entropy, sealed));
  // The filler is random: two encryptions under one IV differ only there, and both open.
  Bytes out;
  for (const std::size_t size : {std::size_t{0}, std::size_t{16}, std::size_t{31}, std::size_t{33}}) {
    CHECK(cipher.decrypt(CipherAlgorithm::aes128_cbc, key, Bytes(size, 0), out).error().code() ==
          ErrorCode::security_failed);
  }
  Bytes changed = sealed;
  changed[15] ^= 0x40U;  // flips a bit of the count through the IV
  CHECK(cipher.decrypt(CipherAlgorithm::aes128_cbc, key, changed, out).error().code() == ErrorCode::security_failed);
}

TEST_CASE("triple-DES key wrap agrees with RFC 3217 and notices changes") {
  SystemEntropy entropy;
  const Bytes kek(24, 9);
  const SecretBytes key = fresh_secret(24, entropy);
  const Bytes wrapped = wrap_key(KeyWrapAlgorithm::tripledes, kek, key, entropy).value();
  CHECK(wrapped.size() == 40);
  CHECK(unwrap_key(KeyWrapAlgorithm::tripledes, kek, wrapped)->equals(key));
  Bytes changed = wrapped;
  changed[20] ^= 1U;
  CHECK_FALSE(unwrap_key(KeyWrapAlgorithm::tripledes, kek, changed));
}

TEST_CASE("RSA PKCS#1 v1.5 transport has no oracle: what is wrong gives a random key of the right length (M59)") {
  SystemEntropy entropy;
  const PrivateKey key = PrivateKey::generate_rsa(2048).value();
  const SecretBytes secret = fresh_secret(32, entropy);
  const Bytes cipher = key.public_key().encrypt_pkcs1(secret).value();
  CHECK(key.decrypt_pkcs1(cipher, 32, entropy).equals(secret));
  const SecretBytes other_length = key.decrypt_pkcs1(cipher, 16, entropy);
  CHECK(other_length.size() == 16);
  const SecretBytes garbage = key.decrypt_pkcs1(Bytes(256, 1), 32, entropy);
  CHECK(garbage.size() == 32);
  CHECK_FALSE(garbage.equals(key.decrypt_pkcs1(Bytes(256, 1), 32, entropy)));
  CHECK(key.decrypt_pkcs1({}, 32, entropy).size() == 32);
}

TEST_CASE("a signature scheme fits its kind of key alone (M40)") {
  const PrivateKey rsa = PrivateKey::generate_rsa(2048).value();
  for (const auto scheme : {SignatureScheme::rsa_pkcs1, SignatureScheme::rsa_pss}) {
    const Bytes signature = rsa.sign(scheme, DigestAlgorithm::sha256, as_bytes("m")).value();
    CHECK(rsa.public_key().verify(scheme, DigestAlgorithm::sha256, as_bytes("m"), signature));
    CHECK_FALSE(rsa.public_key().verify(scheme, DigestAlgorithm::sha256, as_bytes("n"), signature));
    CHECK_FALSE(rsa.public_key().verify(scheme, DigestAlgorithm::sha1, as_bytes("m"), signature));
    CHECK_FALSE(rsa.public_key().verify(SignatureScheme::ecdsa, DigestAlgorithm::sha256, as_bytes("m"), signature));
  }
  CHECK_FALSE(rsa.sign(SignatureScheme::ecdsa, DigestAlgorithm::sha256, as_bytes("m")));
}

TEST_CASE("a sealed value opens in its place alone, and under its key alone") {
  SystemEntropy entropy;
  const SealingKey master = SealingKey::generate(entropy);
  const SealingKey records = master.derive("records", 1);
  const Bytes sealed = records.seal(as_bytes("secret"), as_bytes("place"), entropy);
  CHECK(sealed.size() == 6 + SealingKey::kOverhead);
  CHECK(as_text(records.open(sealed, as_bytes("place"))->view()) == "secret");
  CHECK(records.open(sealed, as_bytes("elsewhere")).error().code() == ErrorCode::store_corrupt);
  CHECK_FALSE(master.open(sealed, as_bytes("place")));
  CHECK_FALSE(master.derive("records", 2).open(sealed, as_bytes("place")));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x80U;
    CHECK_FALSE(records.open(changed, as_bytes("place")));
  }
  CHECK_FALSE(records.open(Bytes(SealingKey::kOverhead - 1), {}));
  CHECK(SealingKey::from_bytes(Bytes(31)).error().code() == ErrorCode::key_unusable);
}

TEST_CASE("fresh identifiers are version 4 UUIDs and never repeat") {
  SystemEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string urn = fresh_uuid_urn(entropy);
    REQUIRE(urn.size() == 45);
    CHECK(urn.starts_with("urn:uuid:"));
    CHECK(urn[23] == '4');
    CHECK(seen.insert(urn).second);
  }
}

namespace {

std::string peer_file(const char* name) {
  const char* const named = std::getenv("PARLEY_SHARED");
  const std::string shared = named != nullptr ? named : PARLEY_SOURCE_DIR "/../shared";
  return shared + "/peers/keys/" + name;
}

Bytes read(const std::string& path) {
  Bytes bytes;
  if (std::FILE* const file = std::fopen(path.c_str(), "rb")) {
    int c = 0;
    while ((c = std::fgetc(file)) != EOF) {
      bytes.push_back(static_cast<Byte>(c));
    }
    std::fclose(file);
  }
  return bytes;
}

}  // namespace

TEST_CASE("certificates of another tool are read, trusted by their authority, and refused of a stranger") {
  if (read(peer_file("ca.pem")).empty()) {
    WARN("left out: neither PARLEY_SHARED nor ../shared is a folder with test certificates");
    return;
  }
  const TrustStore trust = TrustStore::from_pem(read(peer_file("ca.pem")), {}).value();
  const Certificate client = Certificate::all_from_pem(read(peer_file("client.pem"))).value().front();
  const Certificate stranger = Certificate::all_from_pem(read(peer_file("stranger.pem"))).value().front();
  const WallTime now = client.not_before() + std::chrono::hours(24);
  CHECK(trust.judge(client, {}, now) == TrustStore::Verdict::trusted);
  CHECK(trust.judge(stranger, {}, now) == TrustStore::Verdict::untrusted);
  CHECK(trust.judge(client, {}, client.not_after() + std::chrono::hours(1)) == TrustStore::Verdict::expired);
  CHECK(trust.judge(client, {}, client.not_before() - std::chrono::hours(1)) == TrustStore::Verdict::not_yet_valid);
  const PrivateKey key = PrivateKey::from_pem(read(peer_file("client.key"))).value();
  CHECK(key.public_key().equals(client.public_key()));
  CHECK(client.subject() == "CN=Parley test client,O=Parley test");
  CHECK(client.has_issuer_serial("cn=parley  TEST ca, O=\"Parley test\"", "00" + client.serial()));
  CHECK(client.has_issuer_serial("O=Parley test,CN=Parley test CA", client.serial()));
  CHECK_FALSE(client.has_issuer_serial("CN=Parley test CB,O=Parley test", client.serial()));
  CHECK(client.subject_key_identifier().size() == 20);
  const Pkcs12 file = read_pkcs12(read(peer_file("client.p12")), "parley").value();
  CHECK(file.certificate.equals(client));
  CHECK(read_pkcs12(read(peer_file("client.p12")), "wrong").error().code() == ErrorCode::key_unusable);
}
