#include <set>

#include <catch2/catch.hpp>

#include "bindings/soap/message_layout.h"
#include "support/external_tool.h"
#include "unit/soap/message_text.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// From engine::Message to bytes and back, in both roles, every version, shape and suite; and with
// each protected part altered in turn.

using namespace parley;
using engine::OpenedMessage;
using engine::Profile;

namespace {

/// Two codecs that know each other's certificates.
struct Pair {
  std::unique_ptr<soap::SoapCodec> client =
      soap::SoapCodec::make(test::client_credentials(), settings()).value();
  std::unique_ptr<soap::SoapCodec> server =
      soap::SoapCodec::make(test::server_credentials(), settings()).value();
  crypto::SystemEntropy entropy;

  static soap::CodecSettings settings() {
    soap::CodecSettings settings;
    settings.allow_rsa_1_5 = true;
    return settings;
  }
};

Result<OpenedMessage> open(soap::SoapCodec& codec,
                           const engine::WireMessage& wire,
                           const Profile& profile,
                           const contexts::LiveKey* key,
                           const std::shared_ptr<const engine::ExchangeKeys>& answers = nullptr) {
  std::string content_type = wire.content_type;
  if (!wire.soap_action.empty()) {
    content_type += "; action=\"" + wire.soap_action + "\"";
  }
  auto sealed = codec.parse(wire.bytes, content_type, profile);
  if (!sealed) {
    return sealed.error();
  }
  return codec.open(std::move(*sealed), profile, test::OneKey(key), answers, {}, test::kNow);
}

std::string action_of(const engine::Message& message, const Profile& profile) {
  return soap::MessageLayout::make(message, profile, false, Limits()).value().action();
}

bool ends_context(const engine::Body& body) {
  const auto* response = std::get_if<contexts::TokenResponse>(&body);
  const auto* request = std::get_if<contexts::TokenRequest>(&body);
  return (response != nullptr && response->cancelled) ||
         (request != nullptr && request->operation == contexts::TrustOperation::cancel);
}

void check_same(const Result<OpenedMessage>& opened,
                const test::Sample& sample,
                const Profile& profile) {
  if (!opened) {
    FAIL(opened.error().message());
  }
  CHECK(test::text_of(opened->message) ==
        test::text_on_the_wire(sample.message, profile, action_of(sample.message, profile)));
}

void check_under_context(Pair& pair, const Profile& profile, const test::Sample& sample) {
  CAPTURE(test::describe(profile), sample.name);
  for (const std::string instance : {"", "urn:instance"}) {
    const contexts::LiveKey key = test::context_key(profile, instance);
    for (const bool is_initiator : {true, false}) {
      engine::ProtectWith with;
      with.context = &key;
      with.is_initiator = is_initiator;
      soap::SoapCodec& from = is_initiator ? *pair.client : *pair.server;
      soap::SoapCodec& to = is_initiator ? *pair.server : *pair.client;
      const auto wire = from.protect(sample.message, profile, with, test::kNow, pair.entropy);
      REQUIRE(wire);
      const auto opened = open(to, *wire, profile, &key);
      check_same(opened, sample, profile);
      CHECK(std::get<engine::ContextProof>(opened->proof).name == key.name());
      REQUIRE(opened->replay_marks.size() == 1);
      CHECK(opened->replay_marks.front().digest.size() == 32);
      CHECK(opened->replay_marks.front().until ==
            test::kNow + soap::CodecSettings().timestamp_lifetime);
      CHECK(opened->exchange_keys == nullptr);
    }
  }
}

void check_bootstrap(Pair& pair, const Profile& profile, const test::Sample& sample) {
  CAPTURE(test::describe(profile), sample.name);
  engine::ProtectWith with;
  with.bootstrap = true;
  const auto request =
      pair.client->protect(sample.message, profile, with, test::kNow, pair.entropy);
  REQUIRE(request);
  REQUIRE(request->exchange_keys != nullptr);
  const auto asked = open(*pair.server, *request, profile, nullptr);
  check_same(asked, sample, profile);
  CHECK(std::get<engine::TokenProof>(asked->proof).subject.find("CN=Parley test client") !=
        std::string::npos);
  REQUIRE(asked->exchange_keys != nullptr);

  engine::ProtectWith answer;
  answer.answering = asked->exchange_keys;
  const auto response =
      pair.server->protect(sample.message, profile, answer, test::kNow, pair.entropy);
  REQUIRE(response);
  const auto answered = open(*pair.client, *response, profile, nullptr, request->exchange_keys);
  check_same(answered, sample, profile);
  CHECK(std::get<engine::TokenProof>(answered->proof).subject.find("CN=localhost") !=
        std::string::npos);
}

}  // namespace

