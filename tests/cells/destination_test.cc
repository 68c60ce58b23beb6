#include <catch2/catch.hpp>

#include "tests/support/cell_pair.h"

// A service that knows its own URLs takes nothing that was addressed to another, which may pass on
// what it got (message-security.md, M96, M98).

using namespace parley;
using engine::Profile;
using engine::SupportingUse;
using test::CellPair;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";
constexpr const char* kOther = "https://localhost:9700/other";

const std::vector<std::string>& cells() {
  static const std::vector<std::string> kCells{
      "sc13-rm11-x509-s12",  "sc05-rm10-x509-s12",     "sc13-rm11-asymmetric-s12",
      "sc13-rm11-https-s12", "sc13-rm11-username-s12", "sc13-x509-s12",
      "sc13-https-s12"};
  return kCells;
}

/// As if the stack of the client left wsa:To out of what its certificate signs.
class PassedOn final : public engine::ForwardingCodec {
 public:
  explicit PassedOn(const soap::Credentials& credentials)
      : ForwardingCodec(soap::SoapCodec::make(credentials, {}).value()) {}

  Result<engine::OpenedMessage> open(std::unique_ptr<engine::SealedMessage> sealed,
                                     const Profile& profile,
                                     const engine::KeyRing& keys,
                                     const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                     const engine::Channel& channel,
                                     WallTime now) override {
    auto opened = ForwardingCodec::open(std::move(sealed), profile, keys, answers, channel, now);
    if (opened) {
      opened->can_be_passed_on = true;
    }
    return opened;
  }
};

}  // namespace

TEST_CASE("A message that is addressed to this service is taken, and to another is not") {
  for (const std::string& cell : cells()) {
    CAPTURE(cell);
    const Profile profile = test::profile_of_cell(cell);
    CellPair at_home(profile, kKeys, {kOther, CellPair::kUrl});
    at_home.ask();
    CHECK(at_home.give_service(at_home.hold("/Echo")).deliveries.size() == 1);

    CellPair astray(profile, kKeys, {kOther});
    astray.ask();
    const auto first = astray.next();
    REQUIRE(first);
    const CellPair::Reaction reaction = astray.give_service(*first);
    CHECK(reaction.refused == ErrorCode::destination_unreachable);
    CHECK(reaction.is_without_trace());
  }
}

TEST_CASE("Without URLs of its own a service takes what it can open") {
  CellPair pair(test::profile_of_cell("sc13-rm11-x509-s12"), kKeys);
  pair.ask();
  const CellPair::Sent question = pair.hold("/Echo");
  engine::Message message = pair.read(question);
  message.addressing.to = kOther;
  CHECK(pair.give_service(pair.write(message)).deliveries.size() == 1);
}

TEST_CASE("Over TLS a certificate signs the address as well") {
  CellPair bootstrap(test::profile_of_cell("sc13-rm11-x509-https-s12"), kKeys, {CellPair::kUrl});
  bootstrap.ask();
  CHECK(bootstrap.give_service(bootstrap.hold("/Echo")).deliveries.size() == 1);

  Profile profile = test::profile_of_cell("sc13-rm11-https-s12");
  profile.supporting.x509 = SupportingUse::endorsing;
  CellPair endorsed(profile, kKeys, {CellPair::kUrl});
  endorsed.ask();
  const CellPair::Sent question = endorsed.hold("/Echo");
  CHECK(endorsed.give_service(question).deliveries.size() == 1);
}

TEST_CASE("Over TLS whoever changes the address of a message breaks what a certificate signs") {
  const std::vector<std::string> both{CellPair::kUrl, kOther};
  const auto refused = [](CellPair& pair, CellPair::Sent sent) {
    std::string text(as_text(sent.bytes));
    const std::size_t at = text.find(CellPair::kUrl);
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string(CellPair::kUrl).size(), kOther);
    const auto changed = pair.give_service(to_bytes(text), sent.content_type, pair.channel());
    CHECK(changed.refused == ErrorCode::security_failed);
    CHECK(changed.is_without_trace());
    CHECK_FALSE(pair.give_service(sent).refused);
  };
  Profile profile = test::profile_of_cell("sc13-rm11-https-s12");
  profile.supporting.x509 = SupportingUse::endorsing;
  CellPair endorsed(profile, kKeys, both);
  endorsed.ask();
  refused(endorsed, endorsed.hold("/Echo"));

  CellPair bootstrap(test::profile_of_cell("sc13-rm11-x509-https-s12"), kKeys, both);
  bootstrap.ask();
  refused(bootstrap, bootstrap.next().value());
}

TEST_CASE("What could have been passed on is refused by a service with URLs, and by no other") {
  for (const bool has_urls : {true, false}) {
    CAPTURE(has_urls);
    CellPair pair(test::profile_of_cell("sc13-rm11-https-s12"), kKeys);
    pair.ask();
    const CellPair::Sent request = pair.next().value();
    PassedOn codec(test::cell_credentials("server", kKeys));
    vectors::EngineSide service(
        codec, pair.profile, CellPair::kPath, {},
        has_urls ? std::vector<std::string>{CellPair::kUrl} : std::vector<std::string>{});
    std::optional<engine::AnswerKind> answer;
    service.engine().receive({engine::ExchangeId{1}, CellPair::kPath, pair.channel(),
                              request.content_type, Bytes(request.bytes)},
                             pair.now);
    service.settle(pair.now, [&](engine::Effect& effect) {
      if (const auto* const made = std::get_if<engine::Answer>(&effect)) {
        answer = made->kind;
      }
    });
    CHECK(answer == (has_urls ? engine::AnswerKind::sender_fault : engine::AnswerKind::message));
  }
}

TEST_CASE("The answer to a message whose MessageID was hidden relates to it all the same") {
  Profile profile = test::profile_of_cell("sc13-rm11-x509-s12");
  profile.encrypted_parts.headers = {{"http://www.w3.org/2005/08/addressing", "MessageID"}};
  CellPair pair(profile, kKeys);
  pair.ask();
  const CellPair::Sent creation = pair.hold("/CreateSequence");
  const std::string id = pair.read(creation).addressing.message_id;
  REQUIRE_FALSE(id.empty());
  CHECK(as_text(creation.bytes).find(id) == std::string_view::npos);
  const CellPair::Reaction created = pair.give_service(creation);
  REQUIRE(created.answer);
  CHECK(as_text(created.answer->bytes).find(">" + id + "</wsa:RelatesTo>") !=
        std::string_view::npos);
}
