#include <string>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/security/key_resolver.h"
#include "bindings/soap/security/uris.h"
#include "kdf/derived_key.h"
#include "unit/soap/open_fixture.h"

// The keys that references in a Security header lead to.

using namespace parley;
using namespace parley::soap;

namespace {

constexpr std::string_view kWsc = "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";

/// A Security header with a resolver over what it holds.
class Header {
 public:
  explicit Header(const std::string& children, KeyMaterial material = {})
      : keys(test::context_key(engine::Profile{})),
        material_(with_contexts(material)),
        settings_{.limits = limits,
                  .algorithms = AlgorithmPolicy::usable(),
                  .timestamps = {},
                  .now = test::kNow,
                  .default_label = {}},
        document_(xml::Document::parse(to_bytes(wrap(children)), limits).value()),
        security_(document_.root().first_child()),
        resolver_(document_, security_, material_, settings_) {}

  /// The key of the n-th child, which is a token.
  Result<ResolvedKey*> token(std::size_t index) { return resolver_.key_of_token(child(index)); }

  /// The key that the n-th child, a SecurityTokenReference, means.
  Result<ResolvedKey*> reference(std::size_t index) { return resolver_.resolve(child(index)); }

  xml::Element child(std::size_t index) const {
    xml::Element at = security_.first_child();
    for (; index > 0; --index) {
      at = at.next_sibling();
    }
    return at;
  }

  KeyResolver& resolver() { return resolver_; }

  Limits limits;
  test::KnownKeys keys;

 private:
  static std::string wrap(const std::string& children) {
    return "<h><wsse:Security xmlns:wsse=\"" + std::string(uri::kWsse) + "\" xmlns:wsu=\"" +
           std::string(uri::kWsu) + "\" xmlns:wsc=\"" + std::string(kWsc) + "\" xmlns:xenc=\"" +
           std::string(uri::kXenc) + "\" xmlns:ds=\"" + std::string(uri::kDs) + "\">" + children +
           "</wsse:Security></h>";
  }

  KeyMaterial with_contexts(KeyMaterial material) {
    material.contexts = &keys;
    return material;
  }

  KeyMaterial material_;
  OpenSettings settings_;
  xml::Document document_;
  xml::Element security_;
  KeyResolver resolver_;
};

std::string reference_to(const std::string& target, const std::string& attributes = "") {
  return "<wsse:SecurityTokenReference " + attributes + "><wsse:Reference URI=\"" + target +
         "\"/></wsse:SecurityTokenReference>";
}

std::string context_token(std::string_view identifier = test::kContextId) {
  return "<wsc:SecurityContextToken wsu:Id=\"sct\"><wsc:Identifier>" + std::string(identifier) +
         "</wsc:Identifier></wsc:SecurityContextToken>";
}

std::string derived(const std::string& id, const std::string& source, const std::string& inside) {
  return "<wsc:DerivedKeyToken wsu:Id=\"" + id + "\">" + reference_to(source) + inside +
         "<wsc:Nonce>AAECAwQFBgc=</wsc:Nonce></wsc:DerivedKeyToken>";
}

const Bytes kNonce{0, 1, 2, 3, 4, 5, 6, 7};

std::string expected(ByteView secret,
                     std::uint64_t offset,
                     std::uint64_t length,
                     std::optional<std::string> label = {}) {
  kdf::DerivedKeySpec spec;
  spec.nonce = kNonce;
  spec.offset = offset;
  spec.length = length;
  spec.label = std::move(label);
  return to_hex(kdf::derive_key(kdf::PShaSource(secret), spec, Limits{})->view());
}

std::string hex(const Result<ResolvedKey*>& key) {
  return key ? to_hex((*key)->secret()) : std::string(name_of(key.error().code()));
}

ErrorCode code_of(const Result<ResolvedKey*>& key) {
  return key ? ErrorCode::internal_failure : key.error().code();
}

const Bytes kSecret(32, 7);  // of test::context_key

}  // namespace