TEST_CASE("Over TLS a Cancel may be signed besides, which CXF wants, and so is its answer then") {
  Pair pair;
  Profile profile;
  profile.protect = engine::Protection::transport;
  profile.binding = engine::BootstrapBinding::transport;
  profile.bootstrap = engine::Bootstrap::x509_https;
  const contexts::LiveKey key = test::context_key(profile);
  for (const test::Sample& sample : test::samples(profile)) {
    CAPTURE(sample.name);
    engine::ProtectWith with;
    with.context = &key;
    with.in_clear = true;
    const bool ends = ends_context(sample.message.body);
    const auto wire = pair.client->protect(sample.message, profile, with, test::kNow, pair.entropy);
    REQUIRE(wire);
    const std::string_view text = as_text(wire->bytes);
    CHECK((text.find("#parley-body\"") != std::string_view::npos) == ends);
    auto sealed = pair.server->parse(wire->bytes, wire->content_type, profile);
    REQUIRE(sealed);
    engine::Channel tls;
    tls.is_confidential = true;
    const auto opened = pair.server->open(std::move(*sealed), profile, test::OneKey(&key), nullptr,
                                          tls, test::kNow);
    REQUIRE(opened);
    CHECK(opened->is_in_clear == ends);
  }
}

TEST_CASE(
    "What ends a context may be signed by its key itself and not encrypted, and nothing else") {
  // CXF answers a Cancel so, whatever its policy asks of other messages.
  Pair pair;
  const Profile profile;
  REQUIRE(profile.derived_keys);
  Profile loose = profile;
  loose.derived_keys = false;
  loose.protect = engine::Protection::sign;
  const contexts::LiveKey key = test::context_key(profile);
  engine::ProtectWith with;
  with.context = &key;
  bool has_ended = false;
  for (const test::Sample& sample : test::samples(profile)) {
    CAPTURE(sample.name);
    const bool ends = ends_context(sample.message.body);
    has_ended = has_ended || ends;
    const auto wire = pair.server->protect(sample.message, loose, with, test::kNow, pair.entropy);
    REQUIRE(wire);
    const auto opened = open(*pair.client, *wire, profile, &key);
    CHECK(opened.has_value() == ends);
  }
  CHECK(has_ended);
}

TEST_CASE("every message comes back as it was sent, in every version and both roles") {
  Pair pair;
  for (const Profile& profile : test::version_profiles()) {
    for (const test::Sample& sample : test::samples(profile)) {
      check_under_context(pair, profile, sample);
    }
  }
}

TEST_CASE("every message comes back in every shape of protection and every suite") {
  Pair pair;
  for (const Profile& profile : test::shape_profiles()) {
    for (const test::Sample& sample : test::samples(profile)) {
      check_under_context(pair, profile, sample);
    }
  }
  for (const auto& more : {test::key_profiles(), test::suite_profiles()}) {
    for (const Profile& profile : more) {
      check_under_context(pair, profile, test::samples(profile).front());
    }
  }
}

