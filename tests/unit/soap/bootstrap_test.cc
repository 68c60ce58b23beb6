#include <set>

#include <catch2/catch.hpp>

#include "bindings/soap/fault_table.h"
#include "bindings/soap/message_layout.h"
#include "bindings/soap/security/uris.h"
#include "support/external_tool.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// Every way to ask for a context and to answer: what it proves, what is refused, and that all
// refusals look alike (message-security.md, 4, 10, 16; trust.md, T4, T15; tokens.md, 9).

using namespace parley;
using engine::Bootstrap;
using engine::BootstrapBinding;
using engine::PasswordForm;
using engine::Profile;

namespace {

const engine::Channel kTls{true, "localhost"};

Profile profile_of(Bootstrap bootstrap,
                   BootstrapBinding binding,
                   PasswordForm password = PasswordForm::text) {
  Profile profile;
  profile.bootstrap = bootstrap;
  profile.binding = binding;
  profile.password = password;
  if (binding == BootstrapBinding::transport) {
    profile.protect = engine::Protection::transport;
    profile.derived_keys = false;
  }
  return profile;
}

std::vector<Profile> bootstraps() {
  return {profile_of(Bootstrap::x509, BootstrapBinding::symmetric),
          profile_of(Bootstrap::x509, BootstrapBinding::asymmetric),
          profile_of(Bootstrap::username_cert, BootstrapBinding::symmetric),
          profile_of(Bootstrap::username_cert, BootstrapBinding::symmetric, PasswordForm::digest),
          profile_of(Bootstrap::username_https, BootstrapBinding::transport),
          profile_of(Bootstrap::username_https, BootstrapBinding::transport, PasswordForm::digest),
          profile_of(Bootstrap::x509_https, BootstrapBinding::transport)};
}

bool is_by_user(const Profile& profile) {
  return profile.bootstrap == Bootstrap::username_cert ||
         profile.bootstrap == Bootstrap::username_https;
}

bool is_over_tls(const Profile& profile) {
  return profile.binding == BootstrapBinding::transport;
}

crypto::SecretBytes secret_of(std::string_view text) {
  return crypto::SecretBytes::copy_of(as_bytes(text));
}

Bytes key_file(std::string_view name) {
  return test::read_file(test::source_folder() / "tests" / "data" / "keys" / name);
}

soap::Credentials as_alice(std::string_view password = "wonderland",
                           std::string_view name = "alice") {
  soap::Credentials credentials = test::client_credentials();
  credentials.user = soap::UserCredential{std::string(name), secret_of(password)};
  return credentials;
}

soap::Credentials of_service() {
  soap::Credentials credentials = test::server_credentials();
  credentials.users.password = [](std::string_view name) {
    return name == "alice" ? std::optional(secret_of("wonderland")) : std::nullopt;
  };
  return credentials;
}

engine::Message request_of(const Profile& profile) {
  for (test::Sample& sample : test::samples(profile)) {
    if (sample.name.starts_with("token request")) {
      return std::move(sample.message);
    }
  }
  FAIL("no token request");
  return {};
}

/// Both sides, and what goes between them.
struct Sides {
  explicit Sides(soap::Credentials caller = as_alice(), soap::Credentials service = of_service())
      : client(soap::SoapCodec::make(caller, {}).value()),
        server(soap::SoapCodec::make(service, {}).value()) {}

  Result<engine::WireMessage> ask(const Profile& profile) {
    engine::ProtectWith with;
    with.bootstrap = true;
    engine::Message message = request_of(profile);
    message.addressing.message_id = crypto::fresh_uuid_urn(entropy);
    return client->protect(message, profile, with, test::kNow, entropy);
  }

  Result<engine::WireMessage> answer(const Profile& profile,
                                     std::shared_ptr<const engine::ExchangeKeys> keys,
                                     std::string_view relates_to) {
    engine::ProtectWith with;
    with.answering = std::move(keys);
    with.is_answer = true;
    engine::Message message = request_of(profile);
    message.addressing.relates_to = relates_to;
    return server->protect(message, profile, with, test::kNow, entropy);
  }

  Result<engine::OpenedMessage> open(
      soap::SoapCodec& by,
      const engine::WireMessage& wire,
      const Profile& profile,
      const engine::Channel& channel,
      const std::shared_ptr<const engine::ExchangeKeys>& answers = nullptr) {
    PARLEY_ASSIGN_OR_RETURN(auto sealed, by.parse(Bytes(wire.bytes), wire.content_type, profile));
    return by.open(std::move(sealed), profile, test::KnownKeys(), answers, channel, test::kNow);
  }

