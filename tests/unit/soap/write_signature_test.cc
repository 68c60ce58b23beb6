#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/xml/c14n.h"
#include "kdf/derived_key.h"
#include "support/external_tool.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// What we sign and encrypt is verified and decrypted by independent tools, which are given the
// derived keys as files.

using namespace parley;

namespace {

const std::vector<std::string> kIdAttributes = [] {
  std::vector<std::string> options;
  for (const char* name :
       {"http://www.w3.org/2003/05/soap-envelope:Body",
        "http://schemas.xmlsoap.org/soap/envelope/:Body", "Action", "To", "MessageID", "RelatesTo",
        "ReplyTo", "FaultTo", "From", "Sequence", "SequenceAcknowledgement", "AckRequested",
        "UsesSequenceSTR", "SequenceFault", "Timestamp", "SignatureConfirmation",
        "http://docs.oasis-open.org/ws-rx/wsmc/200702:MessagePending"}) {
    const std::string text = name;
    if (text.find(':') != std::string::npos) {  // with its namespace
      options.insert(options.end(), {"--id-attr:Id", text});
      continue;
    }
    for (const char* ns :
         {"http://www.w3.org/2005/08/addressing",
          "http://schemas.xmlsoap.org/ws/2004/08/addressing",
          "http://docs.oasis-open.org/ws-rx/wsrm/200702",
          "http://schemas.xmlsoap.org/ws/2005/02/rm",
          "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
          "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"}) {
      options.insert(options.end(), {"--id-attr:Id", std::string(ns) + ":" + text});
    }
  }
  return options;
}();

/// A message as an independent receiver works on it: each step rewrites the file.
class Receiver {
 public:
  Receiver(const engine::Profile& profile, ByteView secret, const Bytes& wire)
      : profile_(profile), suite_(*soap::find_suite(profile.suite)), secret_(secret) {
    file_ = folder_.write("0.xml", wire);
    read_derived_keys();
  }

  /// Decrypts the EncryptedData of that Id.
  void decrypt(const std::string& id) {
    const bool is_des = suite_.cipher == crypto::CipherAlgorithm::tripledes_cbc;
    const std::string next = folder_.path(std::to_string(++step_) + ".xml");
    run({"xmlsec1", "--decrypt", is_des ? "--deskey" : "--aeskey", key_file("wss-dk-enc"),
         "--node-xpath", "//*[local-name()='EncryptedData' and @Id='" + id + "']", "--output", next,
         file_});
    file_ = next;
  }

  /// xmlsec1 cannot put nothing in the place of an EncryptedData, so an empty Body is opened by
  /// hand.
  void decrypt_empty_body() {
    std::string text(as_text(this->text()));
    const std::size_t begin = text.find("<xenc:EncryptedData", text.find("</s:Header>"));
    const std::size_t end = text.find("</s:Body>");
    REQUIRE((begin != std::string::npos && end != std::string::npos));
    const std::string open = "<xenc:CipherValue>";
    const std::size_t value = text.find(open, begin) + open.size();
    const Bytes sealed =
        decode_base64(std::string_view(text).substr(value, text.find('<', value) - value)).value();
    const Bytes key = test::read_file(key_file("wss-dk-enc"));
    Bytes plain;
    REQUIRE(crypto::Cipher().decrypt(suite_.cipher, key, sealed, plain));
    REQUIRE(plain.empty());
    file_ =
        folder_.write(std::to_string(++step_) + ".xml", as_bytes(text.erase(begin, end - begin)));
  }

  void verify_mac() {
    std::vector<std::string> command{
        "xmlsec1",      "--verify",
        "--hmackey",    key_file("wss-dk-sig"),
        "--node-xpath", "//*[local-name()='Signature'][@Id='wss-sig']"};
    command.insert(command.end(), kIdAttributes.begin(), kIdAttributes.end());
    command.push_back(file_);
    run(command);
  }