TEST_CASE("a bootstrap request and its answer come back in every version, shape and suite") {
  Pair pair;
  std::vector<Profile> profiles = test::version_profiles();
  for (const auto& more : {test::shape_profiles(), test::key_profiles(), test::suite_profiles()}) {
    profiles.insert(profiles.end(), more.begin(), more.end());
  }
  for (const Profile& profile : profiles) {
    for (const test::Sample& sample : test::samples(profile)) {
      if (sample.name.starts_with("token re")) {
        check_bootstrap(pair, profile, sample);
        break;
      }
    }
  }
}

TEST_CASE("an unprotected message comes back in every version") {
  Pair pair;
  for (Profile profile : test::version_profiles()) {
    profile.protect = engine::Protection::none;
    profile.sc.reset();
    for (const test::Sample& sample : test::samples(profile)) {
      CAPTURE(test::describe(profile), sample.name);
      const auto wire = pair.client->protect(sample.message, profile, {}, test::kNow, pair.entropy);
      REQUIRE(wire);
      CHECK(as_text(wire->bytes).find("Security") == std::string_view::npos);
      const auto opened = open(*pair.server, *wire, profile, nullptr);
      check_same(opened, sample, profile);
      CHECK(std::holds_alternative<engine::NoProof>(opened->proof));
    }
  }
}

TEST_CASE("bodies of all sizes come back") {
  Pair pair;
  const Profile profile;
  const contexts::LiveKey key = test::context_key(profile);
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 1000u, 65536u, 1000000u}) {
    const test::Sample sample{
        "sized", test::application_message(profile, "<x>" + std::string(size, 'n') + "</x>")};
    check_under_context(pair, profile, sample);
  }
}

TEST_CASE("a codec without a key in common does not protect by accident") {
  Pair pair;
  const Profile profile;
  const auto message = test::application_message(profile, "<x/>");
  const auto error_of = [&](soap::SoapCodec& codec, const Profile& spoken,
                            const engine::ProtectWith& with) {
    const auto wire = codec.protect(message, spoken, with, test::kNow, pair.entropy);
    REQUIRE_FALSE(wire);
    return wire.error().code();
  };
  CHECK(error_of(*pair.client, profile, {}) == ErrorCode::invalid_argument);
  engine::ProtectWith bootstrap;
  bootstrap.bootstrap = true;
  const auto keyless = soap::SoapCodec::make({}, {}).value();
  CHECK(error_of(*keyless, profile, bootstrap) == ErrorCode::key_unusable);
  CHECK(error_of(*pair.server, profile, bootstrap) == ErrorCode::key_unusable);
  Profile odd;
  odd.suite = "Basic257";
  const contexts::LiveKey key = test::context_key(profile);
  engine::ProtectWith with;
  with.context = &key;
  CHECK(error_of(*pair.client, odd, with) == ErrorCode::invalid_argument);
  with.bootstrap = true;
  CHECK(error_of(*pair.client, profile, with) == ErrorCode::invalid_argument);
}

// --- altered on the way
// ---------------------------------------------------------------------------

namespace {

/// Places in the message at which one character is changed: text and attribute values of every
/// element, one place each.
std::vector<std::size_t> places_of(const Bytes& wire) {
  const xml::Document document = test::parsed(wire);
  const std::string_view text = as_text(wire);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
    const std::string_view source = element.source();
    const std::size_t begin = text.find(source);
    REQUIRE(begin != std::string_view::npos);
    places.push_back(begin + 2);  // in the name
    for (std::size_t quote = source.find("=\""); quote < source.find('>');
         quote = source.find("=\"", quote + 1)) {
      places.push_back(begin + quote + 3);
    }
    const std::size_t content = source.find('>') + 1;
    if (!element.has_children() && !element.text().empty()) {
      places.push_back(begin + content);
      places.push_back(begin + content + element.text().size() - 1);
    }
  }
  return places;
}

std::vector<Profile> altered_profiles() {
  std::vector<Profile> profiles = test::shape_profiles();
  const std::vector<Profile> more = test::key_profiles();
  profiles.insert(profiles.end(), more.begin(), more.end());
  return profiles;
}