  /// What the service makes of a request.
  Result<engine::OpenedMessage> serve(const Profile& profile) {
    PARLEY_ASSIGN_OR_RETURN(const engine::WireMessage wire, ask(profile));
    return open(*server, wire, profile, channel_of(profile));
  }

  static engine::Channel channel_of(const Profile& profile) {
    return is_over_tls(profile) ? kTls : engine::Channel{};
  }

  std::unique_ptr<soap::SoapCodec> client;
  std::unique_ptr<soap::SoapCodec> server;
  crypto::SystemEntropy entropy;
};

std::string text_of(const engine::WireMessage& wire) {
  return std::string(as_text(wire.bytes));
}

}  // namespace

TEST_CASE("Every bootstrap proves who asks and who answers") {
  for (const Profile& profile : bootstraps()) {
    CAPTURE(static_cast<int>(profile.bootstrap), static_cast<int>(profile.binding));
    Sides sides;
    const auto asked = sides.ask(profile);
    REQUIRE(asked);
    const auto opened = sides.open(*sides.server, *asked, profile, Sides::channel_of(profile));
    if (!opened) {
      FAIL(opened.error().message());
    }
    const auto& proof = std::get<engine::TokenProof>(opened->proof);
    if (is_by_user(profile)) {
      CHECK(proof.principal == "user:alice");
    } else {
      CHECK(proof.subject.find("CN=Parley test client") != std::string::npos);
    }
    CHECK(std::holds_alternative<contexts::TokenRequest>(opened->message.body));
    REQUIRE(opened->exchange_keys != nullptr);

    const auto answered =
        sides.answer(profile, opened->exchange_keys, opened->message.addressing.message_id);
    REQUIRE(answered);
    const auto answer = sides.open(*sides.client, *answered, profile, Sides::channel_of(profile),
                                   asked->exchange_keys);
    if (!answer) {
      FAIL(answer.error().message());
    }
    const auto& who = std::get<engine::TokenProof>(answer->proof);
    CHECK(who.subject.find("localhost") != std::string::npos);
  }
}

TEST_CASE("Key material and passwords are in clear over TLS only (SC12, T15, M20, K67)") {
  for (const Profile& profile : bootstraps()) {
    Sides sides;
    const std::string text = text_of(sides.ask(profile).value());
    const bool is_clear = is_over_tls(profile);
    CHECK((text.find("RequestSecurityToken") != std::string::npos) == is_clear);
    CHECK((text.find("UsernameToken") != std::string::npos) == (is_clear && is_by_user(profile)));
    CHECK((text.find("wonderland") != std::string::npos) ==
          (is_clear && is_by_user(profile) && profile.password == PasswordForm::text));
  }
}

TEST_CASE(
    "A credential that is wrong, expired, revoked or a stranger's fails alike in every bootstrap "
    "(M19, M58, M88)") {
  soap::Credentials stranger = as_alice("wrong");
  stranger.own_certificates_pem = key_file("stranger.pem");
  stranger.own_key_pem = crypto::SecretBytes::take(key_file("stranger.key"));
  soap::Credentials expired = as_alice("Wonderland");
  expired.own_certificates_pem = key_file("expired.pem");
  soap::Credentials unknown = as_alice("wonderland", "bob");
  unknown.own_certificates_pem = key_file("stranger.pem");
  unknown.own_key_pem = crypto::SecretBytes::take(key_file("stranger.key"));
  soap::Credentials nothing = as_alice("", "alice");
  nothing.own_certificates_pem = key_file("expired.pem");

  std::set<std::string> faces;
  const auto refused = [&](soap::Credentials caller, soap::Credentials service,
                           const Profile& profile) {
    Sides sides(std::move(caller), std::move(service));
    const auto opened = sides.serve(profile);
    REQUIRE_FALSE(opened);
    const soap::FaultForm face = soap::fault_form(opened.error().code(), soap::dialect_of(profile));
    faces.insert(std::string(face.local_name) + ": " + std::string(face.reason));
  };
  std::vector<Profile> spoken = bootstraps();
  for (const BootstrapBinding binding : {BootstrapBinding::symmetric, BootstrapBinding::asymmetric,
                                         BootstrapBinding::transport}) {
    spoken.push_back(profile_of(Bootstrap::issued, binding));
    spoken.back().issuer_bootstrap = engine::issuer_bootstrap(spoken.back());
  }
  for (const Profile& profile : spoken) {
    CAPTURE(static_cast<int>(profile.bootstrap), static_cast<int>(profile.binding));
    const auto copy = [](const soap::Credentials& from) {
      soap::Credentials made;
      made.own_certificates_pem = from.own_certificates_pem;
      made.own_key_pem = from.own_key_pem->clone();
      made.peer_certificate_pem = from.peer_certificate_pem;
      made.anchors_pem = from.anchors_pem;
      made.user = soap::UserCredential{from.user->name, from.user->password.clone()};
      return made;
    };
    for (const soap::Credentials* bad : {&stranger, &expired, &unknown, &nothing}) {
      refused(copy(*bad), of_service(), profile);
    }
    soap::Credentials service = of_service();
    service.crls_pem = key_file("client-revoked.crl");
    service.users.password = [](std::string_view) { return std::nullopt; };
    refused(as_alice(), std::move(service), profile);
  }
  CHECK(faces.size() == 1);
}

