#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/security/opener.h"
#include "bindings/soap/security/proof.h"
#include "bindings/soap/security/uris.h"
#include "unit/soap/open_fixture.h"

// One Security header over hand-written envelopes: what is decrypted into the document, its limits,
// and what proves what.

using namespace parley;
using namespace parley::soap;

namespace {

constexpr std::string_view kSoap = "http://www.w3.org/2003/05/soap-envelope";
const Bytes kKey(32, 5);

/// An EncryptedData of `plain` under the key given by hand.
std::string encrypted(const std::string& id,
                      std::string_view plain,
                      bool is_content,
                      ByteView key = kKey) {
  crypto::SystemEntropy entropy;
  crypto::Cipher cipher;
  Bytes sealed;
  REQUIRE(
      cipher.encrypt(crypto::CipherAlgorithm::aes256_gcm, key, as_bytes(plain), entropy, sealed));
  return "<xenc:EncryptedData Id=\"" + id + "\" Type=\"" +
         std::string(is_content ? uri::kTypeContent : uri::kTypeElement) +
         "\"><xenc:EncryptionMethod Algorithm=\"" +
         std::string(row_of(crypto::CipherAlgorithm::aes256_gcm).uri) +
         "\"/><xenc:CipherData><xenc:CipherValue>" + to_base64(sealed) +
         "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>";
}

std::string list(const std::vector<std::string>& ids) {
  std::string out = "<xenc:ReferenceList>";
  for (const std::string& id : ids) {
    out += "<xenc:DataReference URI=\"#" + id + "\"/>";
  }
  return out + "</xenc:ReferenceList>";
}

/// An envelope that is opened with one key given by hand.
class Message {
 public:
  Message(const std::string& blocks,
          const std::string& security,
          const std::string& body,
          Limits limits_used = {})
      : limits(limits_used),
        document(xml::Document::parse(to_bytes(text(blocks, security, body)), limits).value()),
        envelope(read_envelope(document).value()) {
    raw_.push_back({"", crypto::SecretBytes::copy_of(kKey)});
    material_.raw_keys = raw_;
  }

  Result<void> open() {
    const OpenSettings settings{.limits = limits,
                                .algorithms = AlgorithmPolicy::all(),
                                .timestamps = {},
                                .now = test::kNow,
                                .default_label = {}};
    Opener opener(document, envelope, material_, settings, workspace_);
    const Result<void> result = opener.open();
    opened = opener.take_opened();
    return result;
  }

  /// The Body's child after opening.
  std::string body() const {
    return std::string(as_text(xml::self_contained(envelope.body.first_child())));
  }

  Limits limits;
  xml::Document document;
  Envelope envelope;
  OpenedSecurity opened;

 private:
  static std::string text(const std::string& blocks,
                          const std::string& security,
                          const std::string& body) {
    return "<s:Envelope xmlns:s=\"" + std::string(kSoap) + "\" xmlns:wsse=\"" +
           std::string(uri::kWsse) + "\" xmlns:wsse11=\"" + std::string(uri::kWsse11) +
           "\" xmlns:wsu=\"" + std::string(uri::kWsu) + "\" xmlns:xenc=\"" +
           std::string(uri::kXenc) + "\" xmlns:ds=\"" + std::string(uri::kDs) + "\"><s:Header>" +
           blocks + "<wsse:Security>" + security + "</wsse:Security></s:Header><s:Body>" + body +
           "</s:Body></s:Envelope>";
  }

  std::vector<RawKey> raw_;
  KeyMaterial material_;
  Workspace workspace_;
};

ErrorCode code_of(const Result<void>& result) {
  return result ? ErrorCode::internal_failure : result.error().code();
}

ErrorCode opened(const std::string& blocks,
                 const std::string& security,
                 const std::string& body,
                 const Limits& limits = {}) {
  return code_of(Message(blocks, security, body, limits).open());
}

constexpr ErrorCode kOpened = ErrorCode::internal_failure;

}  // namespace

TEST_CASE("Elements and contents are decrypted to where they stood (M49, M50)") {
  Message content("", list({"a"}), encrypted("a", "<x/>", true));
  REQUIRE(content.open());
  CHECK(content.envelope.body.first_child().is("", "x"));
  CHECK(content.opened.decrypted.front().parent == content.envelope.body);
  CHECK_FALSE(content.opened.decrypted.front().element);

  // In the namespaces of the parent.
  Message element("", list({"a"}),
                  "<p:o xmlns:p=\"urn:p\">" + encrypted("a", "<p:x>t</p:x>", false) + "</p:o>");
  REQUIRE(element.open());
  const xml::Element inner = element.envelope.body.first_child().first_child();
  CHECK(inner.is("urn:p", "x"));
  CHECK(element.opened.decrypted.front().element == inner);
  CHECK(element.body().find("<p:x>t</p:x>") != std::string::npos);

  Message empty("", list({"a"}), encrypted("a", "", true));
  REQUIRE(empty.open());
  CHECK_FALSE(empty.envelope.body.first_child());
}

