#include <catch2/catch.hpp>

#include "bindings/soap/xml/document.h"
#include "examples/exchange/cell.h"
#include "support/external_tool.h"
#include "tests/cells/forged_message.h"
#include "tests/cells/weakened.h"
#include "tests/support/cell_pair.h"
#include "unit/soap/message_text.h"
#include "unit/soap/wire_samples.h"

// xmlsec1 on the other side: what two of our engines say to each other, the establishing of the
// context included, is verified and decrypted by it; and what it signs and encrypts is opened by
// us.

using namespace parley;
using engine::Profile;
using test::CellPair;
using test::ForgedMessage;
using test::Forger;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";

/// A message as a file that one run of the tool after the other works on.
class Worked {
 public:
  Worked(const Bytes& wire, const Forger& forger) : keys_(wire, forger) {
    file_ = folder_.write("0.xml", wire);
  }

  void decrypt(const std::string& id) {
    const std::string next = folder_.path(std::to_string(++step_) + ".xml");
    run({"xmlsec1", "--decrypt", "--aeskey", key_file("wss-dk-enc"), "--node-xpath",
         "//*[local-name()='EncryptedData' and @Id='" + id + "']", "--output", next, file_});
    file_ = next;
  }

  /// With the key of the message, or with that of a certificate.
  void verify(const std::string& id, const std::string& certificate) {
    const bool is_mac = id == "wss-sig" && keys_.element(id).find("#hmac-sha") != std::string::npos;
    std::vector<std::string> command{"xmlsec1", "--verify"};
    if (is_mac) {
      command.insert(command.end(), {"--hmackey", key_file("wss-dk-sig")});
    } else {
      command.insert(command.end(), {"--pubkey-cert-pem", (kKeys / certificate).string()});
    }
    command.insert(command.end(),
                   {"--node-xpath", "//*[local-name()='Signature' and @Id='" + id + "']"});
    add_ids(command);
    command.push_back(file_);
    run(command);
  }

  /// Fills in the digests and the value of the Signature.
  void sign() {
    const std::string next = folder_.path(std::to_string(++step_) + ".xml");
    std::vector<std::string> command{"xmlsec1",      "--sign",
                                     "--hmackey",    key_file("wss-dk-sig"),
                                     "--node-xpath", "//*[local-name()='Signature']",
                                     "--output",     next};
    add_ids(command);
    command.push_back(file_);
    run(command);
    file_ = next;
  }

  /// Puts the Body's content into `encrypted`, an EncryptedData.
  void encrypt(const std::string& encrypted) {
    const std::string next = folder_.path(std::to_string(++step_) + ".xml");
    run({"xmlsec1", "--encrypt", "--aeskey", key_file("wss-dk-enc"), "--xml-data", file_,
         "--node-xpath", "//*[local-name()='Body']", "--output", next,
         folder_.write("template.xml", as_bytes(encrypted))});
    file_ = next;
  }

  void set_text(const std::string& text) { file_ = folder_.write("set.xml", as_bytes(text)); }

  Bytes bytes() const { return test::read_file(file_); }

 private:
  std::string key_file(const std::string& id) const {
    return folder_.write(id + ".key", keys_.key(id).view());
  }

  /// What the Signatures refer to: every element with an Id, by its name.
  void add_ids(std::vector<std::string>& command) const {
    const xml::Document document = xml::Document::parse(bytes(), Limits()).value();
    for (std::size_t i = 0; i < document.size(); ++i) {
      const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
      const bool has_id = element
                              .attribute(
                                  "http://docs.oasis-open.org/wss/2004/01/"
                                  "oasis-200401-wss-wssecurity-utility-1.0.xsd",
                                  "Id")
                              .has_value() ||
                          element.local_name() == "Signature";
      if (has_id) {
        command.insert(command.end(), {"--id-attr:Id", std::string(element.namespace_uri()) + ":" +
                                                           std::string(element.local_name())});
      }
    }
  }

  void run(const std::vector<std::string>& command) {
    const test::ToolResult result = test::run_tool(folder_, command);
    INFO(result.errors);
    REQUIRE(result.status == 0);
  }

  test::TemporaryFolder folder_;
  ForgedMessage keys_;
  std::string file_;
  int step_ = 0;
};