TEST_CASE(
    "No bootstrap stands in for another: credential, binding and form are those of the profile") {
  const std::vector<Profile> all = bootstraps();
  for (std::size_t spoken = 0; spoken < all.size(); ++spoken) {
    for (std::size_t expected = 0; expected < all.size(); ++expected) {
      CAPTURE(spoken, expected);
      Sides sides;
      const auto wire = sides.ask(all[spoken]);
      REQUIRE(wire);
      // A certificate that signs the Timestamp and everything else besides shows all that is asked
      // for over TLS.
      const bool shows_more = all[spoken].binding == BootstrapBinding::asymmetric &&
                              all[expected].bootstrap == Bootstrap::x509_https;
      // On TLS, so that it is never the channel that is missing.
      CHECK(sides.open(*sides.server, *wire, all[expected], kTls).has_value() ==
            (spoken == expected || shows_more));
    }
  }
  // `none` takes no bootstrap at all, `issued` what a token service shows: its certificate.
  for (const Bootstrap bootstrap : {Bootstrap::issued, Bootstrap::none}) {
    for (const Profile& spoken : all) {
      Sides sides;
      const Profile expected = profile_of(bootstrap, spoken.binding);
      const bool is_taken = bootstrap == Bootstrap::issued && !is_by_user(spoken);
      CHECK(sides.open(*sides.server, sides.ask(spoken).value(), expected, kTls).has_value() ==
            is_taken);
    }
  }
}

TEST_CASE("A token service is asked as the profile says, under its own certificate") {
  for (const Profile& direct : bootstraps()) {
    Profile issued = direct;
    issued.bootstrap = Bootstrap::issued;
    issued.issuer_bootstrap = direct.bootstrap;
    Sides sides;
    const auto asked = sides.ask(issued);
    REQUIRE(asked);
    const auto opened = sides.open(*sides.server, *asked, direct, kTls);
    REQUIRE(opened);
    const auto answered =
        sides.answer(direct, opened->exchange_keys, opened->message.addressing.message_id);
    REQUIRE(answered);
    CHECK(sides.open(*sides.client, *answered, issued, kTls, asked->exchange_keys));
  }
}

TEST_CASE("Among several services each is written to under its own certificate") {
  const Profile profile = profile_of(Bootstrap::x509, BootstrapBinding::symmetric);
  soap::Credentials caller = as_alice();
  const std::string url = request_of(profile).addressing.to;
  REQUIRE_FALSE(url.empty());
  caller.peer_certificates_pem[url] = std::exchange(caller.peer_certificate_pem,
                                                    key_file("client.pem"));
  CHECK(Sides(std::move(caller)).serve(profile));
  soap::Credentials astray = as_alice();
  astray.peer_certificates_pem[url + "/other"] =
      std::exchange(astray.peer_certificate_pem, key_file("client.pem"));
  CHECK_FALSE(Sides(std::move(astray)).serve(profile));
  soap::Credentials nobody = as_alice();
  nobody.peer_certificate_pem.clear();
  CHECK(Sides(std::move(nobody)).ask(profile).error().code() == ErrorCode::key_unusable);
}