TEST_CASE("Whatever does not decrypt to what it claims fails alike (M58)") {
  CHECK(opened("", list({"a"}), encrypted("a", "<x/><y/>", false)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "text", false)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "", false)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "<x>", true)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "<p:x/>", true)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "<!DOCTYPE x><x/>", true)) ==
        ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "\xff", true)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}), encrypted("a", "<x/>", true, Bytes(32, 6))) ==
        ErrorCode::security_failed);
  CHECK(opened("", list({"nothing"}), "<x/>") == ErrorCode::security_failed);
  std::string untyped = encrypted("a", "<x/>", true);
  untyped.replace(untyped.find("Type="), 4, "Kind");
  CHECK(opened("", list({"a"}), untyped) == ErrorCode::security_failed);
}

TEST_CASE("A failed decryption is told after everything else was tried (M58)") {
  Message message("", list({"a", "b"}),
                  encrypted("a", "<x/>", false, Bytes(32, 6)) + encrypted("b", "<y/>", false));
  CHECK(code_of(message.open()) == ErrorCode::security_failed);
  CHECK(message.opened.decrypted.size() == 1);
}

TEST_CASE("What is decrypted is neither decrypted again nor twice (M63)") {
  const std::string inner = encrypted("b", "<x/>", false);
  CHECK(opened("", list({"a"}), encrypted("a", inner, true)) == kOpened);
  CHECK(opened("", list({"a", "b"}), encrypted("a", inner, true)) == ErrorCode::security_failed);
  CHECK(opened("", list({"a"}) + list({"b"}), encrypted("a", inner, true)) ==
        ErrorCode::security_failed);
  CHECK(opened("", list({"a"}) + list({"a"}), inner + encrypted("a", "<x/>", false)) ==
        ErrorCode::security_failed);
  CHECK(opened("", list({"a", "a"}), encrypted("a", "<x/>", true)) ==
        ErrorCode::security_header_invalid);
  // M54: no part of a Signature.
  CHECK(opened("", list({"a"}),
               "<ds:Signature>" + encrypted("a", "<x/>", false) + "</ds:Signature>") ==
        ErrorCode::security_failed);
}

TEST_CASE("Ids are unique before and after decryption (M9, M94)") {
  CHECK(opened("", "", "<x wsu:Id=\"a\"/><y wsu:Id=\"a\"/>") == ErrorCode::security_header_invalid);
  CHECK(opened("", list({"a"}), encrypted("a", "<x wsu:Id=\"b\"/>", true)) == kOpened);
  CHECK(opened("<h wsu:Id=\"b\"/>", list({"a"}), encrypted("a", "<x wsu:Id=\"b\"/>", true)) ==
        ErrorCode::security_header_invalid);
}

TEST_CASE("An EncryptedHeader gives way to its header, with the attributes that it copied (M53)") {
  const auto block = [](const std::string& copied, std::string_view plain) {
    return "<wsse11:EncryptedHeader " + copied + ">" + encrypted("a", plain, false) +
           "</wsse11:EncryptedHeader>";
  };
  const std::string_view mandatory = "<x:h xmlns:x=\"urn:x\" s:mustUnderstand=\"1\">t</x:h>";
  Message message(block("s:mustUnderstand=\"1\"", mandatory), list({"a"}), "<x/>");
  REQUIRE(message.open());
  const auto envelope = read_envelope(message.document);
  REQUIRE(envelope);
  REQUIRE(envelope->blocks.size() == 1);
  CHECK(envelope->blocks.front().is("urn:x", "h"));
  CHECK(envelope->blocks.front().parent() == envelope->header);

  CHECK(opened(block("", mandatory), list({"a"}), "<x/>") == ErrorCode::security_failed);
  CHECK(opened(block("s:mustUnderstand=\"true\"", mandatory), list({"a"}), "<x/>") == kOpened);
  CHECK(opened(block("s:mustUnderstand=\"true\"", "<x:h xmlns:x=\"urn:x\"/>"), list({"a"}),
               "<x/>") == kOpened);
  CHECK(opened(block("s:role=\"" + std::string(kSoap) + "/role/next\"", "<x:h xmlns:x=\"urn:x\"/>"),
               list({"a"}), "<x/>") == ErrorCode::security_failed);
  // Anywhere else it is no header.
  CHECK(opened("", list({"a"}), block("", "<x:h xmlns:x=\"urn:x\"/>")) ==
        ErrorCode::security_failed);
}

