#include "bindings/soap/xop.h"

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "unit/soap/wire_samples.h"

// MTOM: packages by RFC 2046, RFC 2392 and XOP 1.0, as WCF and CXF write them.

using namespace parley;
using engine::Profile;

namespace {

constexpr std::string_view kType =
    "multipart/related; type=\"application/xop+xml\"; boundary=\"b:1\"; start=\"<r@x>\"; "
    "start-info=\"application/soap+xml\"";

std::string part(const std::string& head, const std::string& content) {
  return "\r\n--b:1\r\n" + head + "\r\n\r\n" + content;
}

std::string root(const std::string& content) {
  return part(
      "Content-ID: <r@x>\r\nContent-Type: application/xop+xml; charset=UTF-8;\r\n "
      "type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: 8bit",
      content);
}

std::string binary(const std::string& id, const std::string& content) {
  return part("content-id: <" + id + ">\r\nContent-Transfer-Encoding: binary", content);
}

std::string include(const std::string& href) {
  return "<i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" href=\"" + href + "\"/>";
}

Result<soap::UnpackedMessage> unpack(const std::string& package,
                                     std::string_view type = kType,
                                     const Limits& limits = {}) {
  return soap::unpack(to_bytes(package), soap::read_content_type(type).value(), limits);
}

constexpr const char* kEnd = "\r\n--b:1--\r\n";

std::string text_of(const Result<soap::UnpackedMessage>& message) {
  return message ? std::string(as_text(message->envelope)) : message.error().message();
}

}  // namespace

TEST_CASE("XOP 3.2: an Include makes room for the base64 of the part that it names") {
  const std::string octets("\0\r\n--b:2\r\n\xff", 11);
  const std::string package =
      root("<?xml version='1.0'?><e a='>'> " + include("cid:p%201@x") + "\n</e><!-- -->") +
      binary("p 1@x", octets) + kEnd;
  const auto message = unpack(package);
  CHECK(text_of(message) == "<e a='>'> " + to_base64(as_bytes(octets)) + "\n</e>");
  REQUIRE(message);
  CHECK(message->media.soap == engine::SoapVersion::soap_1_2);
  // The first boundary may stand at the very beginning, or after a preamble.
  CHECK(unpack(package.substr(2)));
  CHECK(unpack("for those who know no MIME" + package));
  CHECK(text_of(unpack(root("<e>" + include("cid:p") + "</e>") + binary("p", "") + kEnd)) ==
        "<e></e>");
}

TEST_CASE("A package tells the version and the action of its message, wherever it does") {
  const std::string package =
      part("Content-ID: <r@x>\r\nContent-Type: application/xop+xml; type=\"text/xml\"", "<e/>") +
      kEnd;
  const auto old = unpack(package, std::string(kType) + "; action=\"urn:a\"");
  REQUIRE(old);
  CHECK(old->media.soap == engine::SoapVersion::soap_1_1);
  CHECK(old->media.action == "urn:a");
  const auto informed = unpack(root("<e/>") + kEnd,
                               "Multipart/Related; boundary=\"b:1\"; type=\"application/xop+xml\"; "
                               "start-info=\"application/soap+xml; action=\\\"urn:b\\\"\"");
  REQUIRE(informed);
  CHECK(informed->media.action == "urn:b");
}

TEST_CASE("Attachments are refused, and a package of nothing but its envelope is taken") {
  const std::string envelope = part("Content-Type: text/xml", "<e/>");
  const std::string type = "multipart/related; boundary=\"b:1\"; type=\"text/xml\"";
  CHECK(text_of(unpack(envelope + kEnd, type)) == "<e/>");
  const auto attached = unpack(envelope + binary("p", "x") + kEnd, type);
  REQUIRE_FALSE(attached);
  CHECK(attached.error().code() == ErrorCode::media_type_unsupported);
  const auto unused = unpack(root("<e/>") + binary("p", "x") + kEnd);
  REQUIRE_FALSE(unused);
  CHECK(unused.error().code() == ErrorCode::media_type_unsupported);
  // An Include in what is no XOP package is an element like any other, and includes nothing.
  CHECK_FALSE(unpack(
      part("Content-Type: text/xml", "<e>" + include("cid:p") + "</e>") + binary("p", "x") + kEnd,
      type));
}