TEST_CASE("A context is found by token, by local id and by its Identifier (SC7)") {
  const std::string external = reference_to(std::string(test::kContextId));
  Header header(context_token() + reference_to("#sct") + external);
  for (const auto& key : {header.token(0), header.reference(1), header.reference(2)}) {
    REQUIRE(key);
    CHECK(hex(key) == to_hex(kSecret));
    CHECK((*key)->signer().kind == Signer::Kind::context);
    CHECK((*key)->signer().context.identifier == test::kContextId);
  }
  CHECK(code_of(Header(context_token("urn:other")).token(0)) == ErrorCode::context_unknown);
  CHECK(code_of(Header(context_token("")).token(0)) == ErrorCode::context_unknown);
  CHECK(code_of(Header(reference_to("urn:other")).reference(0)) == ErrorCode::context_unknown);
}

TEST_CASE("A ValueType that is there has to say what the token is (SC8)") {
  const auto typed = [](const std::string& target, std::string_view type) {
    return "<wsse:SecurityTokenReference><wsse:Reference URI=\"" + target + "\" ValueType=\"" +
           std::string(type) + "\"/></wsse:SecurityTokenReference>";
  };
  const std::string id(test::kContextId);
  for (const uri::SecureConversation& family : uri::kSecureConversation) {
    Header header(context_token() + typed("#sct", family.security_context_token) +
                  typed(id, family.security_context_token) +
                  typed("#sct", family.derived_key_token) + typed(id, family.derived_key_token));
    CHECK(header.reference(1));
    CHECK(header.reference(2));
    CHECK(code_of(header.reference(3)) == ErrorCode::token_invalid);
    CHECK(code_of(header.reference(4)) == ErrorCode::token_invalid);
  }
}

TEST_CASE("Derived keys follow Offset, Generation, Length and Label (DK5 to DK8)") {
  Header header(
      context_token() +
      derived("a", "#sct", "<wsc:Offset>7</wsc:Offset><wsc:Length>24</wsc:Length>") +
      derived("b", "#sct", "<wsc:Generation>2</wsc:Generation><wsc:Length>16</wsc:Length>") +
      derived("c", "#sct", "") +
      derived("d", std::string(test::kContextId),
              "<wsc:Length>20</wsc:Length><wsc:Label>label</wsc:Label>"));
  CHECK(hex(header.token(1)) == expected(kSecret, 7, 24));
  CHECK(hex(header.token(2)) == expected(kSecret, 32, 16));
  CHECK(hex(header.token(3)) == expected(kSecret, 0, 32));
  CHECK(hex(header.token(4)) == expected(kSecret, 0, 20, "label"));
  CHECK((*header.token(1))->is_derived());
  CHECK((*header.token(1))->signer() == (*header.token(0))->signer());
}

TEST_CASE("A derived key has at least the shortest length that cannot be guessed") {
  const auto length = [](std::uint64_t octets) {
    return "<wsc:Length>" + std::to_string(octets) + "</wsc:Length>";
  };
  const std::uint64_t least = Limits{}.derived_key_length_min;
  CHECK(Header(context_token() + derived("a", "#sct", length(least))).token(1));
  CHECK(code_of(Header(context_token() + derived("a", "#sct", length(least - 1))).token(1)) ==
        ErrorCode::token_invalid);
  // Nor may a long one come from a short one.
  CHECK(code_of(Header(context_token() + derived("a", "#sct", length(1)) +
                       derived("b", "#a", length(32)))
                    .token(2)) == ErrorCode::token_invalid);
  const std::string nonce = "wsc:Nonce=\"AAECAwQFBgc=\" wsc:Length=\"";
  CHECK(code_of(Header(context_token() +
                       reference_to("#sct", nonce + std::to_string(least - 1) + "\""))
                    .reference(1)) == ErrorCode::token_invalid);
}

