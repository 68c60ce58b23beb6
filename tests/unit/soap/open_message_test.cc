#include <functional>
#include <string>
#include <variant>

#include <catch2/catch.hpp>

#include "bindings/soap/media_type.h"
#include "bindings/soap/security/algorithms.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/open_text.h"

// What the codec makes of messages that are not as they should be, and what it says of those that
// are.

using namespace parley;
using test::code_of;
using test::element;
using test::kNow;
using test::Pair;
using test::replaced;
using test::text;

namespace {

constexpr std::string_view kWsu =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

engine::Profile sign_only() {
  engine::Profile profile;
  profile.protect = engine::Protection::sign;
  return profile;
}

engine::Message note(const Pair& pair) {
  return test::application_message(pair.profile, "<n:Note xmlns:n=\"urn:n\">text</n:Note>");
}

}  // namespace

TEST_CASE("Hints name what routing needs, before anything is proven") {
  Pair pair(engine::Profile{});
  for (const bool from_initiator : {true, false}) {
    const engine::WireMessage wire = pair.protect(note(pair), from_initiator);
    const auto sealed = pair.server->parse(Bytes(wire.bytes), wire.content_type, pair.profile);
    REQUIRE(sealed);
    const engine::Hints& hints = (*sealed)->hints();
    CHECK(hints.protection == engine::Hints::Protected::context);
    CHECK(hints.context == pair.key.name());
    CHECK(hints.action == "urn:parley:exchange/Note");
    CHECK(hints.message_id == note(pair).addressing.message_id);
    CHECK(hints.relates_to == note(pair).addressing.relates_to);
    CHECK(hints.sequence_identifier == note(pair).rm.sequence->identifier);
    CHECK_FALSE(hints.is_fault);
  }
}

TEST_CASE("A renewed key is found by its Instance, and no Instance is a value of its own (SC2)") {
  Pair pair(engine::Profile{});
  for (const bool from_initiator : {true, false}) {
    pair.key = test::context_key(pair.profile, "urn:instance:2");
    pair.keys = test::KnownKeys(test::context_key(pair.profile));
    const Bytes wire = pair.protect(note(pair), from_initiator).bytes;
    CHECK(code_of(pair.open(wire)) == ErrorCode::context_unknown);
    pair.keys.add(test::context_key(pair.profile, "urn:instance:2"));
    const auto opened = pair.open(wire);
    REQUIRE(opened);
    CHECK(std::get<engine::ContextProof>(opened->proof).name == pair.key.name());
  }
}

TEST_CASE("Without protection in the message only a fault is shown, as a hint (IB-039)") {
  Pair pair(engine::Profile{});
  engine::Profile plain = pair.profile;
  plain.protect = engine::Protection::none;
  for (const test::Sample& sample : test::samples(pair.profile)) {
    INFO(sample.name);
    const auto wire = pair.client->protect(sample.message, plain, {}, kNow, pair.entropy).value();
    const auto opened = pair.open(wire.bytes);
    if (std::holds_alternative<engine::Fault>(sample.message.body)) {
      REQUIRE(opened);
      CHECK(std::holds_alternative<engine::NoProof>(opened->proof));
      CHECK(pair.hints.is_fault);
    } else {
      CHECK(code_of(opened) == ErrorCode::security_missing);
    }
  }
}