TEST_CASE("What is no package is refused, whatever is wrong with it") {
  const std::string good = root("<e>" + include("cid:p") + "</e>") + binary("p", "x");
  REQUIRE(unpack(good + kEnd));
  CHECK_FALSE(unpack(good));  // it has no end
  CHECK_FALSE(unpack(good + "\r\n--b:1"));
  CHECK_FALSE(unpack(""));
  CHECK_FALSE(unpack(kEnd));
  CHECK_FALSE(unpack(good + binary("p", "y") + kEnd));  // whose octets?
  CHECK_FALSE(unpack(good + kEnd, "multipart/related; boundary=\"\""));
  CHECK_FALSE(unpack(good + kEnd, "multipart/related; boundary=\"" + std::string(71, 'b') + '"'));
  CHECK_FALSE(unpack(good + kEnd, "multipart/related; boundary=\"b:1\"; start=\"<other>\""));
  CHECK_FALSE(unpack(good + part("no colon", "y") + kEnd));
  CHECK_FALSE(unpack(good + part("Content-Transfer-Encoding: base64", "eA==") + kEnd));
  for (const std::string& wrong :
       {"<e>" + include("cid:p") + include("cid:p") + "</e>", "<e>x" + include("cid:p") + "</e>",
        "<e>" + include("cid:q") + "</e>", "<e>" + include("http://x/p") + "</e>",
        "<e>" + include("cid:%zz") + "</e>", "<e>" + include("cid:r@x") + "</e>",
        "<e>" + include("cid:p") + "<f/></e>", include("cid:p"),
        "<e><f>" + include("cid:p") + "</f><f>" + include("cid:p") + "</f></e>",
        std::string("<e><i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" "
                    "href=\"cid:p\"><f/></i:Include></e>"),
        std::string("<e>")}) {
    CAPTURE(wrong);
    CHECK_FALSE(unpack(root(wrong) + binary("p", "x") + kEnd));
  }
}

TEST_CASE("Parts, their heads and the envelope have limits") {
  Limits limits;
  limits.package_parts_max = 2;
  const std::string good = root("<e>" + include("cid:p") + "</e>") + binary("p", "x");
  CHECK(unpack(good + kEnd, kType, limits));
  CHECK(unpack(good + binary("q", "x") + kEnd, kType, limits).error().code() ==
        ErrorCode::limit_exceeded);
  limits.package_head_bytes_max = 60;
  CHECK_FALSE(unpack(good + kEnd, kType, limits));
  limits = {};
  limits.envelope_bytes_max = 400;
  const auto large = [&](std::size_t size) {
    return unpack(
        root("<e>" + include("cid:p") + "</e>") + binary("p", std::string(size, 'x')) + kEnd, kType,
        limits);
  };
  CHECK(large(150));
  CHECK(large(300).error().code() == ErrorCode::limit_exceeded);
}

TEST_CASE("What is packed is the same message once it is unpacked, and verifies") {
  crypto::SystemEntropy entropy;
  auto client = soap::SoapCodec::make(test::client_credentials(), {}).value();
  auto server = soap::SoapCodec::make(test::server_credentials(), {}).value();
  const std::string content(3000, 'c');
  const std::string body =
      "<a xmlns=\"urn:a\"><b xmlns:m=\"http://www.w3.org/2005/05/xmlmime\" "
      "m:contentType=\"image/png\">" +
      to_base64(as_bytes(content)) + "</b></a>";
  for (Profile profile : test::shape_profiles()) {
    for (const auto version : {engine::SoapVersion::soap_1_1, engine::SoapVersion::soap_1_2}) {
      profile.soap = version;
      profile.mtom = true;
      CAPTURE(test::describe(profile));
      const contexts::LiveKey key = test::context_key(profile);
      engine::ProtectWith with;
      with.context = &key;
      const auto wire = client->protect(test::application_message(profile, body), profile, with,
                                        test::kNow, entropy);
      REQUIRE(wire);
      CHECK(wire->content_type.starts_with("multipart/related; type=\"application/xop+xml\"; "));
      const bool is_encrypted = profile.protect == engine::Protection::sign_encrypt;
      const std::string_view text = as_text(wire->bytes);
      const bool is_signed_last =
          is_encrypted && profile.order == engine::ProtectionOrder::encrypt_before_sign;
      CHECK((text.find("cid:1@parley") == std::string_view::npos) == is_signed_last);
      CHECK((text.find(content) != std::string_view::npos) == !is_encrypted);
      std::string type = wire->content_type;
      if (!wire->soap_action.empty()) {
        type += "; action=\"" + wire->soap_action + '"';
      }
      auto sealed = server->parse(wire->bytes, type, profile);
      REQUIRE(sealed);
      const auto opened =
          server->open(std::move(*sealed), profile, test::OneKey(&key), nullptr, {}, test::kNow);
      REQUIRE(opened);
      const Bytes& xml = std::get<engine::ApplicationBody>(opened->message.body).xml;
      const bool is_back =
          as_text(xml).find('>' + to_base64(as_bytes(content)) + '<') != std::string_view::npos;
      CHECK(is_back);
      if (is_signed_last) {
        continue;
      }
      // One octet of a part is one of what was signed.
      Bytes changed = wire->bytes;
      changed[text.rfind("\r\n--") - 1] ^= 1;
      auto other = server->parse(changed, type, profile);
      REQUIRE(other);
      CHECK_FALSE(
          server->open(std::move(*other), profile, test::OneKey(&key), nullptr, {}, test::kNow));
    }
  }
}
