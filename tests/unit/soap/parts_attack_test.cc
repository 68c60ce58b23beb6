#include <string>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/c14n.h"
#include "crypto/digest.h"
#include "engine/encrypted_parts.h"
#include "unit/soap/message_text.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/open_text.h"

// Ways around what has to be encrypted, by somebody who has the key of the context and is careless,
// or who only watches.

using namespace parley;
using engine::EncryptedParts;
using engine::Protection;
using test::element;
using test::Pair;
using test::replaced;
using test::text;

namespace {

constexpr const char* kOrder =
    "<o:Order "
    "xmlns:o=\"urn:o\"><o:Pay><o:Card>4111</o:Card></o:Pay><o:Note>quiet</o:Note></o:Order>";
constexpr const char* kSequence = "{http://docs.oasis-open.org/ws-rx/wsrm/200702}Sequence";

EncryptedParts parts_of(const std::string& headers,
                        const std::string& elements,
                        const std::string& contents) {
  return {engine::parse_part_names(headers).value(), engine::parse_body_paths(elements).value(),
          engine::parse_body_paths(contents).value()};
}

engine::Profile profile_of(Protection protect, EncryptedParts parts = {}) {
  engine::Profile profile;
  profile.protect = protect;
  profile.encrypted_parts = std::move(parts);
  return profile;
}

engine::Message message_of(const engine::Profile& profile, const std::string& body = kOrder) {
  engine::Message message = test::application_message(profile, body);
  message.rm.sequence = {"urn:sequence", 3, false};
  return message;
}

Bytes written(Pair& pair, const std::string& body = kOrder) {
  return pair.protect(message_of(pair.profile, body)).bytes;
}

/// What opening says under a profile with parts; internal_failure = it was taken.
ErrorCode code_of(const Bytes& wire, const engine::Profile& profile) {
  Pair pair(profile);
  const auto opened = pair.open(wire);
  return opened ? ErrorCode::internal_failure : opened.error().code();
}

/// The derived key, the list and the EncryptedData of an empty Body under the context's key.
struct EmptyPiece {
  std::string key;
  std::string list;
  std::string data;
};

std::string key_token(const std::string& all, const std::string& id) {
  const std::string end = "</wsc:DerivedKeyToken>";
  const std::size_t begin = all.rfind("<wsc:DerivedKeyToken", all.find("wsu:Id=\"" + id + "\""));
  REQUIRE(begin != std::string::npos);
  return all.substr(begin, all.find(end, begin) + end.size() - begin);
}

EmptyPiece empty_piece() {
  Pair pair(profile_of(Protection::sign_encrypt));
  const Bytes wire = written(pair, "");
  return {key_token(text(wire), "wss-dk-enc"), element(wire, "xenc:ReferenceList"),
          element(wire, "xenc:EncryptedData")};
}

/// A signed message with more before its Signature.
Bytes with_keys(const Bytes& wire, const std::string& keys) {
  const std::string signature = element(wire, "ds:Signature");
  return replaced(wire, signature, keys + signature);
}

}  // namespace

TEST_CASE("An empty piece of ciphertext hides nothing beside it") {
  Pair clear(profile_of(Protection::sign));
  const Bytes plain = written(clear);
  const EmptyPiece empty = empty_piece();
  const Bytes mixed =
      with_keys(replaced(plain, "quiet", "quiet" + empty.data), empty.key + empty.list);
  CHECK(code_of(mixed, profile_of(Protection::sign)) == ErrorCode::internal_failure);
  CHECK(code_of(mixed, profile_of(Protection::sign, parts_of("", "", "//{urn:o}Note"))) ==
        ErrorCode::security_missing);
  const Bytes beside =
      with_keys(replaced(plain, "<o:Card>", empty.data + "<o:Card>"), empty.key + empty.list);
  CHECK(code_of(beside, profile_of(Protection::sign, parts_of("", "//{urn:o}Card", ""))) ==
        ErrorCode::security_missing);
  CHECK(code_of(beside, profile_of(Protection::sign, parts_of("", "", "//{urn:o}Pay"))) ==
        ErrorCode::security_missing);
}