Byte changed(Byte octet) {
  if (octet == '=') {
    return 'A';
  }
  return static_cast<Byte>(octet == 'A'   ? 'B'
                           : octet == '1' ? '2'
                           : octet == 'z' ? 'a'
                                          : octet + 1);
}

}  // namespace

TEST_CASE("a message with any character altered is refused, or says exactly the same") {
  Pair pair;
  for (const Profile& profile : altered_profiles()) {
    CAPTURE(test::describe(profile));
    const contexts::LiveKey key = test::context_key(profile);
    engine::ProtectWith with;
    with.context = &key;
    const test::Sample sample = std::move(test::samples(profile)[0]);
    const auto wire =
        pair.client->protect(sample.message, profile, with, test::kNow, pair.entropy).value();
    const std::string original = test::text_of(open(*pair.server, wire, profile, &key)->message);
    std::size_t refused = 0;
    std::size_t harmless = 0;
    for (const std::size_t place : places_of(wire.bytes)) {
      engine::WireMessage altered = wire;
      altered.bytes[place] = changed(altered.bytes[place]);
      const auto opened = open(*pair.server, altered, profile, &key);
      if (!opened) {
        ++refused;
        continue;
      }
      // What no signature covers and nothing depends on, as the Id of a token.
      CAPTURE(
          std::string(as_text(ByteView(altered.bytes).subspan(place > 60 ? place - 60 : 0, 90))));
      CHECK(test::text_of(opened->message) == original);
      CHECK(std::holds_alternative<engine::ContextProof>(opened->proof));
      ++harmless;
    }
    CHECK(refused > 100);
    CHECK(harmless < refused / 10);
  }
}

TEST_CASE("a message without one of its parts is refused") {
  Pair pair;
  for (const Profile& profile : altered_profiles()) {
    CAPTURE(test::describe(profile));
    const contexts::LiveKey key = test::context_key(profile);
    engine::ProtectWith with;
    with.context = &key;
    const test::Sample sample = std::move(test::samples(profile)[0]);
    const auto wire =
        pair.client->protect(sample.message, profile, with, test::kNow, pair.entropy).value();
    const xml::Document document = test::parsed(wire.bytes);
    std::vector<xml::Element> parts;
    for (const xml::Element& part : document.root().children()) {
      for (const xml::Element& block : part.children()) {
        parts.push_back(block);
        if (block.local_name() == "Security") {
          for (const xml::Element& child : block.children()) {
            parts.push_back(child);
          }
        }
      }
    }
    CHECK(parts.size() >= 10);
    for (const xml::Element& part : parts) {
      CAPTURE(part.local_name());
      std::string text(as_text(wire.bytes));
      const std::string_view source = part.source();
      engine::WireMessage altered = wire;
      altered.bytes = to_bytes(text.erase(text.find(source), source.size()));
      CHECK_FALSE(open(*pair.server, altered, profile, &key));
    }
  }
}

TEST_CASE("a part of one message in another is refused") {
  Pair pair;
  const Profile profile;
  const contexts::LiveKey key = test::context_key(profile);
  engine::ProtectWith with;
  with.context = &key;
  const auto protect = [&](std::string_view body) {
    return pair.client
        ->protect(test::application_message(profile, body), profile, with, test::kNow, pair.entropy)
        .value();
  };
  const engine::WireMessage first = protect("<x>1</x>");
  const engine::WireMessage second = protect("<x>2</x>");
  const xml::Document from = test::parsed(second.bytes);
  const xml::Document into = test::parsed(first.bytes);
  std::size_t count = 0;
  const auto swap = [&](const xml::Element& old_part, const xml::Element& new_part) {
    const std::string_view source = old_part.source();
    if (source == new_part.source()) {
      return;  // the same in both
    }
    CAPTURE(old_part.local_name());
    std::string text(as_text(first.bytes));
    engine::WireMessage altered = first;
    altered.bytes = to_bytes(text.replace(text.find(source), source.size(), new_part.source()));
    CHECK_FALSE(open(*pair.server, altered, profile, &key));
    ++count;
  };
  const auto security = [](const xml::Document& document) {
    return test::children_of(document.root().first_child()).back();
  };
  const auto old_parts = test::children_of(security(into));
  const auto new_parts = test::children_of(security(from));
  REQUIRE(old_parts.size() == new_parts.size());
  for (std::size_t i = 0; i < old_parts.size(); ++i) {
    swap(old_parts[i], new_parts[i]);
  }
  swap(test::children_of(into.root()).back(), test::children_of(from.root()).back());
  CHECK(count >= 4);
}