TEST_CASE("A header of ours that nobody signed fails the message (WA-062)") {
  Pair pair(engine::Profile{});
  engine::Message message = note(pair);
  message.addressing.fault_to.reset();
  message.rm.ack_requests.clear();
  const Bytes wire = pair.protect(message).bytes;
  REQUIRE(pair.open(wire));
  for (const std::string added :
       {"<w:FaultTo xmlns:w=\"http://www.w3.org/2005/08/addressing\"><w:Address>http://evil/"
        "</w:Address></w:FaultTo>",
        "<r:AckRequested "
        "xmlns:r=\"http://docs.oasis-open.org/ws-rx/wsrm/200702\"><r:Identifier>urn:x"
        "</r:Identifier></r:AckRequested>"}) {
    INFO(added);
    CHECK(code_of(pair.open(replaced(wire, "</s:Header>", added + "</s:Header>"))) ==
          ErrorCode::security_missing);
  }
  // A header of nobody's is passed over, unless it is mandatory.
  CHECK(pair.open(replaced(wire, "</s:Header>", "<x:y xmlns:x=\"urn:x\"/></s:Header>")));
  CHECK(code_of(pair.open(replaced(
            wire, "</s:Header>", "<x:y xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/></s:Header>"))) ==
        ErrorCode::must_understand);
}

TEST_CASE("A signed part in another place proves nothing there (M89 to M91)") {
  Pair pair(sign_only());
  const Bytes wire = pair.protect(note(pair)).bytes;
  REQUIRE(pair.open(wire));
  const std::string body = element(wire, "s:Body");
  const std::string to = element(wire, "wsa:To");
  const std::string timestamp = element(wire, "wsu:Timestamp");
  const std::string forged_body = "<s:Body><n:Note xmlns:n=\"urn:n\">forged</n:Note></s:Body>";
  const std::string forged_to =
      "<wsa:To xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">http://evil/</wsa:To>";
  const std::string forged_time = "<wsu:Timestamp xmlns:wsu=\"" + std::string(kWsu) +
                                  "\"><wsu:Created>2027-01-15T08:00:00Z</wsu:Created>"
                                  "</wsu:Timestamp>";

  const auto wrapped_in_header = [&](std::string_view part) {
    return "<x:w xmlns:x=\"urn:x\">" + std::string(part) + "</x:w></s:Header>";
  };
  const auto moved = [&](const std::string& part, const std::string& forged) {
    return replaced(replaced(wire, part, forged), "</s:Header>", wrapped_in_header(part));
  };
  CHECK(code_of(pair.open(moved(body, forged_body))) == ErrorCode::security_failed);
  CHECK(code_of(pair.open(moved(to, forged_to))) == ErrorCode::security_failed);
  CHECK(code_of(pair.open(moved(timestamp, forged_time))) == ErrorCode::security_failed);

  SECTION("with nothing in its place: a header cannot be taken away either") {
    CHECK(code_of(pair.open(moved(to, ""))) == ErrorCode::security_failed);
    const Bytes in_security =
        replaced(replaced(wire, to, ""), "</wsse:Security>", to + "</wsse:Security>");
    CHECK(code_of(pair.open(in_security)) == ErrorCode::security_failed);
  }

  SECTION("inside the Security header, behind it, or twice") {
    const Bytes in_security =
        replaced(replaced(wire, body, forged_body), "</wsse:Security>", body + "</wsse:Security>");
    CHECK(code_of(pair.open(in_security)) == ErrorCode::security_failed);
    CHECK_FALSE(pair.open(replaced(wire, body, body + body)));
    CHECK_FALSE(pair.open(replaced(wire, body, forged_body + body)));
    CHECK_FALSE(pair.open(replaced(wire, "</s:Body>", body + "</s:Body>")));
  }
  SECTION("as an argument of an id that two elements have") {
    const Bytes twice = replaced(wire, "</s:Header>", wrapped_in_header(to));
    CHECK(code_of(pair.open(twice)) == ErrorCode::security_header_invalid);
  }
  SECTION("for another role") {
    const Bytes for_next =
        replaced(wire, "<wsse:Security ", "<wsse:Security s:role=\"urn:other\" ");
    CHECK(code_of(pair.open(for_next)) == ErrorCode::security_missing);
  }
}