TEST_CASE("Items and tokens are bounded, at their limits and one past them (M97)") {
  Limits limits;
  limits.encrypted_items_max = 3;
  limits.security_tokens_max = 4;
  const auto items = [&](int count) {
    std::vector<std::string> ids;
    std::string body;
    for (int i = 0; i < count; ++i) {
      ids.push_back("e" + std::to_string(i));
      body += encrypted(ids.back(), "<x/>", false);
    }
    // In two lists, because each is bounded by itself as well.
    const std::string first = list({ids.front()});
    ids.erase(ids.begin());
    return opened("", first + list(ids), body, limits);
  };
  CHECK(items(3) == kOpened);
  CHECK(items(4) != kOpened);
  const auto tokens = [&](int count) {
    std::string security;
    for (int i = 0; i < count; ++i) {
      security += "<x:token xmlns:x=\"urn:x\"/>";
    }
    return opened("", security, "<x/>", limits);
  };
  CHECK(tokens(4) == kOpened);
  CHECK(tokens(5) == ErrorCode::security_header_invalid);
}

TEST_CASE("References and Transforms are bounded, at their limits and one past them (M37)") {
  const Limits limits;
  const std::string exclusive(uri::kExcC14n);
  const auto signature = [&](std::uint64_t references, std::uint64_t transforms) {
    std::string one = "<ds:Reference URI=\"#x\"><ds:Transforms>";
    for (std::uint64_t i = 0; i < transforms; ++i) {
      one += "<ds:Transform Algorithm=\"" + exclusive + "\"/>";
    }
    one +=
        "</ds:Transforms><ds:DigestMethod "
        "Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/><ds:DigestValue>" +
        to_base64(Bytes(20, 1)) + "</ds:DigestValue></ds:Reference>";
    std::string text = "<ds:Signature xmlns:ds=\"" + std::string(uri::kDs) +
                       "\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" + exclusive +
                       "\"/><ds:SignatureMethod "
                       "Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"/>";
    for (std::uint64_t i = 0; i < references; ++i) {
      text += one;
    }
    text += "</ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>";
    const auto document = xml::Document::parse(to_bytes(text), limits);
    REQUIRE(document);
    const AlgorithmPolicy policy = AlgorithmPolicy::usable();
    return read_signature(document->root(), {limits, policy}).has_value();
  };
  CHECK(signature(limits.signature_references_max, 1));
  CHECK_FALSE(signature(limits.signature_references_max + 1, 1));
  CHECK(signature(1, limits.signature_transforms_max));
  CHECK_FALSE(signature(1, limits.signature_transforms_max + 1));
  CHECK_FALSE(signature(0, 1));
  CHECK_FALSE(signature(1, 0));
}

namespace {

/// A message whose signatures are said to have verified.
class Claimed {
 public:
  explicit Claimed(const std::string& security = "", const std::string& body = "<x/>")
      : message("<w:To xmlns:w=\"http://www.w3.org/2005/08/addressing\">urn:a</w:To>",
                "<wsu:Timestamp/><ds:Signature/>" + security,
                body) {
    profile.protect = engine::Protection::sign;
    message.opened.timestamp_element = child(0);
    for (const xml::Element& one : message.envelope.security.children()) {
      if (one.is(uri::kWsse11, "SignatureConfirmation")) {
        message.opened.confirmations.push_back(one);
      }
    }
  }

  xml::Element child(int index) const {
    xml::Element at = message.envelope.security.first_child();
    for (; index > 0; --index) {
      at = at.next_sibling();
    }
    return at;
  }

  /// A signature by `kind` over everything there is, but for `without`.
  void sign(Signer::Kind kind, const xml::Element& without = {}) {
    VerifiedSignature signature;
    signature.element = child(1);
    signature.signer.kind = kind;
    signature.signer.principal = "p";
    signature.signer.context.identifier = "urn:context";
    signature.is_derived = true;
    std::vector<xml::Element> all{message.envelope.body, message.envelope.blocks.front(), child(0)};
    all.insert(all.end(), message.opened.confirmations.begin(), message.opened.confirmations.end());
    for (const xml::Element& one : all) {
      if (one != without) {
        signature.covered.push_back(one);
      }
    }
    message.opened.signatures.push_back(std::move(signature));
  }

  Result<Proven> prove() const {
    return soap::prove(message.envelope, message.opened,
                       {profile, channel, exchange, users ? &*users : nullptr});
  }