TEST_CASE("Derived keys may be derived again, as often as the limit says and no more (DK11)") {
  const std::string length = "<wsc:Length>16</wsc:Length>";
  const std::string chain = context_token() + derived("a", "#sct", length) +
                            derived("b", "#a", length) + derived("c", "#b", length) +
                            derived("d", "#c", length);
  Header header(chain);
  REQUIRE(header.limits.derived_key_chain_max == 2);
  const auto first = header.token(1);
  REQUIRE(first);
  const auto second = header.token(2);
  REQUIRE(second);
  CHECK(hex(second) == expected((*first)->secret(), 0, 16));
  CHECK(header.token(3));
  CHECK(code_of(header.token(4)) == ErrorCode::derivation_unknown);
  // Each from the start, so that nothing is known yet.
  CHECK(Header(chain).token(2));
  CHECK(Header(chain).token(3));
  CHECK(code_of(Header(chain).token(4)) == ErrorCode::derivation_unknown);
  CHECK(code_of(Header(derived("a", "#a", length)).token(0)) == ErrorCode::derivation_unknown);
  CHECK(code_of(Header(derived("a", "#b", length) + derived("b", "#a", length)).token(0)) ==
        ErrorCode::derivation_unknown);
}

TEST_CASE("A derived key whose source is nowhere says so") {
  CHECK(code_of(Header(derived("a", "#nothing", "")).token(0)) == ErrorCode::derivation_unknown);
  CHECK(code_of(Header(derived("a", "urn:nothing", "")).token(0)) == ErrorCode::context_unknown);
  CHECK(code_of(Header("<wsc:DerivedKeyToken/>").token(0)) == ErrorCode::derivation_unknown);
}

TEST_CASE("A reference may imply a derived key (DK13, DK14)") {
  const std::string nonce = "wsc:Nonce=\"AAECAwQFBgc=\"";
  Header header(context_token() + reference_to("#sct", nonce + " wsc:Length=\"24\"") +
                reference_to("#sct", nonce) + reference_to("#sct", "wsc:Length=\"24\""));
  CHECK(hex(header.reference(1)) == expected(kSecret, 0, 24));
  CHECK((*header.reference(1))->is_derived());
  CHECK(hex(header.reference(2)) == expected(kSecret, 0, 32));
  CHECK(code_of(header.reference(3)) == ErrorCode::token_invalid);
}

TEST_CASE("A token counts only as a child of the header that is processed (M5)") {
  Header header("<x>" + context_token() + "</x>" + reference_to("#sct"));
  CHECK(code_of(header.reference(1)) == ErrorCode::token_unavailable);
}

TEST_CASE("A key that encrypts does not sign, and has one cipher (M61, DK12)") {
  Header header(context_token() + derived("a", "#sct", "") + derived("b", "#sct", ""));
  const CipherRow& cbc = row_of(crypto::CipherAlgorithm::aes256_cbc);
  const CipherRow& gcm = row_of(crypto::CipherAlgorithm::aes256_gcm);
  ResolvedKey& encrypts = **header.token(1);
  CHECK(encrypts.bind_to(cbc));
  CHECK(encrypts.bind_to(cbc));
  CHECK_FALSE(encrypts.bind_to(gcm));
  CHECK_FALSE(encrypts.bind_to_signature());
  ResolvedKey& signs = **header.token(2);
  CHECK(signs.bind_to_signature());
  CHECK_FALSE(signs.bind_to(cbc));
  // Without derived keys one secret does both (DK14).
  ResolvedKey& both = **header.token(0);
  CHECK(both.bind_to_signature());
  CHECK(both.bind_to(cbc));
  CHECK_FALSE(both.bind_to(gcm));
}

TEST_CASE("Certificates are found by thumbprint, identifier, issuer and serial") {
  const auto certificates =
      crypto::Certificate::all_from_pem(test::client_credentials().own_certificates_pem).value();
  const crypto::Certificate& certificate = certificates.front();
  const auto identifier = [](std::string_view type, ByteView octets) {
    return "<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"" + std::string(type) +
           "\">" + to_base64(octets) + "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
  };
  const std::string issuer_serial =
      "<wsse:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>" +
      certificate.issuer() + "</ds:X509IssuerName><ds:X509SerialNumber>" + certificate.serial() +
      "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference>";
  const std::string children = identifier(uri::kThumbprintSha1, certificate.thumbprint().view()) +
                               identifier(uri::kX509Ski, certificate.subject_key_identifier()) +
                               identifier(uri::kX509V3, certificate.der()) + issuer_serial;
  KeyMaterial material;
  material.known = certificates;
  Header header(children, material);
  for (std::size_t i = 0; i < 4; ++i) {
    INFO(i);
    const auto key = header.reference(i);
    REQUIRE(key);
    CHECK_FALSE((*key)->is_symmetric());
    CHECK((*key)->candidates().front().equals(certificate));
  }
  Header without(children);
  CHECK(code_of(without.reference(0)) == ErrorCode::token_unavailable);
  CHECK(code_of(without.reference(1)) == ErrorCode::token_unavailable);
  CHECK(without.reference(2));  // it carries the certificate
  CHECK(code_of(without.reference(3)) == ErrorCode::token_unavailable);
}

