#include <algorithm>

#include <catch2/catch.hpp>

#include "bindings/soap/message_layout.h"
#include "bindings/soap/security/protector.h"
#include "bindings/soap/security/workspace.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// How keys are named and derived, how the Security header is laid out, and which suites are not
// spoken without a word: what a profile says about them, on the wire.

using namespace parley;
using engine::OpenedMessage;
using engine::Profile;

namespace {

struct Bench {
  explicit Bench(const soap::CodecSettings& settings = {})
      : client(soap::SoapCodec::make(test::client_credentials(), settings).value()),
        server(soap::SoapCodec::make(test::server_credentials(), settings).value()) {}

  std::string written(const Profile& profile) {
    const contexts::LiveKey key = test::context_key(profile);
    engine::ProtectWith with;
    with.context = &key;
    const auto wire = client->protect(test::application_message(profile, "<x/>"), profile, with,
                                      test::kNow, entropy);
    REQUIRE(wire);
    content_type = wire->content_type;
    return std::string(as_text(wire->bytes));
  }

  Result<OpenedMessage> read(std::string_view text, const Profile& profile) {
    const contexts::LiveKey key = test::context_key(profile);
    auto sealed = server->parse(to_bytes(text), content_type, profile);
    REQUIRE(sealed);
    return server->open(std::move(*sealed), profile, test::OneKey(&key), nullptr, {}, test::kNow);
  }

  std::unique_ptr<soap::SoapCodec> client;
  std::unique_ptr<soap::SoapCodec> server;
  crypto::SystemEntropy entropy;
  std::string content_type;
};

std::vector<xml::Element> tokens_in(const xml::Document& document, std::string_view name) {
  std::vector<xml::Element> found;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
    if (element.local_name() == name) {
      found.push_back(element);
    }
  }
  return found;
}

xml::Element security_of(const xml::Document& document) {
  return tokens_in(document, "Security").front();
}

std::string child_text(const xml::Element& token, std::string_view name) {
  for (const xml::Element& child : token.children()) {
    if (child.local_name() == name) {
      return child.text();
    }
  }
  return "-";
}

/// Puts the last child of the Security header first, or the first last.
std::string with_child_moved(const std::string& message, std::string_view name, bool to_end) {
  const xml::Document document = test::parsed(message);
  const xml::Element moved = tokens_in(document, name).front();
  const std::string source(moved.source());
  std::string text = message;
  text.erase(text.find(source), source.size());
  const std::size_t end = text.find("</wsse:Security>");
  const std::size_t begin = text.find('>', text.find("<wsse:Security ")) + 1;
  return text.insert(to_end ? end : begin, source);
}

}  // namespace

TEST_CASE("implied keys stand on the references, without tokens: DK13") {
  Bench bench;
  for (const auto family : {contexts::TrustFamily::feb_2005, contexts::TrustFamily::oasis_200512}) {
    Profile profile;
    profile.sc = family;
    profile.derivation = engine::KeyDerivation::implied;
    const std::string text = bench.written(profile);
    CHECK(text.find("DerivedKeyToken") == std::string::npos);
    const xml::Document document = test::parsed(text);
    const std::string_view ns =
        family == contexts::TrustFamily::feb_2005
            ? "http://schemas.xmlsoap.org/ws/2005/02/sc"
            : "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";
    std::vector<std::string> nonces;
    std::vector<std::string> lengths;
    for (const xml::Element& reference : tokens_in(document, "SecurityTokenReference")) {
      nonces.emplace_back(reference.attribute(ns, "Nonce").value_or("-"));
      lengths.emplace_back(reference.attribute(ns, "Length").value_or("-"));
    }
    REQUIRE(nonces.size() == 2);  // of the signature and of the Body
    CHECK(nonces[0] != nonces[1]);
    CHECK(nonces[0].size() == 24);
    // The older schema has no Length: both keys have the default one.
    CHECK(lengths[0] == (family == contexts::TrustFamily::feb_2005 ? "-" : "24"));
    CHECK(lengths[1] == "-");
    CHECK(bench.read(text, profile));
    const std::string other =
        test::replaced(text, nonces[0], (nonces[0][0] == 'A' ? "B" : "A") + nonces[0].substr(1));
    CHECK(bench.read(other, profile).error().code() == ErrorCode::security_failed);
  }
}