  ErrorCode code() const {
    const auto proven = prove();
    return proven ? kOpened : proven.error().code();
  }

  engine::Profile profile;
  engine::Channel channel;
  const ExchangeSecret* exchange = nullptr;
  std::optional<UserRules> users;
  Message message;
};

std::string confirmation(ByteView value) {
  return "<wsse11:SignatureConfirmation Value=\"" + to_base64(value) + "\"/>";
}

}  // namespace

TEST_CASE("One party's signatures cover everything, or the message proves nothing (M95)") {
  Claimed nothing;
  CHECK(nothing.code() == ErrorCode::security_missing);

  Claimed all;
  all.sign(Signer::Kind::context);
  REQUIRE(all.prove());
  CHECK(std::get<engine::ContextProof>(all.prove()->proof).name.identifier == "urn:context");

  for (int part = 0; part < 3; ++part) {
    Claimed claimed;
    const xml::Element missing = part == 0   ? claimed.message.envelope.body
                                 : part == 1 ? claimed.message.envelope.blocks.front()
                                             : claimed.child(0);
    claimed.sign(Signer::Kind::context, missing);
    CHECK(claimed.code() == ErrorCode::security_missing);
    // What another party signed does not add up; what the same party signed elsewhere does.
    VerifiedSignature other;
    other.signer.kind = Signer::Kind::certificate;
    other.covered = {missing};
    claimed.message.opened.signatures.push_back(other);
    CHECK(claimed.code() == ErrorCode::security_missing);
    other.signer = claimed.message.opened.signatures.front().signer;
    claimed.message.opened.signatures.push_back(other);
    CHECK(claimed.code() == kOpened);
  }
}

TEST_CASE("Where keys are to be derived, that of a context itself signs nothing") {
  Claimed claimed;
  claimed.sign(Signer::Kind::context);
  claimed.message.opened.signatures.front().is_derived = false;
  CHECK(claimed.code() == ErrorCode::security_missing);
  claimed.profile.derived_keys = false;
  CHECK(claimed.code() == kOpened);
}

TEST_CASE("What a signer is decides what it proves") {
  Claimed certificate("", "");
  certificate.sign(Signer::Kind::certificate);
  // It signs alone in the asymmetric binding only.
  CHECK(certificate.code() == ErrorCode::authentication_failed);
  certificate.profile.binding = engine::BootstrapBinding::asymmetric;
  REQUIRE(certificate.prove());
  CHECK(std::get<engine::TokenProof>(certificate.prove()->proof).principal == "p");

  Claimed raw("", "");
  raw.sign(Signer::Kind::raw);
  CHECK(raw.code() == ErrorCode::authentication_failed);

  Claimed carried("", "");
  carried.sign(Signer::Kind::carried);
  CHECK(carried.code() == ErrorCode::authentication_failed);
  VerifiedSignature endorsement;
  endorsement.signer.kind = Signer::Kind::certificate;
  endorsement.signer.principal = "x509:endorser";
  endorsement.covered = {carried.child(0)};
  carried.message.opened.signatures.push_back(endorsement);
  CHECK(carried.code() == ErrorCode::authentication_failed);
  carried.message.opened.signatures.back().covered = {carried.child(1)};
  REQUIRE(carried.prove());
  CHECK(std::get<engine::TokenProof>(carried.prove()->proof).principal == "x509:endorser");

  // Who signs with both is known by the one that says something.
  Claimed both("", "");
  both.profile.binding = engine::BootstrapBinding::asymmetric;
  both.sign(Signer::Kind::carried);
  both.sign(Signer::Kind::certificate);
  CHECK(both.code() == kOpened);

  Claimed user("<wsse:UsernameToken/>", "");
  user.sign(Signer::Kind::carried);
  user.profile.bootstrap = engine::Bootstrap::username_cert;
  int asked = 0;
  UserDirectory directory;
  directory.check = [&asked](std::string_view, const crypto::SecretBytes& password) {
    ++asked;
    return as_text(password.view()) == "wonderland";
  };
  user.users.emplace(UserRules{directory, UsernameToken::Password::text, {}, test::kNow});
  user.message.opened.users.push_back({user.child(2), {}});
  UsernameToken& token = user.message.opened.users.front().token;
  token.username = "alice";
  token.form = UsernameToken::Password::text;
  token.password = crypto::SecretBytes::copy_of(as_bytes("wonderland"));
  CHECK(user.code() == ErrorCode::authentication_failed);
  user.message.opened.signatures.front().covered.push_back(user.child(2));
  CHECK(user.code() == ErrorCode::authentication_failed);  // in clear
  CHECK(asked == 0);  // so that nobody learns whether a password is right who stands for nothing
  const Signer& key = user.message.opened.signatures.front().signer;
  user.message.opened.decrypted.push_back(
      {.parent = user.message.envelope.security, .element = user.child(2), .key = key});
  REQUIRE(user.prove());
  CHECK(std::get<engine::TokenProof>(user.prove()->proof).principal == "user:alice");
  token.form = UsernameToken::Password::digest;
  CHECK(user.code() == ErrorCode::authentication_failed);
  token.form = UsernameToken::Password::text;
  token.password = crypto::SecretBytes::copy_of(as_bytes("looking glass"));
  CHECK(user.code() == ErrorCode::authentication_failed);
}