TEST_CASE("Encrypted parts are those of the list, each once, and none inside another (M63)") {
  Pair pair(engine::Profile{});
  const Bytes wire = pair.protect(note(pair)).bytes;
  REQUIRE(pair.open(wire));
  const std::string list = element(wire, "xenc:ReferenceList");
  const std::string reference =
      list.substr(list.find("<xenc:DataReference"),
                  list.find("</xenc:ReferenceList>") - list.find("<xenc:DataReference"));
  CHECK(code_of(pair.open(replaced(wire, reference, reference + reference))) ==
        ErrorCode::security_header_invalid);
  CHECK(code_of(pair.open(replaced(wire, list, list + list))) != ErrorCode::internal_failure);
  CHECK_FALSE(pair.open(replaced(wire, list, "")));
  const std::string data = element(wire, "xenc:EncryptedData");
  CHECK_FALSE(pair.open(replaced(wire, "</wsse:Security>", data + "</wsse:Security>")));
  // Where it is listed, but stands in a place that is read before the list.
  CHECK_FALSE(pair.open(replaced(replaced(wire, data, ""), list, data + list)));
}

TEST_CASE("What has to be encrypted must be, and under the signer's key") {
  Pair pair(engine::Profile{});
  Pair clear(sign_only());
  const Bytes wire = clear.protect(note(pair)).bytes;
  REQUIRE(clear.open(wire));
  CHECK(code_of(pair.open(wire)) == ErrorCode::security_missing);
  // Faults and the bodies of reliable messaging may go signed only (IB-003).
  for (const test::Sample& sample : test::samples(pair.profile)) {
    const bool may_be_clear =
        std::holds_alternative<engine::Fault>(sample.message.body) ||
        std::holds_alternative<engine::CreateSequence>(sample.message.body) ||
        std::holds_alternative<engine::CreateSequenceResponse>(sample.message.body) ||
        std::holds_alternative<engine::SequenceLifecycle>(sample.message.body);
    if (may_be_clear) {
      INFO(sample.name);
      CHECK(pair.open(clear.protect(sample.message).bytes));
    }
  }
}

TEST_CASE("A Timestamp counts when it is there, once, signed and in its time (M11 to M14)") {
  Pair pair(sign_only());
  const Bytes wire = pair.protect(note(pair)).bytes;
  const std::string timestamp = element(wire, "wsu:Timestamp");
  CHECK_FALSE(pair.open(replaced(wire, timestamp, "")));
  CHECK(code_of(pair.open(replaced(wire, timestamp, timestamp + timestamp))) ==
        ErrorCode::security_header_invalid);
  const Duration lifetime = std::chrono::minutes(5);
  const Duration skew = std::chrono::minutes(5);
  CHECK(pair.open(wire, {}, kNow - skew));
  CHECK(code_of(pair.open(wire, {}, kNow - skew - Duration(1))) == ErrorCode::message_expired);
  CHECK(pair.open(wire, {}, kNow + lifetime + skew - Duration(1)));
  CHECK(code_of(pair.open(wire, {}, kNow + lifetime + skew)) == ErrorCode::message_expired);
}

