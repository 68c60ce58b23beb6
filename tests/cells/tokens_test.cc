#include <catch2/catch.hpp>

#include "tests/support/cell_pair.h"
#include "unit/soap/saml_text.h"

// What a service does about the tokens that its profile asks for besides the context (tokens.md, K1, K2,
// K25; WS-SecurityPolicy 1.2, section 8).

using namespace parley;
using engine::Profile;
using engine::SupportingUse;
using store::TokenKind;
using test::CellPair;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";

/// With sequences and without, in both families, under message protection and over TLS.
std::vector<Profile> profiles() {
  std::vector<Profile> all;
  for (const char* id : {"sc13-rm11-x509-s12", "sc05-rm10-x509-s12", "sc13-x509-s12",
                         "sc13-rm11-sign-s12", "sc13-rm11-https-s12", "sc13-https-s12",
                         "sc13-rm11-username-s12"}) {
    all.push_back(test::profile_of_cell(id));
    all.back().supporting.x509 = SupportingUse::signed_endorsing;
    all.back().supporting.username = SupportingUse::signed_encrypted;
  }
  return all;
}

std::string assertion(const std::string& conditions) {
  test::AssertionText what;
  what.issued = WallTime{1'800'000'000'000} - std::chrono::minutes(1);
  what.ends = what.issued + std::chrono::minutes(30);
  what.conditions = conditions;
  return test::assertion(what, "server");
}

/// What the client would have sent under another profile.
CellPair::Sent written_as(const Profile& other, CellPair& pair, const CellPair::Sent& sent) {
  engine::ProtectWith with;
  with.context = pair.client_codec.context();
  return pair.write(pair.read(sent), other, with);
}

}  // namespace

TEST_CASE("Tokens come with every message of a client, and to the application with its own") {
  for (const Profile& profile : profiles()) {
    CAPTURE(profile.name);
    CellPair pair(profile, kKeys);
    pair.ask();
    pair.tell();
    pair.close();
    std::size_t delivered = 0;
    while (const auto sent = pair.next()) {
      const auto served = pair.give_service(*sent);
      CHECK_FALSE(served.refused);
      for (const engine::Delivery& delivery : served.deliveries) {
        ++delivered;
        REQUIRE(delivery.tokens.size() == 2);
        CHECK(delivery.tokens[0].kind == TokenKind::x509);
        CHECK(delivery.tokens[1].principal == "user:alice");
      }
      REQUIRE(served.answer);
      const auto answered =
          pair.give_client(sent->request, served.answer->bytes, served.answer->content_type, pair.channel());
      for (const engine::Delivery& delivery : answered.deliveries) {
        CHECK(delivery.tokens.empty());
      }
    }
    CHECK(delivered == 2);
    REQUIRE(pair.reports.size() == 1);
    CHECK(pair.reports.front().kind == store::ReportKind::conversation_ended);
  }
}

TEST_CASE("A message of an application without its tokens leaves no trace; others may be without") {
  for (const Profile& profile : profiles()) {
    CAPTURE(profile.name);
    for (const bool lacks_user : {true, false}) {
      Profile less = profile;
      (lacks_user ? less.supporting.username : less.supporting.x509) = SupportingUse::none;
      CellPair pair(profile, kKeys);
      pair.ask();
      if (profile.rm) {
        const CellPair::Sent creation = pair.hold("/CreateSequence");
        const auto created = pair.give_service(written_as(less, pair, creation));
        CHECK_FALSE(created.refused);
        REQUIRE(created.answer);
        pair.give_client(creation.request, created.answer->bytes, created.answer->content_type,
                         pair.channel());
      }
      const CellPair::Sent question = pair.hold("/Echo");
      const auto refused = pair.give_service(written_as(less, pair, question));
      CHECK(refused.refused == ErrorCode::security_missing);
      CHECK(refused.deliveries.empty());
      REQUIRE(refused.answer);
      CHECK(refused.answer->kind == engine::AnswerKind::sender_fault);
      // It has not been taken: the genuine one still is.
      CHECK(pair.give_service(question).deliveries.size() == 1);
    }
  }
}

TEST_CASE("No shape of a numbered message comes to the application without its tokens") {
  for (const char* id : {"sc13-rm11-x509-s12", "sc05-rm10-x509-s12"}) {
    Profile profile = test::profile_of_cell(id);
    profile.supporting.username = SupportingUse::signed_encrypted;
    Profile less = profile;
    less.supporting = {};
    for (const char* shape : {"fault", "empty", "empty and last", "last"}) {
      CAPTURE(id, shape);
      CellPair pair(profile, kKeys);
      pair.ask();
      const CellPair::Sent question = pair.hold("/Echo");
      engine::Message message = pair.read(question);
      message.rm.acknowledgements.clear();
      message.rm.ack_requests = {message.rm.sequence->identifier};
      const std::string what = shape;
      if (what == "fault") {
        engine::Fault fault;
        fault.reason = "none";
        fault.detail = to_bytes("<n:Note xmlns:n=\"urn:n\"></n:Note>");
        message.body = std::move(fault);
      } else if (what != "last") {
        message.body = engine::ApplicationBody{};
      }
      message.rm.sequence->last_message = what.ends_with("last");
      engine::ProtectWith with;
      with.context = pair.client_codec.context();
      const auto reaction = pair.give_service(pair.write(message, less, with));
      CHECK(reaction.deliveries.empty());
      const bool is_only_the_end =
          what == "empty and last" && profile.rm == sequences::RmVersion::rm_1_0;
      CHECK(reaction.refused.has_value() != is_only_the_end);
    }
  }
}