TEST_CASE("What TLS has to protect is refused without it, in both directions (SC44, M98)") {
  for (const Profile& profile : bootstraps()) {
    if (!is_over_tls(profile)) {
      continue;
    }
    Sides sides;
    const auto asked = sides.ask(profile).value();
    CHECK_FALSE(sides.open(*sides.server, asked, profile, {}));
    const auto opened = sides.open(*sides.server, asked, profile, kTls);
    REQUIRE(opened);
    const auto answered = sides.answer(profile, opened->exchange_keys, "urn:x").value();
    CHECK_FALSE(sides.open(*sides.client, answered, profile, {}, asked.exchange_keys));
    // Nor is it an answer where nothing was asked.
    CHECK_FALSE(sides.open(*sides.client, answered, profile, kTls));
  }
}

TEST_CASE(
    "A service without a list of users, or that knows hashes only, takes what it can judge (K66)") {
  for (const Profile& profile : bootstraps()) {
    if (!is_by_user(profile)) {
      continue;
    }
    Sides nobody(as_alice(), test::server_credentials());
    CHECK_FALSE(nobody.serve(profile));
    soap::Credentials hashes = test::server_credentials();
    hashes.users.check = [](std::string_view name, const crypto::SecretBytes& password) {
      return name == "alice" && password.equals(secret_of("wonderland"));
    };
    Sides hashed(as_alice(), std::move(hashes));
    CHECK(hashed.serve(profile).has_value() == (profile.password == PasswordForm::text));
  }
}

TEST_CASE("The marks of a request tell a copy from a repetition (M18, M84)") {
  for (const Profile& profile : bootstraps()) {
    CAPTURE(static_cast<int>(profile.bootstrap), static_cast<int>(profile.binding));
    Sides sides;
    std::set<Bytes> seen;
    std::size_t count = 0;
    for (int i = 0; i < 2; ++i) {
      const auto wire = sides.ask(profile).value();
      const auto first = sides.open(*sides.server, wire, profile, Sides::channel_of(profile));
      const auto copy = sides.open(*sides.server, wire, profile, Sides::channel_of(profile));
      REQUIRE(first);
      REQUIRE(copy);
      REQUIRE(first->replay_marks.size() == copy->replay_marks.size());
      for (std::size_t mark = 0; mark < first->replay_marks.size(); ++mark) {
        CHECK(first->replay_marks[mark].digest == copy->replay_marks[mark].digest);
        CHECK(first->replay_marks[mark].until > test::kNow);
        seen.insert(first->replay_marks[mark].digest);
        ++count;
      }
    }
    const std::size_t marks = profile.bootstrap == Bootstrap::username_cert ? 2 : 1;
    CHECK(count == 2 * marks);
    CHECK(seen.size() == count);
  }
}

TEST_CASE("An asymmetric answer is the asked service's, and that of this request") {
  const Profile profile = profile_of(Bootstrap::x509, BootstrapBinding::asymmetric);
  Sides sides;
  const auto asked = sides.ask(profile).value();
  const auto opened = sides.open(*sides.server, asked, profile, {});
  REQUIRE(opened);
  const std::string& id = opened->message.addressing.message_id;
  CHECK(sides.open(*sides.client, sides.answer(profile, opened->exchange_keys, id).value(), profile,
                   {}, asked.exchange_keys));
  CHECK_FALSE(sides.open(*sides.client,
                         sides.answer(profile, opened->exchange_keys, "urn:another").value(),
                         profile, {}, asked.exchange_keys));
  // Somebody else whom both trust: the client itself, answering in the service's place.
  soap::Credentials impostor = test::client_credentials();
  impostor.peer_certificate_pem.clear();
  Sides other(as_alice(), std::move(impostor));
  CHECK_FALSE(other.open(*other.client, other.answer(profile, opened->exchange_keys, id).value(),
                         profile, {}, asked.exchange_keys));
}