TEST_CASE("A request for a token is hidden, and so is a signature over what is") {
  Claimed renewal("", "<t:RequestSecurityToken xmlns:t=\"" +
                          std::string(uri::trust(contexts::TrustFamily::oasis_200512).ns) + "\"/>");
  renewal.sign(Signer::Kind::context);
  CHECK(renewal.code() == ErrorCode::security_missing);

  Claimed part("", "<x><y/></x>");
  part.profile.encrypt_signature = true;
  part.sign(Signer::Kind::context);
  CHECK(part.code() == kOpened);  // over a message in clear
  const xml::Element hidden = part.message.envelope.body.first_child().first_child();
  part.message.opened.decrypted.push_back({.parent = hidden.parent(),
                                           .element = hidden,
                                           .key = part.message.opened.signatures.front().signer,
                                           .is_derived = true});
  CHECK(part.code() == ErrorCode::security_missing);
}

TEST_CASE("Over TLS a private key that does not sign wsa:To can be passed on (M98)") {
  const auto can_be = [](Signer::Kind kind, bool with_destination) {
    Claimed claimed("", "");
    claimed.profile.binding = engine::BootstrapBinding::transport;
    claimed.profile.bootstrap = engine::Bootstrap::x509_https;
    claimed.profile.protect = engine::Protection::transport;
    claimed.channel.is_confidential = true;
    claimed.sign(kind, with_destination ? xml::Element() : claimed.message.envelope.blocks.front());
    const auto proven = claimed.prove();
    REQUIRE(proven);
    return proven->can_be_passed_on;
  };
  CHECK(can_be(Signer::Kind::certificate, false));
  CHECK_FALSE(can_be(Signer::Kind::certificate, true));
  CHECK_FALSE(can_be(Signer::Kind::context, false));
}

TEST_CASE("Confirmations name each signature of the request once and no other (M47, M48)") {
  const Bytes one(20, 1);
  const Bytes two(20, 2);
  ExchangeSecret exchange;
  exchange.signature_values = {one, two};
  const auto code = [&](const std::string& confirmations) {
    Claimed claimed(confirmations, "");
    claimed.exchange = &exchange;
    claimed.sign(Signer::Kind::exchange);
    return claimed.code();
  };
  CHECK(code("") == kOpened);  // a peer that confirms nothing
  CHECK(code(confirmation(one) + confirmation(two)) == kOpened);
  CHECK(code(confirmation(two) + confirmation(one)) == kOpened);
  CHECK(code(confirmation(one)) == ErrorCode::security_failed);
  CHECK(code(confirmation(one) + confirmation(one)) == ErrorCode::security_failed);
  CHECK(code(confirmation(one) + confirmation(two) + confirmation(two)) ==
        ErrorCode::security_failed);
  CHECK(code(confirmation(one) + confirmation(two) + confirmation(Bytes(20, 3))) ==
        ErrorCode::security_failed);

  Claimed unsigned_one(confirmation(one) + confirmation(two), "");
  unsigned_one.exchange = &exchange;
  unsigned_one.sign(Signer::Kind::exchange, unsigned_one.child(2));
  CHECK(unsigned_one.code() == ErrorCode::security_missing);
}

TEST_CASE("Where the transport protects, the Timestamp is enough, and TLS is not optional (SC44)") {
  Claimed claimed;
  claimed.profile.protect = engine::Protection::transport;
  VerifiedSignature signature;
  signature.signer.kind = Signer::Kind::context;
  signature.covered = {claimed.child(0)};
  claimed.message.opened.signatures.push_back(signature);
  CHECK(claimed.code() == ErrorCode::security_missing);
  claimed.channel.is_confidential = true;
  CHECK(claimed.code() == kOpened);
  claimed.message.opened.signatures.front().covered = {claimed.message.envelope.body};
  CHECK(claimed.code() == ErrorCode::security_missing);
}
