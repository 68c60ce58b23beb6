#include <functional>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/timestamp.h"
#include "bindings/soap/xml/c14n.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/open_text.h"

// Messages that somebody on the way has made out of genuine ones, without any key.

using namespace parley;
using namespace parley::soap;
using test::code_of;
using test::element;
using test::kNow;
using test::Pair;
using test::replaced;
using test::text;

namespace {

engine::Profile with_suite(std::string suite, engine::Protection protect) {
  engine::Profile profile;
  profile.suite = std::move(suite);
  profile.protect = protect;
  return profile;
}

engine::Message note(const Pair& pair) {
  return test::application_message(pair.profile, "<n:Note xmlns:n=\"urn:n\">text</n:Note>");
}

engine::WireMessage bootstrap(SoapCodec& codec, Pair& pair) {
  engine::ProtectWith with;
  with.bootstrap = true;
  return codec.protect(note(pair), pair.profile, with, kNow, pair.entropy).value();
}

}  // namespace

TEST_CASE("A derived key that is short enough to guess signs nothing") {
  Pair pair(with_suite("Basic256", engine::Protection::sign));
  const Bytes wire = pair.protect(note(pair)).bytes;
  REQUIRE(pair.open(wire));
  const Bytes shortened = replaced(wire, element(wire, "wsc:Length"), "<wsc:Length>1</wsc:Length>");
  const std::string value = element(wire, "ds:SignatureValue");
  const std::string signed_info = element(wire, "ds:SignedInfo");
  for (int guess = 0; guess < 256; ++guess) {
    const crypto::HmacKey key(crypto::DigestAlgorithm::sha1, Bytes{static_cast<Byte>(guess)});
    const crypto::DigestValue mac = key.mac(as_bytes(signed_info));
    const Bytes forged = replaced(
        shortened, value, "<ds:SignatureValue>" + to_base64(mac.view()) + "</ds:SignatureValue>");
    CHECK_FALSE(pair.open(forged));
  }
}

TEST_CASE("What was decrypted and is not signed fails the message, whatever it decrypts to") {
  for (const auto order : {engine::ProtectionOrder::sign_before_encrypt,
                           engine::ProtectionOrder::encrypt_before_sign}) {
    engine::Profile profile = with_suite("Basic256", engine::Protection::sign_encrypt);
    profile.order = order;
    Pair pair(profile);
    const Bytes wire = pair.protect(note(pair)).bytes;
    REQUIRE(pair.open(wire));
    const std::string data = element(wire, "xenc:EncryptedData");
    std::string copy = data;
    copy.replace(copy.find("Id=\"") + 4, 1, "X");
    const std::size_t id = copy.find("Id=\"") + 4;
    const std::string name = copy.substr(id, copy.find('"', id) - id);
    const std::string list = "<xenc:ReferenceList xmlns:xenc=\"" + std::string(uri::kXenc) +
                             "\"><xenc:DataReference URI=\"#" + name +
                             "\"></xenc:DataReference></xenc:ReferenceList>";
    std::string broken = copy;
    const std::size_t cipher_value = broken.find("CipherValue>") + 12;
    broken[cipher_value] = broken[cipher_value] == 'A' ? 'B' : 'A';
    for (const std::string& one : {copy, broken}) {
      CHECK(
          code_of(pair.open(replaced(wire, "</wsse:Security>", list + one + "</wsse:Security>"))) ==
          ErrorCode::security_failed);
      const std::string block = "<x:Other xmlns:x=\"urn:x\">" + one + "</x:Other>";
      CHECK(code_of(pair.open(replaced(
                replaced(wire, "</wsse:Security>", list + "</wsse:Security>"), "</wsse:Security>",
                "</wsse:Security>" + block))) == ErrorCode::security_failed);
    }
  }
}

TEST_CASE("The answer is protected under the key that signed the request, not under another one") {
  Pair pair(engine::Profile{});
  const engine::WireMessage genuine = bootstrap(*pair.client, pair);
  const engine::WireMessage own = bootstrap(*pair.client, pair);
  const auto of = [](const std::shared_ptr<const engine::ExchangeKeys>& keys) {
    return std::dynamic_pointer_cast<const ExchangeSecret>(keys);
  };
  const std::string key = element(own.bytes, "xenc:EncryptedKey");
  Bytes planted_key = replaced(to_bytes(key), "wss-ek", "attacker");
  const std::string first = element(genuine.bytes, "wsu:Timestamp");
  const Bytes planted = replaced(genuine.bytes, first, text(planted_key) + first);
  const auto opened = pair.open(planted);
  if (opened) {
    REQUIRE(of(opened->exchange_keys));
    CHECK(of(opened->exchange_keys)->encrypted_sha1 == of(genuine.exchange_keys)->encrypted_sha1);
  }
}

TEST_CASE("Only the service that was asked may answer a request that establishes a context") {
  Pair pair(engine::Profile{});
  const engine::WireMessage request = bootstrap(*pair.client, pair);
  // Another holder of a certificate of the same authority, who knows the client's certificate.
  soap::Credentials impostor = test::client_credentials();
  impostor.peer_certificate_pem = impostor.own_certificates_pem;
  const auto codec = SoapCodec::make(impostor, {}).value();
  const engine::WireMessage answer = bootstrap(*codec, pair);
  const auto opened = pair.open_as(*pair.client, answer.bytes, {}, request.exchange_keys);
  CHECK(code_of(opened) == ErrorCode::authentication_failed);
}