TEST_CASE(
    "Over TLS a context signs the Timestamp, its answers are proven by their exchange (SC44)") {
  Profile profile = profile_of(Bootstrap::username_https, BootstrapBinding::transport);
  for (const bool derived : {false, true}) {
    profile.derived_keys = derived;
    Sides sides;
    const contexts::LiveKey key = test::context_key(profile);
    test::KnownKeys known(test::context_key(profile));
    const auto protect = [&](soap::SoapCodec& by, bool is_initiator, bool is_answer) {
      engine::ProtectWith with;
      with.context = &key;
      with.is_initiator = is_initiator;
      with.is_answer = is_answer;
      return by
          .protect(test::application_message(profile, "<x/>"), profile, with, test::kNow,
                   sides.entropy)
          .value();
    };
    const auto open = [&](soap::SoapCodec& by, const engine::WireMessage& wire,
                          const engine::Channel& channel,
                          std::shared_ptr<const engine::ExchangeKeys> answers = nullptr) {
      auto sealed = by.parse(Bytes(wire.bytes), wire.content_type, profile);
      REQUIRE(sealed);
      return by.open(std::move(*sealed), profile, known, answers, channel, test::kNow);
    };
    const auto request = protect(*sides.client, true, false);
    const auto opened = open(*sides.server, request, kTls);
    REQUIRE(opened);
    CHECK(std::get<engine::ContextProof>(opened->proof).name == key.name());
    CHECK_FALSE(open(*sides.server, request, {}));
    // One without a MessageID, whose Timestamp another of the same moment has too, has no mark.
    auto nameless = request;
    const std::string text(as_text(nameless.bytes));
    const std::size_t from = text.find("<wsa:MessageID");
    const std::string_view end = "</wsa:MessageID>";
    nameless.bytes = to_bytes(std::string(text).erase(from, text.find(end) + end.size() - from));
    const auto unmarked = open(*sides.server, nameless, kTls);
    REQUIRE(unmarked);
    CHECK(unmarked->replay_marks.empty());
    // Two of one moment are no copies of each other.
    const auto second = protect(*sides.client, true, false);
    CHECK(open(*sides.server, second, kTls)->replay_marks.front().digest !=
          opened->replay_marks.front().digest);

    const auto answer = protect(*sides.server, false, true);
    CHECK(text_of(answer).find("SignatureValue") == std::string::npos);
    const auto answered = open(*sides.client, answer, kTls, request.exchange_keys);
    REQUIRE(answered);
    CHECK(std::get<engine::ContextProof>(answered->proof).name == key.name());
    CHECK_FALSE(open(*sides.client, answer, {}, request.exchange_keys));
    CHECK_FALSE(open(*sides.client, answer, kTls));
    // What comes by itself is signed.
    const auto unasked = protect(*sides.server, false, false);
    CHECK(open(*sides.client, unasked, kTls).has_value());
  }
}

TEST_CASE("A username bootstrap without one of its protections proves nothing (K67, M14, M91)") {
  const Profile profile = profile_of(Bootstrap::username_cert, BootstrapBinding::symmetric);
  Sides sides;
  const std::string text = text_of(sides.ask(profile).value());
  const auto code_of = [&](std::string changed, std::string_view what) {
    CAPTURE(what);
    REQUIRE(changed != text);
    engine::WireMessage wire = sides.ask(profile).value();
    wire.bytes = to_bytes(changed);
    const auto opened = sides.open(*sides.server, wire, profile, {});
    REQUIRE_FALSE(opened);
    return soap::fault_form(opened.error().code(), soap::dialect_of(profile)).local_name;
  };
  const auto without = [&](std::string_view begin, std::string_view end) {
    const std::size_t at = text.find(begin);
    REQUIRE(at != std::string::npos);
    const std::size_t last = text.find(end, at) + end.size();
    return text.substr(0, at) + text.substr(last);
  };
  CHECK(code_of(without("<wsu:Timestamp", "</wsu:Timestamp>"), "no Timestamp") ==
        "InvalidSecurity");
  CHECK(code_of(without("<ds:Signature ", "</ds:Signature>"), "no signature") == "InvalidSecurity");
  CHECK(code_of(without("<ds:Reference URI=\"#wss-ts\"", "</ds:Reference>"),
                "Timestamp not signed") == "InvalidSecurity");
  CHECK(code_of(without("<ds:Reference URI=\"#wss-user\"", "</ds:Reference>"),
                "password not signed") == "InvalidSecurity");
  CHECK(code_of(without("<xenc:DataReference URI=\"#wss-ed-user\"", "</xenc:DataReference>"),
                "password not listed") == "InvalidSecurity");
  // A password in clear beside the encrypted one.
  std::string added = text;
  added.insert(text.find("<ds:Signature "),
               "<wsse:UsernameToken xmlns:wsse=\"" + std::string(soap::uri::kWsse) +
                   "\"><wsse:Username>alice</wsse:Username><wsse:Password>wrong</wsse:Password>"
                   "</wsse:UsernameToken>");
  CHECK(code_of(added, "second UsernameToken") == "InvalidSecurity");
}