TEST_CASE("a derived key says where it begins as the profile wants it: DK8, DK15") {
  Bench bench;
  Profile profile;
  SECTION("Offset and Length, always") {
    const xml::Document document = test::parsed(bench.written(profile));
    for (const xml::Element& token : tokens_in(document, "DerivedKeyToken")) {
      CHECK(child_text(token, "Offset") == "0");
      CHECK(child_text(token, "Length") != "-");
      CHECK(child_text(token, "Label") == "-");
    }
  }
  SECTION("Generation") {
    profile.key_position = engine::KeyPosition::generation;
    const xml::Document document = test::parsed(bench.written(profile));
    for (const xml::Element& token : tokens_in(document, "DerivedKeyToken")) {
      CHECK(child_text(token, "Generation") == "0");
      CHECK(child_text(token, "Offset") == "-");  // DK5
    }
  }
  SECTION("nothing where all has its default") {
    profile.key_position = engine::KeyPosition::short_form;
    const xml::Document document = test::parsed(bench.written(profile));
    const auto tokens = tokens_in(document, "DerivedKeyToken");
    REQUIRE(tokens.size() == 2);
    CHECK(child_text(tokens[0], "Length") == "24");  // DK16
    CHECK(child_text(tokens[0], "Offset") == "0");
    CHECK(child_text(tokens[1], "Length") == "-");
    CHECK(child_text(tokens[1], "Offset") == "-");
  }
  SECTION("a Label, which is what the key is derived with: DK6") {
    profile.key_label = "ours";
    const std::string text = bench.written(profile);
    const xml::Document document = test::parsed(text);
    for (const xml::Element& token : tokens_in(document, "DerivedKeyToken")) {
      CHECK(child_text(token, "Label") == "ours");
    }
    CHECK(bench.read(text, profile));
    CHECK_FALSE(bench.read(test::replaced(text, ">ours<", ">hers<"), profile));
  }
}

TEST_CASE("a layout is kept when writing and asked for when reading: M4, M6") {
  Bench bench;
  const auto with = [](engine::HeaderLayout layout) {
    Profile profile;
    profile.layout = layout;
    return profile;
  };
  const Profile lax = with(engine::HeaderLayout::lax);
  const Profile strict = with(engine::HeaderLayout::strict);
  const Profile first = with(engine::HeaderLayout::lax_timestamp_first);
  const Profile last = with(engine::HeaderLayout::lax_timestamp_last);
  const auto code = [&](const std::string& text, const Profile& profile) {
    const auto opened = bench.read(text, profile);
    return opened ? std::optional<ErrorCode>() : opened.error().code();
  };

  const std::string ours = bench.written(strict);
  const xml::Document document = test::parsed(ours);
  CHECK(security_of(document).first_child().local_name() == "Timestamp");
  for (const Profile* profile : {&lax, &strict, &first}) {
    CHECK_FALSE(code(ours, *profile));
  }
  CHECK(code(ours, last) == ErrorCode::security_header_invalid);

  const std::string late = bench.written(last);
  const xml::Document late_document = test::parsed(late);
  CHECK(test::children_of(security_of(late_document)).back().local_name() == "Timestamp");
  CHECK_FALSE(code(late, last));
  CHECK_FALSE(code(late, strict));  // strictness is about tokens
  CHECK(code(late, first) == ErrorCode::security_header_invalid);

  // The context's token after the derived keys that refer to it.
  const std::string forward = with_child_moved(ours, "SecurityContextToken", true);
  CHECK_FALSE(code(forward, lax));
  CHECK(code(forward, strict) == ErrorCode::security_header_invalid);
}