TEST_CASE("A message has its octets digested a few times at most, whoever signs it") {
  Pair pair(with_suite("Basic256", engine::Protection::sign));
  const std::string large = "<n:Note xmlns:n=\"urn:n\">" + std::string(200000, 'x') + "</n:Note>";
  const Bytes wire = pair.protect(test::application_message(pair.profile, large)).bytes;
  REQUIRE(pair.open(wire));
  // The genuine signature again and again, without its Id: every copy verifies.
  std::string copy = element(wire, "ds:Signature");
  const std::size_t id = copy.find(" Id=\"");
  copy.erase(id, copy.find('"', id + 5) + 1 - id);
  const auto with_copies = [&](int count) {
    std::string copies;
    for (int i = 0; i < count; ++i) {
      copies += copy;
    }
    return pair.open(replaced(wire, "</wsse:Security>", copies + "</wsse:Security>"));
  };
  const int most = static_cast<int>(Limits{}.signature_passes_max) - 1;
  CHECK(with_copies(most));
  CHECK(code_of(with_copies(most + 1)) == ErrorCode::security_header_invalid);
}

TEST_CASE("A message is remembered no longer than it could come again") {
  Pair pair(with_suite("Basic256", engine::Protection::sign));
  soap::CodecSettings settings;
  settings.timestamp_lifetime = std::chrono::hours(24 * 365 * 1000);
  const auto patient = SoapCodec::make(test::client_credentials(), settings).value();
  engine::ProtectWith with;
  with.context = &pair.key;
  const auto wire = patient->protect(note(pair), pair.profile, with, kNow, pair.entropy).value();
  const auto opened = pair.open(wire.bytes);
  REQUIRE(opened);
  REQUIRE(opened->replay_marks.size() == 1);
  CHECK(opened->replay_marks.front().until == kNow + TimestampSettings{}.age_max);
}

TEST_CASE("Encrypted content beside a Body in clear is no encrypted Body") {
  engine::Profile profile = with_suite("Basic256", engine::Protection::sign_encrypt);
  profile.order = engine::ProtectionOrder::sign_before_encrypt;
  Pair pair(profile);
  Pair clear(with_suite("Basic256", engine::Protection::sign));
  // A sender who has the key signs a Body in clear and encrypts nothing at all beside it.
  const engine::Message message = note(pair);
  const Bytes empty = pair.protect(test::application_message(pair.profile, "")).bytes;
  const Bytes plain = clear.protect(message).bytes;
  const std::string data = element(empty, "xenc:EncryptedData");
  const std::string list = element(empty, "xenc:ReferenceList");
  const std::string all = text(empty);
  const std::size_t begin = all.rfind("<wsc:DerivedKeyToken", all.find("wsu:Id=\"wss-dk-enc\""));
  REQUIRE(begin != std::string::npos);
  const std::string key = all.substr(begin);
  const std::string derived = key.substr(0, key.find("</wsc:DerivedKeyToken>") + 22);
  Bytes mixed = replaced(plain, "</n:Note>", "</n:Note>" + data);
  const std::string signature = element(plain, "ds:Signature");
  mixed = replaced(mixed, signature, derived + list + signature);
  CHECK(clear.open(mixed));
  CHECK(code_of(pair.open(mixed)) == ErrorCode::security_missing);
}

TEST_CASE("A PrefixList names no more prefixes than there can be, and costs no more for it") {
  const auto form = [](std::uint64_t count) {
    std::string list;
    for (std::uint64_t i = 0; i < count; ++i) {
      list += "p" + std::to_string(i) + " ";
    }
    const std::string text = "<m Algorithm=\"" + std::string(uri::kExcC14n) +
                             "\"><e:InclusiveNamespaces xmlns:e=\"" + std::string(uri::kExcC14n) +
                             "\" PrefixList=\"" + list + "\"/></m>";
    const auto document = xml::Document::parse(to_bytes(text), Limits{});
    REQUIRE(document);
    return read_canonical_form(document->root(), false).has_value();
  };
  const std::uint64_t most = Limits{}.xml_attributes_max;
  CHECK(form(most));
  CHECK_FALSE(form(most + 1));
}

TEST_CASE("A listed prefix is rendered at the apex, and below it where it is declared anew") {
  const auto canonical = [](const std::string& text) {
    const auto document = xml::Document::parse(to_bytes(text), Limits{});
    REQUIRE(document);
    xml::C14nOptions options;
    options.method = xml::C14nMethod::exclusive;
    options.prefix_list = {"p", "#default", "absent"};
    Bytes out;
    REQUIRE(xml::canonicalize(document->root().first_child(), options, out));
    return std::string(as_text(out));
  };
  CHECK(canonical("<r xmlns:p=\"urn:1\" xmlns=\"urn:d\"><a><b/></a></r>") ==
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:1\"><b></b></a>");
  CHECK(canonical("<r xmlns:p=\"urn:1\"><a><b xmlns:p=\"urn:2\"><c xmlns:p=\"urn:1\"/></b>"
                  "<b xmlns:p=\"urn:1\"/><b xmlns:q=\"urn:q\"/></a></r>") ==
        "<a xmlns:p=\"urn:1\"><b xmlns:p=\"urn:2\"><c xmlns:p=\"urn:1\"></c></b>"
        "<b></b><b></b></a>");
  CHECK(canonical("<r><a><b xmlns:p=\"urn:1\" xmlns=\"urn:d\"><c xmlns=\"\"/></b></a></r>") ==
        "<a><b xmlns=\"urn:d\" xmlns:p=\"urn:1\"><c xmlns=\"\"></c></b></a>");
}