TEST_CASE("another context's key, or another Instance's, opens nothing") {
  Pair pair;
  const Profile profile;
  const contexts::LiveKey key = test::context_key(profile, "urn:first");
  engine::ProtectWith with;
  with.context = &key;
  const auto wire = pair.client
                        ->protect(test::application_message(profile, "<x/>"), profile, with,
                                  test::kNow, pair.entropy)
                        .value();
  const contexts::LiveKey renewed = test::context_key(profile, "urn:second");
  CHECK(open(*pair.server, wire, profile, &renewed).error().code() == ErrorCode::context_unknown);
  CHECK(open(*pair.server, wire, profile, nullptr).error().code() == ErrorCode::context_unknown);
  const contexts::LiveKey forged =
      contexts::LiveKey::make(key.name(), key.family(), crypto::SecretBytes::copy_of(Bytes(32, 8)),
                              key.expires())
          .value();
  CHECK(open(*pair.server, wire, profile, &forged).error().code() == ErrorCode::security_failed);
}

TEST_CASE("a stranger's bootstrap is refused, and so is one for somebody else") {
  Pair pair;
  const Profile profile;
  soap::Credentials credentials = test::client_credentials();
  const auto keys = test::source_folder() / "tests" / "data" / "keys";
  credentials.own_certificates_pem = test::read_file(keys / "stranger.pem");
  credentials.own_key_pem = crypto::SecretBytes::take(test::read_file(keys / "stranger.key"));
  const auto stranger = soap::SoapCodec::make(credentials, {}).value();
  engine::ProtectWith with;
  with.bootstrap = true;
  const auto message = test::application_message(profile, "<x/>");
  const auto forged = stranger->protect(message, profile, with, test::kNow, pair.entropy).value();
  CHECK_FALSE(open(*pair.server, forged, profile, nullptr));

  soap::Credentials misled = test::client_credentials();
  misled.peer_certificate_pem = test::read_file(keys / "stranger.pem");
  const auto elsewhere = soap::SoapCodec::make(misled, {}).value();
  const auto foreign = elsewhere->protect(message, profile, with, test::kNow, pair.entropy).value();
  CHECK_FALSE(open(*pair.server, foreign, profile, nullptr));
}

TEST_CASE("an answer to another request is refused") {
  Pair pair;
  const Profile profile;
  engine::ProtectWith with;
  with.bootstrap = true;
  const auto message = test::application_message(profile, "<x/>");
  const auto first = pair.client->protect(message, profile, with, test::kNow, pair.entropy).value();
  const auto second =
      pair.client->protect(message, profile, with, test::kNow, pair.entropy).value();
  engine::ProtectWith answer;
  answer.answering = open(*pair.server, first, profile, nullptr)->exchange_keys;
  const auto response =
      pair.server->protect(message, profile, answer, test::kNow, pair.entropy).value();
  CHECK(open(*pair.client, response, profile, nullptr, first.exchange_keys));
  CHECK_FALSE(open(*pair.client, response, profile, nullptr, second.exchange_keys));
  CHECK_FALSE(open(*pair.client, response, profile, nullptr));
}