TEST_CASE("the answer to a bootstrap confirms its signatures where the profile says so: M47, M48") {
  Bench bench;
  Profile asking;
  asking.confirm_signatures = true;
  const Profile silent;
  engine::ProtectWith with;
  with.bootstrap = true;
  const auto message = test::application_message(asking, "<x/>");
  const auto request =
      bench.client->protect(message, asking, with, test::kNow, bench.entropy).value();
  auto sealed = bench.server->parse(request.bytes, request.content_type, asking).value();
  const contexts::LiveKey none = test::context_key(asking);
  const auto asked =
      bench.server->open(std::move(sealed), asking, test::OneKey(&none), nullptr, {}, test::kNow)
          .value();
  engine::ProtectWith answering;
  answering.answering = asked.exchange_keys;
  const auto answered = [&](const Profile& written, const Profile& read) {
    const auto wire =
        bench.server->protect(message, written, answering, test::kNow, bench.entropy).value();
    const std::string text(as_text(wire.bytes));
    const xml::Document document = test::parsed(text);
    // The message signature and the endorsement.
    CHECK(tokens_in(document, "SignatureConfirmation").size() ==
          (written.confirm_signatures ? 2 : 0));
    return bench.client->open(bench.client->parse(wire.bytes, wire.content_type, read).value(),
                              read, test::OneKey(&none), request.exchange_keys, {}, test::kNow);
  };
  CHECK(answered(asking, asking));
  CHECK(answered(asking, silent));
  CHECK(answered(silent, silent));
  CHECK(answered(silent, asking).error().code() == ErrorCode::security_failed);
}

TEST_CASE("the answer to a message under a context confirms its signatures, too: M47, M48") {
  for (const bool hides_signature : {false, true}) {
    Bench bench;
    Profile asking;
    asking.confirm_messages = true;
    asking.encrypt_signature = hides_signature;
    Profile silent = asking;
    silent.confirm_messages = false;
    const contexts::LiveKey key = test::context_key(asking);
    engine::ProtectWith with;
    with.context = &key;
    const auto message = test::application_message(asking, "<x/>");
    const auto request =
        bench.client->protect(message, asking, with, test::kNow, bench.entropy).value();
    REQUIRE(request.exchange_keys);
    auto sealed = bench.server->parse(request.bytes, request.content_type, asking).value();
    const auto asked =
        bench.server->open(std::move(sealed), asking, test::OneKey(&key), nullptr, {}, test::kNow)
            .value();
    engine::ProtectWith answering = with;
    answering.is_initiator = false;
    answering.is_answer = true;
    answering.answering = asked.exchange_keys;
    const auto answered = [&](const engine::Message& said, const Profile& written,
                              const Profile& read, const engine::WireMessage& to) {
      const auto wire =
          bench.server->protect(said, written, answering, test::kNow, bench.entropy).value();
      return bench.client->open(bench.client->parse(wire.bytes, wire.content_type, read).value(),
                                read, test::OneKey(&key), to.exchange_keys, {}, test::kNow);
    };
    CHECK(answered(message, asking, asking, request));
    CHECK(answered(message, asking, silent, request));
    CHECK(answered(message, silent, silent, request));
    CHECK(answered(message, silent, asking, request).error().code() == ErrorCode::security_failed);
    // Some stacks send what only carries a sequence along without.
    engine::Message bare = test::application_message(asking, "<x/>");
    bare.addressing.action.clear();
    bare.body = engine::ApplicationBody();
    bare.rm.acknowledgements = {{"urn:s", {{1, 1}}, {}, false, {}}};
    CHECK(answered(bare, silent, asking, request));

    engine::Message poll = test::application_message(asking, "<x/>");
    poll.addressing.action.clear();
    poll.body = engine::MakeConnection{"urn:address", {}};
    const auto polled =
        bench.client->protect(poll, asking, with, test::kNow, bench.entropy).value();
    CHECK_FALSE(polled.exchange_keys);  // what it fetches answers something else (MC-032)
    CHECK(answered(message, silent, asking, polled));

    // It is the answer to this very message.
    const auto other =
        bench.client->protect(message, asking, with, test::kNow, bench.entropy).value();
    CHECK(answered(message, asking, asking, other).error().code() == ErrorCode::security_failed);
  }
}