  void verify_endorsement(const std::filesystem::path& certificate) {
    run({"xmlsec1", "--verify", "--pubkey-cert-pem", certificate.string(), "--node-xpath",
         "//*[local-name()='Signature'][@Id='wss-endorse']", "--id-attr:Id",
         "http://www.w3.org/2000/09/xmldsig#:Signature", file_});
  }

  Bytes text() const { return test::read_file(file_); }

  const test::TemporaryFolder& folder() const { return folder_; }

 private:
  void run(const std::vector<std::string>& command) {
    const test::ToolResult result = test::run_tool(folder_, command);
    INFO(result.errors);
    REQUIRE(result.status == 0);
  }

  void read_derived_keys() {
    const xml::Document document = test::parsed(text());
    for (std::size_t i = 0; i < document.size(); ++i) {
      const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
      if (element.local_name() != "DerivedKeyToken") {
        continue;
      }
      kdf::DerivedKeySpec spec;
      for (const xml::Element& child : element.children()) {
        if (child.local_name() == "Nonce") {
          spec.nonce = decode_base64(child.text()).value();
        } else if (child.local_name() == "Length") {
          spec.length = std::stoul(child.text());
        }
      }
      const auto key = kdf::derive_key(kdf::PShaSource(secret_), spec, Limits());
      REQUIRE(key);
      const std::string_view id = element
                                      .attribute(
                                          "http://docs.oasis-open.org/wss/2004/01/"
                                          "oasis-200401-wss-wssecurity-utility-1.0.xsd",
                                          "Id")
                                      .value();
      nonces_.insert(spec.nonce);
      folder_.write(std::string(id) + ".key", key->view());
      ++derived_;
    }
    REQUIRE(nonces_.size() == derived_);  // SC47
    CHECK((derived_ != 0) == profile_.derived_keys);
    folder_.write("secret.key", secret_);
  }

  std::string key_file(const std::string& id) const {
    return folder_.path(profile_.derived_keys ? id + ".key" : "secret.key");
  }

  engine::Profile profile_;
  const soap::AlgorithmSuite& suite_;
  ByteView secret_;
  test::TemporaryFolder folder_;
  std::string file_;
  std::set<Bytes> nonces_;
  std::size_t derived_ = 0;
  int step_ = 0;
};

/// Verifies and decrypts in the order of the profile; gives the plaintext message.
Bytes opened_by_tools(Receiver& receiver,
                      const engine::Profile& profile,
                      bool encrypts,
                      bool is_empty = false) {
  const auto decrypt_body = [&] {
    is_empty ? receiver.decrypt_empty_body() : receiver.decrypt("wss-ed-body");
  };
  const bool is_encrypted_first = profile.order == engine::ProtectionOrder::encrypt_before_sign;
  if (encrypts && !is_encrypted_first) {
    if (profile.encrypt_signature) {
      receiver.decrypt("wss-ed-sig");
    }
    decrypt_body();
  }
  receiver.verify_mac();
  if (encrypts && is_encrypted_first) {
    decrypt_body();
  }
  return receiver.text();
}

std::string canonical_body_child(const Bytes& message) {
  const xml::Document document = test::parsed(message);
  const auto children = test::children_of(document.root());
  Bytes out;
  if (const xml::Element child = children.back().first_child()) {
    REQUIRE(xml::canonicalize(child, {}, out));
  }
  return std::string(as_text(out));
}

std::string canonical_body_child(const engine::Message& message, const engine::Profile& profile) {
  auto codec = soap::SoapCodec::make({}, {});
  crypto::SystemEntropy entropy;
  engine::Profile plain = profile;
  plain.protect = engine::Protection::none;
  return canonical_body_child(
      (*codec)->protect(message, plain, {}, test::kNow, entropy).value().bytes);
}

void check_under_context(const engine::Profile& profile,
                         const test::Sample& sample,
                         bool is_initiator) {
  CAPTURE(test::describe(profile), sample.name, is_initiator);
  auto codec = soap::SoapCodec::make({}, {});
  crypto::SystemEntropy entropy;
  const contexts::LiveKey key = test::context_key(profile);
  engine::ProtectWith with;
  with.context = &key;
  with.is_initiator = is_initiator;
  const auto wire = (*codec)->protect(sample.message, profile, with, test::kNow, entropy);
  REQUIRE(wire);
  Receiver receiver(profile, key.secret().view(), wire->bytes);
  const std::string body = canonical_body_child(sample.message, profile);
  const Bytes message = opened_by_tools(
      receiver, profile, profile.protect == engine::Protection::sign_encrypt, body.empty());
  CHECK(canonical_body_child(message) == body);
}

bool has_xmlsec() {
  return test::has_tool("xmlsec1");
}

}  // namespace