TEST_CASE(
    "A part is hidden under the key of the context, not under one that anybody may carry along") {
  Pair clear(profile_of(Protection::sign));
  const Bytes plain = written(clear);
  // Somebody's key for the certificate of the service, with a Body under it.
  Pair somebody(profile_of(Protection::sign_encrypt));
  engine::ProtectWith with;
  with.bootstrap = true;
  std::string carried = text(
      somebody.client
          ->protect(test::application_message(
                        somebody.profile, "<o:Pay xmlns:o=\"urn:o\"><o:Card>4111</o:Card></o:Pay>"),
                    somebody.profile, with, test::kNow, somebody.entropy)
          .value()
          .bytes);
  for (const std::string id : {"wss-ek", "wss-dk-enc", "wss-ed-body"}) {
    const std::string other = "his-" + id.substr(4);
    for (std::size_t at = 0; (at = carried.find(id, at)) != std::string::npos; at += other.size()) {
      carried.replace(at, id.size(), other);
    }
  }
  const Bytes his = to_bytes(carried);
  const EmptyPiece empty = empty_piece();
  const std::string list = text(replaced(
      to_bytes(empty.list), "</xenc:ReferenceList>",
      "<xenc:DataReference URI=\"#his-ed-body\"></xenc:DataReference></xenc:ReferenceList>"));
  const Bytes mixed = with_keys(
      replaced(plain, "<o:Pay><o:Card>4111</o:Card></o:Pay>",
               empty.data + element(his, "xenc:EncryptedData")),
      element(his, "xenc:EncryptedKey") + key_token(carried, "his-dk-enc") + empty.key + list);
  CHECK(code_of(mixed, profile_of(Protection::sign)) == ErrorCode::internal_failure);
  CHECK(code_of(mixed, profile_of(Protection::sign, parts_of("", "//{urn:o}Card", ""))) ==
        ErrorCode::security_missing);
}

TEST_CASE("A hidden header needs a derived key where messages do") {
  Pair clear(profile_of(Protection::sign));
  const engine::Message message = message_of(clear.profile);
  const Bytes plain = clear.protect(message).bytes;
  Pair underived(profile_of(Protection::sign, parts_of(kSequence, "", "")));
  underived.profile.derived_keys = false;
  const Bytes hidden = underived.protect(message).bytes;
  Bytes mixed =
      replaced(plain, element(plain, "wsrm:Sequence"), element(hidden, "wsse11:EncryptedHeader"));
  const std::string whole_list = element(hidden, "xenc:ReferenceList");
  const std::size_t first = whole_list.find("<xenc:DataReference");
  const std::string list = whole_list.substr(0, first) +
                           "<xenc:DataReference URI=\"#wss-ed-header0\"></xenc:DataReference>"
                           "</xenc:ReferenceList>";
  mixed = with_keys(mixed, list);
  CHECK(code_of(mixed, profile_of(Protection::sign)) == ErrorCode::internal_failure);
  CHECK(code_of(mixed, profile_of(Protection::sign, parts_of(kSequence, "", ""))) ==
        ErrorCode::security_missing);
}

TEST_CASE("A body in another version's namespace is an application's, and has to be hidden") {
  for (const char* ns : {"http://schemas.xmlsoap.org/ws/2005/02/rm",
                         "http://docs.oasis-open.org/ws-rx/wsmc/200702"}) {
    CAPTURE(ns);
    Pair clear(profile_of(Protection::sign));
    const Bytes wire = written(clear, "<x:Any xmlns:x=\"" + std::string(ns) +
                                          "\"><o:Card xmlns:o=\"urn:o\">4111</o:Card></x:Any>");
    CHECK(code_of(wire, profile_of(Protection::sign, parts_of("", "//{urn:o}Card", ""))) ==
          ErrorCode::security_missing);
    CHECK(code_of(wire, profile_of(Protection::sign_encrypt)) == ErrorCode::security_missing);
  }
}