TEST_CASE("messages may name their context by its Identifier alone: SC41") {
  for (const bool derived : {true, false}) {
    for (const auto derivation : {engine::KeyDerivation::tokens, engine::KeyDerivation::implied}) {
      Bench bench;
      Profile profile;
      profile.context_token = false;
      profile.derived_keys = derived;
      profile.derivation = derivation;
      const contexts::LiveKey key = test::context_key(profile);
      engine::ProtectWith with;
      with.context = &key;
      const auto wire = bench.client
                            ->protect(test::application_message(profile, "<x/>"), profile, with,
                                      test::kNow, bench.entropy)
                            .value();
      CHECK(tokens_in(test::parsed(std::string(as_text(wire.bytes))), "SecurityContextToken")
                .empty());
      auto sealed = bench.server->parse(wire.bytes, wire.content_type, profile).value();
      CHECK(sealed->hints().protection == engine::Hints::Protected::context);
      CHECK(sealed->hints().context.identifier == key.name().identifier);
      CHECK(bench.server
                ->open(std::move(sealed), Profile(), test::OneKey(&key), nullptr, {}, test::kNow)
                .has_value() == derived);
    }
  }
}

TEST_CASE("RSA 1.5 is spoken only where the settings say so: M59") {
  Bench bench;
  Profile profile;
  profile.suite = "Basic256Rsa15";
  engine::ProtectWith with;
  with.bootstrap = true;
  const auto message = test::application_message(profile, "<x/>");
  CHECK(bench.client->protect(message, profile, with, test::kNow, bench.entropy).error().code() ==
        ErrorCode::invalid_argument);

  soap::CodecSettings allowing;
  allowing.allow_rsa_1_5 = true;
  Bench old(allowing);
  const auto wire = old.client->protect(message, profile, with, test::kNow, old.entropy).value();
  const contexts::LiveKey none = test::context_key(profile);
  const auto read = [&](soap::SoapCodec& codec) {
    return codec.open(codec.parse(wire.bytes, wire.content_type, profile).value(), profile,
                      test::OneKey(&none), nullptr, {}, test::kNow);
  };
  CHECK(read(*old.server));
  CHECK_FALSE(read(*bench.server));
}

TEST_CASE("TripleDes is never written, and read only where the settings say so") {
  soap::CodecSettings allowing;
  allowing.allow_tripledes = true;
  Profile profile;
  profile.suite = "TripleDes";
  const contexts::LiveKey key = test::context_key(profile);
  const auto message = test::application_message(profile, "<x/>");
  crypto::SystemEntropy entropy;
  for (const soap::CodecSettings& settings : {soap::CodecSettings(), allowing}) {
    engine::ProtectWith with;
    with.context = &key;
    CHECK(Bench(settings)
              .client->protect(message, profile, with, test::kNow, entropy)
              .error()
              .code() == ErrorCode::invalid_argument);
  }

  // As somebody else would write it.
  soap::ProtectionPlan plan;
  plan.suite = soap::find_suite("TripleDes");
  soap::ProtectionKeys keys;
  keys.context = &key;
  soap::Workspace workspace;
  Bytes out;
  const auto layout = soap::MessageLayout::make(message, profile, true, Limits()).value();
  REQUIRE(layout.with_envelope([&](const auto& envelope) {
    return soap::protect_envelope(envelope, plan, keys, test::kNow, entropy, workspace, out);
  }));
  Bench allowed(allowing);
  allowed.content_type = "application/soap+xml";
  CHECK(allowed.read(as_text(out), profile));
  Bench refusing;
  refusing.content_type = "application/soap+xml";
  CHECK(refusing.read(as_text(out), profile).error().code() == ErrorCode::token_unsupported);
}