TEST_CASE("xmlsec1 verifies and decrypts every suite") {
  if (!has_xmlsec()) {
    return;
  }
  for (const engine::Profile& profile : test::suite_profiles()) {
    check_under_context(profile, test::samples(profile).front(), true);
  }
}

TEST_CASE("xmlsec1 verifies and decrypts every shape of protection, in both roles") {
  if (!has_xmlsec()) {
    return;
  }
  for (const engine::Profile& profile : test::shape_profiles()) {
    for (const bool is_initiator : {true, false}) {
      check_under_context(profile, test::samples(profile).front(), is_initiator);
    }
  }
}

TEST_CASE("xmlsec1 verifies and decrypts every kind of message in all versions") {
  if (!has_xmlsec()) {
    return;
  }
  for (const engine::Profile& profile : test::version_profiles()) {
    // Oldest with oldest and newest with newest: every name stands in one of them.
    const bool is_old = profile.sc == contexts::TrustFamily::feb_2005;
    const bool is_uniform =
        is_old == (profile.rm == sequences::RmVersion::rm_1_0) &&
        is_old == (profile.addressing == engine::AddressingVersion::addressing_2004_08) &&
        is_old == (profile.soap == engine::SoapVersion::soap_1_1);
    if (!is_uniform) {
      continue;
    }
    for (const test::Sample& sample : test::samples(profile)) {
      check_under_context(profile, sample, true);
    }
  }
}

TEST_CASE("a message that was altered on the way is refused by xmlsec1 too") {
  if (!has_xmlsec()) {
    return;
  }
  engine::Profile profile;
  profile.protect = engine::Protection::sign;
  auto codec = soap::SoapCodec::make({}, {});
  crypto::SystemEntropy entropy;
  const contexts::LiveKey key = test::context_key(profile);
  engine::ProtectWith with;
  with.context = &key;
  const auto wire =
      (*codec)->protect(test::samples(profile).front().message, profile, with, test::kNow, entropy);
  REQUIRE(wire);
  const std::string altered = test::replaced(std::string(as_text(wire->bytes)), ">41<", ">42<");
  const Receiver receiver(profile, key.secret().view(), to_bytes(altered));
  std::vector<std::string> command{"xmlsec1", "--verify", "--hmackey",
                                   receiver.folder().path("wss-dk-sig.key")};
  command.insert(command.end(), kIdAttributes.begin(), kIdAttributes.end());
  command.push_back(receiver.folder().path("0.xml"));
  CHECK(test::run_tool(receiver.folder(), command).status != 0);
}