TEST_CASE("The transport, the versions and the action agree with the message (M96, WA-014)") {
  Pair pair(engine::Profile{});
  const engine::WireMessage wire = pair.protect(note(pair));
  CHECK(pair.open(wire.bytes, wire.content_type));
  CHECK(pair.open(wire.bytes, "application/soap+xml; charset=utf-8"));
  for (const std::string other : {"utf-16", "\"\"", "utf-8; charset=utf-16"}) {
    CHECK(code_of(pair.open(wire.bytes, "application/soap+xml; charset=" + other)) ==
          ErrorCode::media_type_unsupported);
  }
  CHECK(code_of(pair.open(wire.bytes, "application/soap+xml; action=\"urn:other\"")) ==
        ErrorCode::invalid_addressing);
  CHECK(code_of(pair.open(wire.bytes, "text/xml")) == ErrorCode::version_mismatch);
  // SOAP 1.1 says it in a header of HTTP, or says nothing there (WA-015).
  engine::Profile older = pair.profile;
  older.soap = engine::SoapVersion::soap_1_1;
  Pair old(older);
  const engine::WireMessage said = old.protect(note(old));
  const auto opened_with = [&](std::string_view soap_action) {
    return old.open(said.bytes, soap::with_soap_action("text/xml; charset=utf-8", soap_action));
  };
  CHECK(opened_with(said.soap_action));
  CHECK(opened_with(""));
  CHECK(code_of(opened_with("urn:other")) == ErrorCode::invalid_addressing);
  CHECK(code_of(opened_with("\"; charset=\"utf-16")) == ErrorCode::invalid_addressing);
  CHECK(soap::with_soap_action("application/soap+xml", "urn:a") == "application/soap+xml");
  CHECK(code_of(pair.open(wire.bytes, "multipart/mixed")) == ErrorCode::media_type_unsupported);
  CHECK(code_of(pair.open(wire.bytes, "multipart/related")) == ErrorCode::malformed_value);
  for (const engine::Profile& other : test::version_profiles()) {
    const bool is_same = other.soap == pair.profile.soap &&
                         other.addressing == pair.profile.addressing && other.rm == pair.profile.rm;
    if (!is_same) {
      INFO(test::describe(other));
      CHECK_FALSE(Pair(other).open(wire.bytes));
    }
  }
}

TEST_CASE("Algorithms come from the profile, never from the message (M61)") {
  for (const engine::Profile& spoken : test::suite_profiles()) {
    Pair sender(spoken);
    const Bytes wire = sender.protect(note(sender)).bytes;
    for (const engine::Profile& wanted : test::suite_profiles()) {
      const auto suite = [](const engine::Profile& profile) {
        return *soap::find_suite(profile.suite);
      };
      const bool fits = suite(spoken).digest == suite(wanted).digest &&
                        suite(spoken).cipher == suite(wanted).cipher;
      Pair receiver(wanted);
      receiver.keys = test::KnownKeys(test::context_key(spoken));
      INFO(test::describe(spoken) << " to " << test::describe(wanted));
      CHECK(receiver.open(wire).has_value() == fits);
    }
  }
}

TEST_CASE("RSA PKCS#1 v1.5 is off unless the settings say otherwise (M59)") {
  engine::Profile profile;
  profile.suite = "Basic256Rsa15";
  Pair pair(profile);
  engine::ProtectWith with;
  with.bootstrap = true;
  const Bytes wire =
      pair.client->protect(note(pair), profile, with, kNow, pair.entropy).value().bytes;
  REQUIRE(pair.open(wire));
  const auto strict = soap::SoapCodec::make(test::server_credentials(), {}).value();
  CHECK(code_of(pair.open_as(*strict, wire, {}, nullptr)) == ErrorCode::security_failed);
  // A key that does not unwrap is no other failure than one that unwraps to something else.
  const std::string value = element(wire, "xenc:CipherValue");
  const Bytes garbage = replaced(wire, value, "<xenc:CipherValue>AAAA</xenc:CipherValue>");
  CHECK(code_of(pair.open(garbage)) == ErrorCode::security_failed);
}

TEST_CASE("A carried key proves nothing without the certificate that endorses it") {
  Pair pair(engine::Profile{});
  engine::ProtectWith with;
  with.bootstrap = true;
  const Bytes wire =
      pair.client->protect(note(pair), pair.profile, with, kNow, pair.entropy).value().bytes;
  REQUIRE(pair.open(wire));
  std::string all = text(wire);
  const std::size_t endorsement = all.rfind("<ds:Signature ");
  REQUIRE(endorsement != all.find("<ds:Signature "));
  const std::size_t end = all.find("</ds:Signature>", endorsement) + 15;
  all.erase(endorsement, end - endorsement);
  CHECK(code_of(pair.open(to_bytes(all))) == ErrorCode::authentication_failed);
}
