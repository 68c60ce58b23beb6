#include <functional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/tokens/saml_assertion.h"
#include "bindings/soap/xml/document.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/open_text.h"
#include "unit/soap/saml_text.h"

// Credentials besides the one that protects a message: who has to stand behind them and how, and what
// is refused (tokens.md, sections 1, 4 and 9; WS-SecurityPolicy 1.2, section 8).

using namespace parley;
using engine::Protection;
using engine::SupportingUse;
using store::SupportingToken;
using store::TokenKind;
using test::AssertionText;
using test::code_of;
using test::kNow;

namespace {

const engine::Channel kTls{true, "localhost"};
constexpr const char* kAudience = "https://svc.example/";

crypto::SecretBytes secret_of(std::string_view text) {
  return crypto::SecretBytes::copy_of(as_bytes(text));
}

engine::Profile profile_of(Protection protect) {
  engine::Profile profile;
  profile.protect = protect;
  if (protect == Protection::transport) {
    profile.binding = engine::BootstrapBinding::transport;
    profile.bootstrap = engine::Bootstrap::x509_https;
    profile.derived_keys = false;
  }
  return profile;
}

/// Every shape of protection that supporting tokens have to fit into.
std::vector<engine::Profile> shapes() {
  std::vector<engine::Profile> all{profile_of(Protection::sign), profile_of(Protection::sign_encrypt),
                                   profile_of(Protection::transport)};
  all.push_back(profile_of(Protection::sign_encrypt));
  all.back().order = engine::ProtectionOrder::encrypt_before_sign;
  all.push_back(profile_of(Protection::sign_encrypt));
  all.back().encrypt_signature = true;
  all.push_back(profile_of(Protection::sign_encrypt));
  all.back().derived_keys = false;
  all.push_back(profile_of(Protection::sign));
  all.back().derivation = engine::KeyDerivation::implied;
  all.push_back(profile_of(Protection::sign_encrypt));
  all.back().sc = contexts::TrustFamily::feb_2005;
  all.back().rm = sequences::RmVersion::rm_1_0;
  all.back().soap = engine::SoapVersion::soap_1_1;
  all.back().layout = engine::HeaderLayout::lax_timestamp_last;
  return all;
}

AssertionText usual(TokenKind kind) {
  AssertionText what;
  what.kind = kind;
  what.issued = kNow - std::chrono::minutes(1);
  what.ends = kNow + std::chrono::minutes(20);
  return what;
}

std::string audience(TokenKind kind, const std::string& name) {
  const std::string element =
      kind == TokenKind::saml_1_1 ? "s:AudienceRestrictionCondition" : "s:AudienceRestriction";
  return "<" + element + "><s:Audience>" + name + "</s:Audience></" + element + ">";
}

/// A client with everything to show, and a service that believes "server" as issuer.
class Sides {
 public:
  explicit Sides(engine::Profile profile, std::string assertion = {})
      : pair_(std::move(profile)), assertion_(std::move(assertion)) {
    soap::Credentials client = test::client_credentials();
    client.user = soap::UserCredential{"alice", secret_of("wonderland")};
    client.assertion = [this] { return std::optional(to_bytes(assertion_)); };
    pair_.client = soap::SoapCodec::make(client, {}).value();
    settings_.audiences = {kAudience};
    build_service();
    if (pair_.profile.protect == Protection::transport) {
      pair_.channel = kTls;
    }
  }

  Sides(const Sides&) = delete;
  Sides& operator=(const Sides&) = delete;

  void build_service(std::string issuer = {}, std::string signer = "server.pem") {
    soap::Credentials service = test::server_credentials();
    service.users.password = [](std::string_view name) {
      return name == "alice" ? std::optional(secret_of("wonderland")) : std::nullopt;
    };
    service.assertion_issuers = {{test::key_file(signer), std::move(issuer)}};
    pair_.server = soap::SoapCodec::make(service, settings_).value();
  }

  soap::CodecSettings& settings() { return settings_; }

  Bytes wire() {
    engine::Message message =
        test::application_message(pair_.profile, "<n:Note xmlns:n=\"urn:n\">text</n:Note>");
    return pair_.protect(message).bytes;
  }