TEST_CASE("The key of an exchange is found by EncryptedKeySHA1, and only there (M32)") {
  ExchangeSecret exchange;
  exchange.secret = crypto::SecretBytes::copy_of(Bytes(32, 9));
  exchange.encrypted_sha1 = Bytes(20, 5);
  exchange.recipient_principal = "x509:peer";
  const auto named = [](ByteView sha1) {
    return "<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType=\"" +
           std::string(uri::kEncryptedKeySha1) + "\">" + to_base64(sha1) +
           "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
  };
  KeyMaterial material;
  material.exchange = &exchange;
  Header header(named(exchange.encrypted_sha1) + named(Bytes(20, 6)), material);
  const auto key = header.reference(0);
  REQUIRE(key);
  CHECK(hex(key) == to_hex(Bytes(32, 9)));
  CHECK((*key)->signer().kind == Signer::Kind::exchange);
  CHECK((*key)->signer().principal == "x509:peer");
  CHECK(code_of(header.reference(1)) == ErrorCode::token_unavailable);
  CHECK(code_of(Header(named(exchange.encrypted_sha1)).reference(0)) ==
        ErrorCode::token_unavailable);
}

TEST_CASE("References of other shapes are refused (M28 to M31)") {
  const auto reference = [](const std::string& inside) {
    return "<wsse:SecurityTokenReference>" + inside + "</wsse:SecurityTokenReference>";
  };
  const std::string one = "<wsse:Reference URI=\"#sct\"/>";
  CHECK(code_of(Header(reference("")).reference(0)) == ErrorCode::security_header_invalid);
  CHECK(code_of(Header(reference(one + one)).reference(0)) == ErrorCode::security_header_invalid);
  CHECK(code_of(Header(reference("<wsse:Embedded>" + reference(one) + "</wsse:Embedded>"))
                    .reference(0)) == ErrorCode::security_header_invalid);
  CHECK(code_of(Header(reference("<ds:KeyName>n</ds:KeyName>")).reference(0)) ==
        ErrorCode::token_unsupported);
  CHECK(
      code_of(Header(reference("<wsse:KeyIdentifier ValueType=\"urn:x\">AA==</wsse:KeyIdentifier>"))
                  .reference(0)) == ErrorCode::token_unsupported);
}

TEST_CASE("Keys given by hand answer names, and only where there are such keys") {
  const std::string key_info = "<ds:KeyInfo><ds:KeyName>mine</ds:KeyName></ds:KeyInfo>";
  std::vector<RawKey> raw;
  raw.push_back({"", crypto::SecretBytes::copy_of(Bytes(16, 1))});
  raw.push_back({"mine", crypto::SecretBytes::copy_of(Bytes(16, 2))});
  raw.push_back({"other", crypto::SecretBytes::copy_of(Bytes(16, 3))});
  KeyMaterial material;
  material.raw_keys = raw;
  Header header(key_info, material);
  const auto named = header.resolver().candidates(header.child(0));
  REQUIRE(named);
  REQUIRE(named->size() == 2);
  CHECK(to_hex((*named)[1]->secret()) == to_hex(Bytes(16, 2)));
  const auto unnamed = header.resolver().candidates({});
  REQUIRE(unnamed);
  CHECK(unnamed->size() == 1);
  Header without(key_info);
  CHECK_FALSE(without.resolver().candidates(without.child(0)));
  CHECK_FALSE(without.resolver().candidates({}));
}