/// In the order of the profile.
void check_opened(const Bytes& wire,
                  const Forger& forger,
                  const Profile& profile,
                  const std::string& certificate) {
  Worked message(wire, forger);
  const std::string text(as_text(wire));
  const auto decrypt_all = [&](std::initializer_list<const char*> ids) {
    for (const std::string id : ids) {
      if (text.find("\"" + id + "\"") != std::string::npos) {
        message.decrypt(id);
      }
    }
  };
  const bool is_encrypted_first = profile.order == engine::ProtectionOrder::encrypt_before_sign;
  if (!is_encrypted_first) {
    decrypt_all({"wss-ed-sig", "wss-ed-endorse", "wss-ed-user", "wss-ed-body"});
  }
  const std::string signatures(as_text(message.bytes()));
  for (const char* id : {"wss-sig", "wss-endorse"}) {
    if (signatures.find("Id=\"" + std::string(id) + "\"") != std::string::npos) {
      message.verify(id, certificate);
    }
  }
  if (is_encrypted_first) {
    decrypt_all({"wss-ed-user", "wss-ed-body"});
  }
  CHECK(as_text(message.bytes()).find("EncryptedData>") == std::string_view::npos);
}

/// One of each kind of protection, of the cells.
std::vector<Profile> kinds_of_protection() {
  std::vector<Profile> profiles;
  for (const exchange::Cell& cell : exchange::own_cells()) {
    for (const char* id :
         {"sc13-rm11-x509-s12", "sc05-x509-s11", "sc13-asymmetric-s12", "sc05-rm10-username-s11",
          "sc13-sign-s12", "sc13-encryptfirst-s12", "sc13-encryptsignature-s12",
          "sc13-underived-s12", "sc13-basic256sha256-s12", "sc13-basic256rsa15-s12",
          "sc13-rm11-basic256gcm-s12", "sc13-rm11-https-s12", "sc13-x509-https-s12"}) {
      if (cell.id == id) {
        profiles.push_back(exchange::profile_of(cell));
      }
    }
  }
  return profiles;
}

}  // namespace

TEST_CASE("xmlsec1 opens requests and answers of every kind, those that make a context included") {
  if (!test::has_tool("xmlsec1")) {
    return;
  }
  const std::vector<Profile> profiles = kinds_of_protection();
  REQUIRE(profiles.size() == 13);
  for (const Profile& profile : profiles) {
    for (const char* step : {"/RST/SCT", "/Echo"}) {
      CAPTURE(profile.name, step);
      CellPair pair(profile, kKeys);
      pair.ask();
      const CellPair::Sent request = pair.hold(step);
      check_opened(request.bytes,
                   test::forger_of(pair.client_codec, request.bytes, profile, "client", kKeys),
                   profile, "client.pem");
      const CellPair::Reaction served = pair.give_service(request);
      REQUIRE(served.answer);
      const Bytes& answer = served.answer->bytes;
      check_opened(answer, test::forger_of(pair.service_codec, answer, profile, "server", kKeys),
                   profile, "server.pem");
    }
  }
}

TEST_CASE("What xmlsec1 signs and encrypts is opened here, in every suite") {
  if (!test::has_tool("xmlsec1")) {
    return;
  }
  const auto codec = soap::SoapCodec::make({}, {}).value();
  crypto::SystemEntropy entropy;
  for (const Profile& profile : test::suite_profiles()) {
    CAPTURE(test::describe(profile));
    const contexts::LiveKey key = test::context_key(profile);
    engine::ProtectWith with;
    with.context = &key;
    const test::Sample sample = std::move(test::samples(profile).front());
    const auto wire = codec->protect(sample.message, profile, with, test::kNow, entropy).value();

    Forger forger;
    forger.suite = soap::find_suite(profile.suite);
    forger.sha256_mac = profile.sha256_mac;
    forger.secret = key.secret().clone();
    ForgedMessage taken_apart(wire.bytes, forger);
    const std::string encrypted = taken_apart.element("wss-ed-body");
    taken_apart.show("wss-ed-body");
    const auto emptied = [](std::string text, std::string_view name) {
      const std::string open = "<" + std::string(name) + ">";
      for (std::size_t at = text.find(open); at != std::string::npos;
           at = text.find(open, at + 1)) {
        const std::size_t begin = at + open.size();
        text.erase(begin, text.find('<', begin) - begin);
      }
      return text;
    };
    Worked message(wire.bytes, forger);
    message.set_text(emptied(emptied(taken_apart.text(), "ds:DigestValue"), "ds:SignatureValue"));
    message.sign();
    message.encrypt(emptied(encrypted, "xenc:CipherValue"));

    const Bytes theirs = message.bytes();
    CHECK(theirs != wire.bytes);
    auto sealed = codec->parse(Bytes(theirs), wire.content_type, profile);
    REQUIRE(sealed);
    const auto opened =
        codec->open(std::move(*sealed), profile, test::OneKey(&key), nullptr, {}, test::kNow);
    if (!opened) {
      FAIL(opened.error().message());
    }
    CHECK(test::text_of(opened->message) ==
          test::text_on_the_wire(sample.message, profile, sample.message.addressing.action));
  }
}