  Result<engine::OpenedMessage> open(const Bytes& wire) { return pair_.open(wire); }

  Result<engine::OpenedMessage> send() { return open(wire()); }

  /// What a service with another policy makes of it.
  Result<engine::OpenedMessage> open_under(const engine::Profile& expected, const Bytes& wire) {
    const engine::Profile spoken = std::exchange(pair_.profile, expected);
    auto opened = pair_.open(wire);
    pair_.profile = spoken;
    return opened;
  }

 private:
  test::Pair pair_;
  std::string assertion_;
  soap::CodecSettings settings_;
};

std::vector<SupportingToken> tokens_of(const Result<engine::OpenedMessage>& opened) {
  if (!opened) {
    FAIL(opened.error().message());
  }
  return opened->tokens;
}

engine::Profile asking(engine::Profile profile, TokenKind kind, SupportingUse use) {
  (kind == TokenKind::x509       ? profile.supporting.x509
   : kind == TokenKind::username ? profile.supporting.username
   : kind == TokenKind::saml_1_1 ? profile.supporting.saml_1_1
                                 : profile.supporting.saml_2_0) = use;
  return profile;
}

}  // namespace

TEST_CASE("An endorsing certificate is told, in every shape of protection") {
  for (const SupportingUse use : {SupportingUse::endorsing, SupportingUse::signed_endorsing}) {
    for (const engine::Profile& shape : shapes()) {
      CAPTURE(static_cast<int>(use), test::describe(shape));
      Sides sides(asking(shape, TokenKind::x509, use));
      const auto tokens = tokens_of(sides.send());
      REQUIRE(tokens.size() == 1);
      CHECK(tokens.front().kind == TokenKind::x509);
      CHECK(tokens.front().principal.starts_with("x509:"));
      CHECK(tokens.front().subject.find("CN=Parley test client") != std::string::npos);
    }
  }
}

TEST_CASE("A user's name goes signed and hidden, or over TLS, in every shape (K67)") {
  for (const engine::PasswordForm form : {engine::PasswordForm::text, engine::PasswordForm::digest}) {
    for (engine::Profile shape : shapes()) {
      CAPTURE(test::describe(shape));
      shape.password = form;
      Sides sides(asking(shape, TokenKind::username, SupportingUse::signed_encrypted));
      const Bytes wire = sides.wire();
      const bool is_over_tls = shape.protect == Protection::transport;
      CHECK((test::text(wire).find("UsernameToken") != std::string::npos) == is_over_tls);
      CHECK(tokens_of(sides.open(wire)) ==
            std::vector<SupportingToken>{{TokenKind::username, "user:alice", "alice", {}, {}}});
    }
  }
}

TEST_CASE("An assertion is told with what it states, carried in every way (K17, K26)") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    for (const SupportingUse use :
         {SupportingUse::signed_token, SupportingUse::signed_encrypted, SupportingUse::endorsing,
          SupportingUse::signed_endorsing, SupportingUse::signed_endorsing_encrypted}) {
      for (const engine::Profile& shape : shapes()) {
        CAPTURE(static_cast<int>(kind), static_cast<int>(use), test::describe(shape));
        if (use == SupportingUse::signed_endorsing_encrypted &&
            shape.order == engine::ProtectionOrder::encrypt_before_sign) {
          continue;  // its key would be found too late
        }
        AssertionText what = usual(kind);
        what.conditions = audience(kind, kAudience);
        if (engine::is_endorsing(use)) {
          what.method = "holder-of-key";
          what.holder_pem = "client";
        }
        Sides sides(asking(shape, kind, use), test::assertion(what, "server"));
        const Bytes wire = sides.wire();
        const bool is_hidden = (engine::is_encrypted(use) || !engine::is_endorsing(use)) &&
                               shape.protect != Protection::transport;
        CHECK((test::text(wire).find("clerk") == std::string::npos) == is_hidden);
        const auto tokens = tokens_of(sides.open(wire));
        REQUIRE(tokens.size() == 1);
        const SupportingToken& token = tokens.front();
        CHECK(token.kind == kind);
        CHECK(token.principal == "saml:https://sts.example alice");
        CHECK(token.subject == "alice");
        CHECK(token.issuer == "https://sts.example");
        REQUIRE(token.attributes.size() == 1);
        CHECK(token.attributes.front() ==
              (kind == TokenKind::saml_1_1
                   ? store::TokenAttribute{"role", "urn:claims", {"clerk"}}
                   : store::TokenAttribute{"role", "urn:format", {"clerk", "auditor"}}));
      }
    }
  }
}