TEST_CASE("Nor does one in the answer to a message of the service's own") {
  for (const bool has_tokens : {true, false}) {
    CAPTURE(has_tokens);
    Profile profile = test::profile_of_cell("sc13-rm11-x509-s12");
    profile.supporting.username = SupportingUse::signed_encrypted;
    CellPair pair(profile, kKeys);
    Profile offered = profile;
    offered.reply = engine::ReplyMode::addressable;
    vectors::EngineSide service(pair.service_codec, offered, CellPair::kPath);
    std::optional<engine::Answer> answer;
    std::optional<engine::RequestId> own;
    std::optional<ErrorCode> refused;
    std::size_t delivered = 0;
    const auto watch = [&](engine::Effect& effect) {
      if (auto* answered = std::get_if<engine::Answer>(&effect)) {
        answer = std::move(*answered);
      } else if (const auto* transmit = std::get_if<engine::Transmit>(&effect)) {
        own = transmit->request;
      } else if (const auto* event = std::get_if<engine::Event>(&effect);
                 event != nullptr && event->kind == engine::EventKind::message_refused) {
        refused = event->reason;
      } else if (const auto* deliver = std::get_if<engine::Deliver>(&effect)) {
        ++delivered;
        (void)service.engine().consumed(deliver->delivery.name, {}, pair.now);
      }
    };
    std::uint64_t exchange = 0;
    const auto give = [&](const CellPair::Sent& sent) {
      service.engine().receive(
          engine::IncomingRequest{engine::ExchangeId{++exchange}, CellPair::kPath, {},
                                  sent.content_type, sent.bytes},
          pair.now);
      service.settle(pair.now, watch);
      return std::exchange(answer, std::nullopt);
    };
    pair.tell();
    const auto issue = pair.next();
    REQUIRE(issue);
    const auto issued = give(*issue);
    REQUIRE(issued);
    pair.give_client(issue->request, issued->bytes, issued->content_type, {});
    const auto creation = pair.next();
    REQUIRE(creation);
    engine::Message create = pair.read(*creation);
    std::get<engine::CreateSequence>(create.body).acks_to = {"http://client.example/acks", {}};
    const auto created = give(pair.write(create));
    REQUIRE(created);
    pair.give_client(creation->request, created->bytes, created->content_type, {});
    const auto note = pair.next();
    REQUIRE(note);
    give(*note);
    CHECK(delivered == 1);
    // Its acknowledgement is due at the address, by itself.
    Now later = pair.now;
    later.mono = later.mono + std::chrono::seconds(1);
    service.engine().advance(later);
    service.settle(later, watch);
    REQUIRE(own);

    engine::Message another = pair.read(*note);
    another.addressing.message_id = "urn:uuid:another";
    another.rm.sequence->number = 2;
    Profile less = profile;
    less.supporting = {};
    engine::ProtectWith with;
    with.context = pair.client_codec.context();
    CellPair::Sent hidden = pair.write(another, has_tokens ? profile : less, with);
    service.engine().receive(
        engine::IncomingResponse{*own, {}, hidden.content_type, std::move(hidden.bytes)}, later);
    service.settle(later, watch);
    CHECK(refused == (has_tokens ? std::nullopt : std::optional(ErrorCode::security_missing)));
    CHECK(delivered == (has_tokens ? 2 : 1));
  }
}

TEST_CASE("An assertion for one use serves one message, and its repeats (K25)") {
  for (const char* id : {"sc13-rm11-x509-s12", "sc05-rm10-x509-s12", "sc13-x509-s12"}) {
    CAPTURE(id);
    Profile profile = test::profile_of_cell(id);
    profile.supporting.saml_2_0 = SupportingUse::signed_encrypted;
    soap::Credentials client = test::cell_credentials("client", kKeys);
    const std::string once = assertion("<s:OneTimeUse/>");
    client.assertion = [&] { return std::optional(to_bytes(once)); };
    soap::Credentials service = test::cell_credentials("server", kKeys);
    service.assertion_issuers = {{test::key_file("server.pem"), "https://sts.example"}};
    CellPair pair(profile, client, service);
    pair.ask();
    const CellPair::Sent first = pair.hold("/Echo");
    const engine::Message message = pair.read(first);
    CHECK(pair.give_service(first).deliveries.size() == 1);
    if (profile.rm) {
      // Secured anew, as a retransmission is: the number tells that it is no other.
      const auto repeated = pair.give_service(pair.write(message));
      CHECK_FALSE(repeated.refused);
      CHECK(repeated.deliveries.empty());
    }
    engine::Message another = pair.read(first);
    another.addressing.message_id = "urn:uuid:another";
    if (another.rm.sequence) {
      another.rm.sequence->number = 2;
    }
    const auto refused = pair.give_service(pair.write(another));
    CHECK(refused.refused == ErrorCode::security_failed);
    CHECK(refused.deliveries.empty());
  }
}