TEST_CASE("a bootstrap request opens with the service's key alone, and its endorsement verifies") {
  if (!has_xmlsec() || !test::has_tool("openssl")) {
    return;
  }
  const auto keys = test::source_folder() / "tests" / "data" / "keys";
  soap::CodecSettings settings;
  settings.allow_rsa_1_5 = true;
  auto codec = soap::SoapCodec::make(test::client_credentials(), settings);
  REQUIRE(codec);
  crypto::SystemEntropy entropy;
  std::vector<engine::Profile> profiles = test::shape_profiles();
  profiles.resize(profiles.size() / 2);  // the others differ in derived keys only
  for (const engine::Profile& profile : test::suite_profiles()) {
    if (profile.suite == "Basic128Rsa15" || profile.suite == "Basic192GCMSha256") {
      profiles.push_back(profile);
    }
  }
  for (engine::Profile& profile : profiles) {
    profile.derived_keys = true;  // what a bootstrap always has
    CAPTURE(test::describe(profile));
    const test::Sample sample = std::move(test::samples(profile)[0]);
    engine::ProtectWith with;
    with.bootstrap = true;
    const auto request = (*codec)->protect(sample.message, profile, with, test::kNow, entropy);
    REQUIRE(request);

    const xml::Document document = test::parsed(request->bytes);
    Bytes cipher_value;
    for (std::size_t i = 0; i < document.size(); ++i) {
      const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
      if (element.local_name() == "CipherValue" &&
          element.parent().parent().local_name() == "EncryptedKey") {
        cipher_value = decode_base64(element.text()).value();
      }
    }
    const test::TemporaryFolder folder;
    const bool is_rsa_1_5 = profile.suite.ends_with("Rsa15");
    const test::ToolResult secret = test::run_tool(
        folder, {"openssl", "pkeyutl", "-decrypt", "-inkey", (keys / "server.key").string(),
                 "-pkeyopt", is_rsa_1_5 ? "rsa_padding_mode:pkcs1" : "rsa_padding_mode:oaep", "-in",
                 folder.write("key.bin", cipher_value)});
    REQUIRE(secret.status == 0);
    CHECK(secret.output.size() == soap::find_suite(profile.suite)->secret_octets);

    Receiver receiver(profile, secret.output, request->bytes);
    if (profile.encrypt_signature) {
      receiver.decrypt("wss-ed-endorse");
    }
    const Bytes message = opened_by_tools(receiver, profile, true);
    CHECK(canonical_body_child(message) == canonical_body_child(sample.message, profile));
    receiver.verify_endorsement(keys / "client.pem");

    // The answer goes under the same key, which it does not carry.
    engine::ProtectWith answer;
    answer.answering = request->exchange_keys;
    const auto response = (*codec)->protect(sample.message, profile, answer, test::kNow, entropy);
    REQUIRE(response);
    CHECK(as_text(response->bytes).find("EncryptedKey>") == std::string_view::npos);
    Receiver back(profile, secret.output, response->bytes);
    CHECK(canonical_body_child(opened_by_tools(back, profile, true)) ==
          canonical_body_child(sample.message, profile));
  }
}

TEST_CASE("nothing fresh is used twice: nonces, initialization vectors, bootstrap keys") {
  auto codec = soap::SoapCodec::make(test::client_credentials(), {});
  REQUIRE(codec);
  crypto::SystemEntropy entropy;
  const engine::Profile profile;
  const contexts::LiveKey key = test::context_key(profile);
  const engine::Message message = test::application_message(profile, "<x/>");
  std::set<std::string> values;
  std::size_t count = 0;
  for (int i = 0; i < 50; ++i) {
    engine::ProtectWith with;
    if (i % 2 == 0) {
      with.context = &key;
    } else {
      with.bootstrap = true;
    }
    const auto wire = (*codec)->protect(message, profile, with, test::kNow, entropy);
    REQUIRE(wire);
    const xml::Document document = test::parsed(wire->bytes);
    for (std::size_t node = 0; node < document.size(); ++node) {
      const xml::Element element = document.at(static_cast<xml::NodeIndex>(node));
      if (element.local_name() == "Nonce" || element.local_name() == "CipherValue") {
        // The first block of a cipher value is its initialization vector.
        values.insert(element.text().substr(0, 20));
        ++count;
      }
    }
  }
  CHECK(values.size() == count);
  CHECK(count == 50 * 3 + 25);
}