TEST_CASE("Equal names that different parties gave are not the same principal") {
  const auto principal = [](TokenKind kind, const std::string& issuer, const std::string& qualifiers) {
    AssertionText what = usual(kind);
    what.issuer = issuer;
    what.qualifiers = qualifiers;
    Sides sides(asking(profile_of(Protection::sign), kind, SupportingUse::signed_token),
                test::assertion(what, "server"));
    return tokens_of(sides.send()).front().principal;
  };
  const std::string qualifier = " NameQualifier=\"urn:q 1\"";
  CHECK(principal(TokenKind::saml_1_1, "urn:i", qualifier) == "saml:urn:i!urn:q%201 alice");
  CHECK(principal(TokenKind::saml_2_0, "urn:i", qualifier) == "saml:urn:i!urn:q%201 alice");
  CHECK(principal(TokenKind::saml_2_0, "urn:i!urn:q%201", "") == "saml:urn:i%21urn:q%25201 alice");
  CHECK(principal(TokenKind::saml_2_0, "urn:i", qualifier + " SPNameQualifier=\"urn:s\"") ==
        "saml:urn:i!urn:q%201%20urn:s alice");
  CHECK(principal(TokenKind::saml_2_0, "urn:i", " SPNameQualifier=\"urn:s\"") ==
        "saml:urn:i!%20urn:s alice");
}

TEST_CASE("All kinds of token go together") {
  for (const engine::Profile& shape : shapes()) {
    CAPTURE(test::describe(shape));
    engine::Profile profile = shape;
    profile.supporting = {SupportingUse::signed_endorsing, SupportingUse::signed_encrypted,
                          SupportingUse::none, SupportingUse::signed_encrypted};
    Sides sides(profile, test::assertion(usual(TokenKind::saml_2_0), "server"));
    CHECK(tokens_of(sides.send()).size() == 3);
  }
}

TEST_CASE("What only its issuer has to sign or hide counts for nothing where the policy wants more") {
  const auto missing = [](engine::Profile spoken, engine::Profile expected, std::string assertion) {
    Sides sides(std::move(spoken), std::move(assertion));
    return tokens_of(sides.open_under(expected, sides.wire())).empty();
  };
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    AssertionText held = usual(kind);
    held.method = "holder-of-key";
    held.holder_pem = "client";
    const std::string bearer = test::assertion(usual(kind), "server");
    const std::string held_text = test::assertion(held, "server");
    const engine::Profile shape = profile_of(Protection::sign_encrypt);
    const auto as = [&](SupportingUse use) { return asking(shape, kind, use); };
    CHECK(missing(as(SupportingUse::endorsing), as(SupportingUse::signed_endorsing), held_text));
    // What its bearer may show is hidden in any case (tokens.md, 4).
    CHECK_FALSE(missing(as(SupportingUse::signed_token), as(SupportingUse::signed_encrypted), bearer));
    CHECK(missing(as(SupportingUse::signed_token), as(SupportingUse::signed_endorsing), bearer));
    // Whoever has a key of its own and does not prove it is nobody.
    CHECK(missing(as(SupportingUse::signed_token), as(SupportingUse::signed_token), held_text));
    CHECK_FALSE(missing(as(SupportingUse::signed_endorsing), as(SupportingUse::signed_token), held_text));
  }
  const engine::Profile shape = profile_of(Protection::sign);
  CHECK(missing(asking(shape, TokenKind::x509, SupportingUse::endorsing),
                asking(shape, TokenKind::x509, SupportingUse::signed_endorsing), {}));
}