TEST_CASE("Where the signature is hidden, or over ciphertext, nothing tells whether a guess is right") {
  for (const auto order : {engine::ProtectionOrder::sign_before_encrypt,
                           engine::ProtectionOrder::encrypt_before_sign}) {
    Pair pair(profile_of(Protection::sign, parts_of("", "//{urn:o}Card", "")));
    pair.profile.order = order;
    pair.profile.encrypt_signature = true;
    const Bytes wire = written(pair);
    const std::string all = text(wire);
    const std::size_t begin = all.find("<s:Body");
    const std::string body = all.substr(begin, all.find("</s:Body>") + 9 - begin);
    const Bytes guess = replaced(to_bytes(body), element(to_bytes(body), "xenc:EncryptedData"),
                                 "<o:Card>4111</o:Card>");
    const auto document = xml::Document::parse(Bytes(guess), Limits()).value();
    Bytes form;
    REQUIRE(xml::canonicalize(document.root(), {}, form));
    const auto digest = crypto::digest(crypto::DigestAlgorithm::sha1, form);
    CHECK(all.find(to_base64(digest.view())) == std::string::npos);
    CHECK(pair.open(wire));
  }
}

TEST_CASE("Headers stay hidden from a peer that leaves bodies of sequences in clear") {
  Pair pair(profile_of(Protection::sign_encrypt, parts_of(kSequence, "", "")));
  engine::ProtectWith with;
  with.context = &pair.key;
  with.in_clear = true;
  const auto wire =
      pair.client->protect(message_of(pair.profile), pair.profile, with, test::kNow, pair.entropy);
  REQUIRE(wire);
  CHECK(text(wire->bytes).find("urn:sequence") == std::string::npos);
  CHECK(pair.open(wire->bytes));
}

TEST_CASE("Everything that Parley writes with parts opens with them") {
  for (const char* path : {"/*", "//*", "/*/*", "//{urn:o}Card"}) {
    for (const bool is_content : {false, true}) {
      Pair pair(profile_of(Protection::sign,
                           parts_of(kSequence, is_content ? "" : path, is_content ? path : "")));
      for (const test::Sample& sample : test::samples(pair.profile)) {
        CAPTURE(path, is_content, sample.name);
        const auto opened = pair.open(pair.protect(sample.message).bytes);
        if (!opened) {
          FAIL_CHECK(opened.error().message());
        }
      }
    }
  }
}

TEST_CASE("Keys, and what they are made of, never go in clear under a context (SC12)") {
  for (const test::Sample& sample : test::samples(profile_of(Protection::sign))) {
    CAPTURE(sample.name);
    Pair pair(profile_of(Protection::sign));
    const std::string wire = text(pair.protect(sample.message).bytes);
    CHECK(wire.find("BinarySecret") == std::string::npos);
    CHECK(wire.find("Entropy") == std::string::npos);
  }
}

TEST_CASE("Positions in a body are those of its octets, however it is written") {
  const std::string body =
      "<o:Order xmlns:o=\"urn:o\"\r\n  a='x > y' b=\"/>\"><!-- <o:Card> --><o:Card c='>'\t>4111"
      "<![CDATA[</o:Card>]]></o:Card ><?pi <o:Note>?><o:Note>\xc3\xa9 &#xD; "
      "quiet</o:Note\n><o:Note/>"
      "<n xmlns=\"\">none</n></o:Order>";
  for (const auto order : {engine::ProtectionOrder::sign_before_encrypt,
                           engine::ProtectionOrder::encrypt_before_sign}) {
    for (const auto& parts :
         {parts_of("", "//{urn:o}Card //n", "//{urn:o}Note"),
          parts_of("", "//{urn:o}Note", "//{urn:o}Card"), parts_of("", "", "/{urn:o}Order")}) {
      Pair pair(profile_of(Protection::sign, parts));
      pair.profile.order = order;
      const engine::Message message = message_of(pair.profile, body);
      const auto opened = pair.open(pair.protect(message).bytes);
      REQUIRE(opened);
      CHECK(test::text_of(opened->message) ==
            test::text_on_the_wire(message, pair.profile, message.addressing.action));
    }
  }
}