TEST_CASE("Nobody swaps a token on the way: the signature of the message is over it") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    AssertionText own = usual(kind);
    own.method = "holder-of-key";
    own.holder_pem = "client";
    AssertionText other = own;
    other.subject = "mallory";
    other.id = "_b2";
    Sides sides(asking(profile_of(Protection::sign), kind, SupportingUse::signed_endorsing),
                test::assertion(own, "server"));
    const Bytes wire = sides.wire();
    const std::string genuine = test::element(wire, "s:Assertion");
    const std::string swapped = test::assertion(other, "server");
    // Instead of it, and with the reference turned to it: neither is what was signed.
    CHECK_FALSE(sides.open(test::replaced(wire, genuine, swapped)));
    CHECK_FALSE(sides.open(test::replaced(test::replaced(wire, genuine, swapped), ">_a1<", ">_b2<")));
    // Beside it: a second one that nobody signed counts for nothing.
    const auto beside = sides.open(test::replaced(wire, genuine, swapped + genuine));
    const auto tokens = tokens_of(beside);
    REQUIRE(tokens.size() == 1);
    CHECK(tokens.front().subject == "alice");
    CHECK_FALSE(sides.open(test::replaced(wire, genuine, "")));
  }
}

TEST_CASE("An assertion that nobody asked for fails the message (K2)") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    const TokenKind other = kind == TokenKind::saml_1_1 ? TokenKind::saml_2_0 : TokenKind::saml_1_1;
    const engine::Profile shape = profile_of(Protection::sign_encrypt);
    Sides sides(asking(shape, kind, SupportingUse::signed_token),
                test::assertion(usual(kind), "server"));
    CHECK(code_of(sides.open_under(shape, sides.wire())) == ErrorCode::authentication_failed);
    CHECK(code_of(sides.open_under(asking(shape, other, SupportingUse::signed_token),
                                   sides.wire())) == ErrorCode::authentication_failed);
  }
}

TEST_CASE("Which assertions are believed (K5, K20 to K24)") {
  struct Row {
    const char* name;
    std::function<void(AssertionText&)> change;
    const char* signer = "server";
  };
  using std::chrono::minutes;
  const std::vector<Row> refused{
      {"not signed", [](AssertionText&) {}, ""},
      {"another holder of a trusted certificate", [](AssertionText&) {}, "client"},
      {"a stranger", [](AssertionText&) {}, "stranger"},
      {"over", [](AssertionText& a) { a.ends = kNow - minutes(6); }},
      {"to come", [](AssertionText& a) { a.issued = kNow + minutes(6); }},
      {"for another", [](AssertionText& a) { a.conditions = audience(a.kind, "urn:other"); }},
      {"for two of which one is another",
       [](AssertionText& a) {
         a.conditions = audience(a.kind, kAudience) + audience(a.kind, "urn:other");
       }},
      {"a condition that is not known",
       [](AssertionText& a) { a.conditions = "<x:Condition xmlns:x=\"urn:x\"/>"; }},
      {"a way of confirming that is not known", [](AssertionText& a) { a.method = "other"; }},
      {"a sender that vouches", [](AssertionText& a) { a.method = "sender-vouches"; }},
      {"no id", [](AssertionText& a) { a.id = ""; }},
      {"a name with something in it", [](AssertionText& a) { a.subject = "al<x/>ice"; }},
      {"no name", [](AssertionText& a) { a.subject = ""; }},
      {"no issuer", [](AssertionText& a) { a.issuer = ""; }},
      {"a time that is none",
       [](AssertionText& a) { a.statements = "<s:AuthnStatement AuthnInstant=\"soon\"/>"; }},
      {"two conditions", [](AssertionText& a) { a.statements = "<s:Conditions></s:Conditions>"; }},
      {"something else", [](AssertionText& a) { a.statements = "<x:Other xmlns:x=\"urn:x\"/>"; }},
  };
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    // Over TLS, where no signature of the message is over the assertion: it alone is judged.
    Sides sides(asking(profile_of(Protection::transport), kind, SupportingUse::signed_token),
                test::assertion(usual(kind), "server"));
    const Bytes wire = sides.wire();
    const auto opens = [&](const AssertionText& what, const char* signer) {
      return sides
          .open(test::replaced(wire, test::element(wire, "s:Assertion"),
                               test::assertion(what, signer)))
          .has_value();
    };
    AssertionText another = usual(kind);
    another.subject = "bob";
    another.conditions = audience(kind, kAudience);
    CHECK(opens(another, "server"));
    for (const Row& row : refused) {
      CAPTURE(static_cast<int>(kind), row.name);
      AssertionText what = usual(kind);
      row.change(what);
      CHECK_FALSE(opens(what, row.signer));
    }
    AssertionText twice = usual(kind);
    twice.id = "_twice";
    CHECK(code_of(sides.open(test::replaced(wire, "</wsse:Security>",
                                            test::assertion(twice, "server") +
                                                "</wsse:Security>"))) ==
          ErrorCode::authentication_failed);
  }
}

TEST_CASE("What an assertion states is bounded in number and octets") {
  const Limits limits;
  const auto reads = [&](std::uint64_t values, std::uint64_t octets) {
    std::string statement = "<s:AttributeStatement>";
    if (values != 0) {
      statement += "<s:Attribute Name=\"\">";
      for (std::uint64_t i = 0; i < values; ++i) {
        statement += "<s:AttributeValue>" + std::string(i == 0 ? octets : 0, 'x') + "</s:AttributeValue>";
      }
      statement += "</s:Attribute>";
    }
    AssertionText what = usual(TokenKind::saml_2_0);
    what.statements = statement + "</s:AttributeStatement>";
    const auto document =
        xml::Document::parse(to_bytes(test::assertion(what, {})), limits).value();
    return soap::read_saml_assertion(document.root(), limits).has_value();
  };
  // There are an attribute of 4 + 10 octets and its values of 5 + 7 already, and the name of this one.
  CHECK(reads(limits.assertion_values_max - 7, 0));
  CHECK_FALSE(reads(limits.assertion_values_max - 6, 0));
  CHECK(reads(1, limits.assertion_text_bytes_max - 50));
  CHECK_FALSE(reads(1, limits.assertion_text_bytes_max - 49));
}

TEST_CASE("SAML 2.0: who may take it, when, and who was authenticated (K10, K18, K24)") {
  const auto opens = [](const std::function<void(AssertionText&)>& change) {
    AssertionText what = usual(TokenKind::saml_2_0);
    change(what);
    Sides sides(asking(profile_of(Protection::sign_encrypt), what.kind, SupportingUse::signed_token),
                test::assertion(what, "server"));
    return sides.send().has_value();
  };
  const auto at = [](const char* name, int minutes) {
    return " " + std::string(name) + "=\"" +
           std::string(soap::DateTimeText(kNow + std::chrono::minutes(minutes)).view()) + "\"";
  };
  const auto confirmed = [&](const std::string& attributes) {
    return opens([&](AssertionText& a) { a.confirmation = attributes; });
  };
  CHECK(confirmed(""));
  CHECK(confirmed(" Recipient=\"" + std::string(kAudience) + "\""));
  CHECK_FALSE(confirmed(" Recipient=\"urn:other\""));
  CHECK(confirmed(at("NotOnOrAfter", 1)));
  CHECK_FALSE(confirmed(at("NotOnOrAfter", -6)));
  CHECK_FALSE(confirmed(at("NotBefore", 6)));
  const auto stated = [&](const std::string& attributes) {
    return opens([&](AssertionText& a) { a.statements = "<s:AuthnStatement" + attributes + "/>"; });
  };
  CHECK(stated(at("AuthnInstant", -10)));
  CHECK_FALSE(stated(at("AuthnInstant", 6)));
  CHECK_FALSE(stated(at("AuthnInstant", -10) + at("SessionNotOnOrAfter", -6)));
}

TEST_CASE("An issuer speaks for the name that it was configured for (K21)") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    Sides sides(asking(profile_of(Protection::sign_encrypt), kind, SupportingUse::signed_token),
                test::assertion(usual(kind), "server"));
    const Bytes wire = sides.wire();
    sides.build_service("https://sts.example");
    CHECK(sides.open(wire));
    sides.build_service("https://other.example");
    CHECK(code_of(sides.open(wire)) == ErrorCode::authentication_failed);
    sides.build_service({}, "client.pem");
    CHECK(code_of(sides.open(wire)) == ErrorCode::authentication_failed);
  }
}

TEST_CASE("An issuer and a subject cannot be told as another issuer with another subject") {
  std::set<std::string> names;
  for (const auto& [issuer, subject] :
       {std::pair("urn:a b", "c"), std::pair("urn:a", "b c"), std::pair("urn:a%20b", "c")}) {
    AssertionText what = usual(TokenKind::saml_2_0);
    what.issuer = issuer;
    what.subject = subject;
    Sides sides(asking(profile_of(Protection::sign), what.kind, SupportingUse::signed_token),
                test::assertion(what, "server"));
    names.insert(tokens_of(sides.send()).at(0).principal);
  }
  CHECK(names.size() == 3);
}

TEST_CASE("The word of a sender is taken where that is allowed, signed by its context (K17)") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    AssertionText what = usual(kind);
    what.method = "sender-vouches";
    Sides sides(asking(profile_of(Protection::sign_encrypt), kind, SupportingUse::signed_token),
                test::assertion(what, ""));
    const Bytes wire = sides.wire();
    CHECK_FALSE(sides.open(wire));
    sides.settings().allow_sender_vouches = true;
    sides.build_service();
    CHECK(tokens_of(sides.open(wire)).size() == 1);
  }
}

TEST_CASE("An assertion for one use is told as such, for as long as it is good (K25)") {
  for (const TokenKind kind : {TokenKind::saml_1_1, TokenKind::saml_2_0}) {
    AssertionText what = usual(kind);
    what.conditions = kind == TokenKind::saml_1_1 ? "<s:DoNotCacheCondition/>" : "<s:OneTimeUse/>";
    Sides sides(asking(profile_of(Protection::sign_encrypt), kind, SupportingUse::signed_token),
                test::assertion(what, "server"));
    const auto first = sides.send();
    REQUIRE(first);
    REQUIRE(first->one_time.size() == 1);
    CHECK(first->one_time.front().until >= what.ends);
    const auto second = sides.send();
    REQUIRE(second);
    CHECK(second->one_time.front().digest == first->one_time.front().digest);
    what.id = "_other";
    Sides others(asking(profile_of(Protection::sign_encrypt), kind, SupportingUse::signed_token),
                 test::assertion(what, "server"));
    CHECK(others.send()->one_time.front().digest != first->one_time.front().digest);
  }
}

TEST_CASE("A wrong password fails the message, and a name that is only told counts for nothing") {
  engine::Profile profile = asking(profile_of(Protection::transport), TokenKind::username,
                                   SupportingUse::signed_token);
  Sides sides(profile);
  const Bytes wire = sides.wire();
  REQUIRE(tokens_of(sides.open(wire)).size() == 1);
  CHECK(code_of(sides.open(test::replaced(wire, "wonderland", "Wonderland"))) ==
        ErrorCode::authentication_failed);
  // Message protection: over the signature's own key, never in clear.
  const engine::Profile signed_only =
      asking(profile_of(Protection::sign), TokenKind::username, SupportingUse::signed_encrypted);
  Sides secured(signed_only);
  const Bytes hidden = secured.wire();
  const std::string token =
      "<wsse:UsernameToken xmlns:wsse=\"" + std::string(soap::uri::kWsse) +
      "\"><wsse:Username>alice</wsse:Username><wsse:Password>wonderland</wsse:Password>"
      "</wsse:UsernameToken>";
  engine::Profile nothing = signed_only;
  nothing.supporting = {};
  Sides bare(nothing);
  const Bytes plain = bare.wire();
  CHECK(tokens_of(bare.open_under(signed_only,
                                  test::replaced(plain, "</wsse:Security>", token + "</wsse:Security>")))
            .empty());
}

TEST_CASE("Answers of a service, and what establishes or carries a sequence, show no tokens") {
  engine::Profile profile =
      asking(profile_of(Protection::sign_encrypt), TokenKind::x509, SupportingUse::endorsing);
  test::Pair pair(profile);
  const auto wire = pair.protect(test::application_message(profile, "<n xmlns=\"urn:n\"/>"), false);
  CHECK(test::text(wire.bytes).find("BinarySecurityToken") == std::string::npos);
}
