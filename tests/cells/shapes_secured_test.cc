#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "tests/cells/forged_message.h"
#include "tests/cells/played_peers.h"
#include "tests/cells/weakened.h"

// What becomes of the habits of other stacks under a security context. The numbers IB-… are those
// of the notes on how these stacks behave.

using namespace parley;
using engine::EventKind;
using engine::Profile;
using store::ReportKind;
using test::between;
using test::CellPair;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";

/// Both families.
std::vector<Profile> reliable_profiles() {
  return {test::profile_of_cell("sc05-rm10-x509-s12"), test::profile_of_cell("sc13-rm11-x509-s12")};
}

Profile demanding(Profile profile) {
  profile.sequence_token_reference = true;
  return profile;
}

std::string fault_of(const CellPair::Reaction& reaction, const CellPair& pair) {
  if (!reaction.refused && reaction.answer &&
      reaction.answer->kind != engine::AnswerKind::sender_fault) {
    return "";
  }
  // A fault about a sequence is protected by its context.
  soap::InspectKeys keys;
  const contexts::LiveKey* const key = pair.client_codec.context();
  keys.contexts.push_back({key->name().identifier, "", key->secret().clone()});
  soap::InspectSettings settings;
  settings.check_times = false;
  const auto fault =
      soap::inspect(reaction.answer->bytes, reaction.answer->content_type, keys, settings).fault;
  return fault ? fault->subcode : "no fault";
}

/// Gives the service this CreateSequence instead of the client's; what is wrong with it.
template <class Change>
std::string created_with(const Profile& profile, Change change) {
  CellPair pair(profile, kKeys);
  pair.ask();
  engine::Message message = pair.read(pair.hold("/CreateSequence"));
  change(message, std::get<engine::CreateSequence>(message.body));
  return fault_of(pair.give_service(pair.write(message)), pair);
}

bool happened(const CellPair& pair, EventKind kind) {
  return std::any_of(pair.events.begin(), pair.events.end(),
                     [&](const engine::Event& event) { return event.kind == kind; });
}

}  // namespace

TEST_CASE(
    "The context comes first and goes last, and reliable messaging has no part in it (IB-001, "
    "IB-011, IB-058)") {
  for (const Profile& profile : reliable_profiles()) {
    const bool is_1_0 = profile.rm == sequences::RmVersion::rm_1_0;
    CellPair pair(profile, kKeys);
    CHECK_FALSE(pair.next());
    pair.ask();
    pair.close();
    std::vector<std::string> actions;
    std::size_t sequenced = 0;
    while (const auto sent = pair.next()) {
      actions.push_back(sent->action.substr(sent->action.rfind('/') + 1));
      sequenced += as_text(sent->bytes).find(":Sequence>") != std::string_view::npos ? 1 : 0;
      const auto served = pair.give_service(*sent);
      REQUIRE(served.answer);
      pair.give_client(sent->request, served.answer->bytes, served.answer->content_type, {});
    }
    if (is_1_0) {
      CHECK(actions == std::vector<std::string>{"SCT", "CreateSequence", "Echo", "LastMessage",
                                                "TerminateSequence", "Cancel"});
    } else {
      CHECK(actions == std::vector<std::string>{"SCT", "CreateSequence", "Echo", "CloseSequence",
                                                "TerminateSequence", "Cancel"});
    }
    CHECK(sequenced == (is_1_0 ? 2 : 1));
    CHECK(pair.reports.size() == 1);
    CHECK(pair.reports.front().kind == ReportKind::conversation_ended);
  }
}

TEST_CASE("Every header is signed, and the bodies of reliable messaging may go in clear (IB-003)") {
  for (const Profile& profile : reliable_profiles()) {
    for (const char* step : {"/CreateSequence", "/CloseSequence", "/TerminateSequence"}) {
      if (profile.rm == sequences::RmVersion::rm_1_0 && std::string(step) == "/CloseSequence") {
        continue;
      }
      CAPTURE(profile.name, step);
      CellPair pair(profile, kKeys);
      pair.ask();
      pair.close();
      const CellPair::Sent good = pair.hold(step);
      const test::Forger forger =
          test::forger_of(pair.client_codec, good.bytes, profile, "client", kKeys);
      test::ForgedMessage clear(good.bytes, forger);
      std::set<std::string> names;
      for (const std::string& id : clear.signed_ids()) {
        names.insert(between(clear.element(id), ":", " "));
      }
      for (const char* name : {"Timestamp", "Body", "Action", "MessageID", "To", "ReplyTo"}) {
        CAPTURE(name);
        CHECK(names.count(name) == 1);
      }
      clear.decrypt("wss-ed-body");
      const auto taken = pair.give_service(clear.signed_anew(), good.content_type, pair.channel());
      CHECK_FALSE(taken.refused);
      CHECK(taken.changed);
    }
  }
}

TEST_CASE(
    "A sequence names its context as the peer demands, or is bound to it all the same (IB-004, "
    "IB-060, IB-071)") {
  for (const Profile& profile : reliable_profiles()) {
    const bool is_1_1 = profile.rm == sequences::RmVersion::rm_1_1;
    const auto as_it_is = [](engine::Message&, engine::CreateSequence&) {};
    const auto without = [](engine::Message& message, engine::CreateSequence& body) {
      body.context_identifier.reset();
      message.rm.uses_sequence_str = false;
    };
    CHECK(created_with(profile, as_it_is) == "");
    CHECK(created_with(demanding(profile), as_it_is) == "");
    CHECK(created_with(profile, without) == "");
    CHECK(created_with(demanding(profile), without) == "CreateSequenceRefused");
    CHECK(created_with(profile, [](engine::Message&, engine::CreateSequence& body) {
            body.context_identifier = "urn:uuid:00000000-0000-4000-8000-000000000000";
          }) == "CreateSequenceRefused");
    if (is_1_1) {
      // One of the two alone is a contradiction.
      CHECK(created_with(profile, [](engine::Message& message, engine::CreateSequence& body) {
              body.context_identifier.reset();
              message.rm.uses_sequence_str = true;
            }) == "CreateSequenceRefused");
    }
    // Our own has both, where the peer demands it, and neither where it does not understand them.
    for (const bool is_demanded : {true, false}) {
      CellPair pair(is_demanded ? demanding(profile) : profile, kKeys);
      pair.ask();
      const engine::Message create = pair.read(pair.hold("/CreateSequence"));
      CHECK(std::get<engine::CreateSequence>(create.body).context_identifier.has_value() ==
            is_demanded);
      CHECK(create.rm.uses_sequence_str == (is_demanded && is_1_1));
    }
  }
}

TEST_CASE("The reference of a CreateSequence may say the token type of the other family (IB-093)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(demanding(profile), kKeys);
    pair.ask();
    const CellPair::Sent good = pair.hold("/CreateSequence");
    const test::Forger forger =
        test::forger_of(pair.client_codec, good.bytes, profile, "client", kKeys);
    test::ForgedMessage message(good.bytes, forger);
    message.decrypt("wss-ed-body");
    std::string& text = message.text();
    const std::string own(contexts::token_type_of(*profile.sc));
    const std::string other(contexts::token_type_of(*profile.sc == contexts::TrustFamily::feb_2005
                                                        ? contexts::TrustFamily::oasis_200512
                                                        : contexts::TrustFamily::feb_2005));
    const std::size_t at = text.find("ValueType=\"" + own, text.find(":CreateSequence "));
    REQUIRE(at != std::string::npos);
    text.replace(at + 11, own.size(), other);
    message.digest_anew(message.body_id());
    const auto taken = pair.give_service(message.signed_anew(), good.content_type, pair.channel());
    CHECK_FALSE(taken.refused);
    CHECK(taken.changed);
  }
}

TEST_CASE("The same Offer under the same context is the same CreateSequence (IB-031)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    engine::Message message = pair.read(pair.hold("/CreateSequence"));
    const auto sequences = [&] {
      const std::vector<store::Fact> facts = pair.service.engine().snapshot();
      return std::count_if(facts.begin(), facts.end(), [](const store::Fact& fact) {
        return std::holds_alternative<store::DestinationFact>(fact);
      });
    };
    for (int i = 0; i < 2; ++i) {
      message.addressing.message_id += std::to_string(i);
      const auto reaction = pair.give_service(pair.write(message));
      CHECK(fault_of(reaction, pair) == "");
      CHECK(sequences() == 1);
    }
  }
}

TEST_CASE("A message that is secured anew is a copy like any other (IB-059)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent first = pair.hold("/Echo");
    CHECK(pair.give_service(first).deliveries.size() == 1);
    const engine::Message message = pair.read(first);
    const CellPair::Sent copy = pair.write(message);
    CHECK(copy.bytes != first.bytes);
    const auto again = pair.give_service(copy);
    CHECK(again.deliveries.empty());
    CHECK_FALSE(again.refused);
    REQUIRE(again.answer);
    pair.give_client(first.request, again.answer->bytes, again.answer->content_type, {});
    CHECK(pair.status_of(1) == engine::TicketStatus::settled);  // it was the reply
  }
}

TEST_CASE(
    "An unsecured fault about the context is a hint: it is looked into, and ends nothing (IB-038, "
    "IB-039)") {
  for (const Profile& profile : reliable_profiles()) {
    const std::string wsc = *profile.sc == contexts::TrustFamily::feb_2005
                                ? "http://schemas.xmlsoap.org/ws/2005/02/sc"
                                : "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512";
    const std::pair<std::string, std::string> faults[] = {
        {wsc, "BadContextToken"},
        {wsc, "RenewNeeded"},
        {"http://schemas.microsoft.com/ws/2006/05/security", "SecuritySessionAborted"}};
    for (const auto& [ns, subcode] : faults) {
      CAPTURE(profile.name, subcode);
      CellPair pair(profile, kKeys);
      pair.ask();
      const CellPair::Sent request = pair.hold("/Echo");
      test::PeerText text(test::Stack::wcf, profile);
      const std::string fault = text.message(
          {.action = "http://www.w3.org/2005/08/addressing/soap/fault",
           .body = text.fault(ns, subcode),
           .relates_to = soap::inspect(request.bytes, "", {}, {}).addressing.message_id,
           .reply_to = ""});
      const auto hinted =
          pair.give_client(request.request, to_bytes(fault), text.content_type(), {});
      CHECK(hinted.deliveries.empty());
      CHECK(pair.reports.empty());
      CHECK(happened(pair, EventKind::unsecured_fault));
      CHECK_FALSE(happened(pair, EventKind::context_lost));
      // The service knows the context all the time: a renewal shows it, and the message goes again.
      pair.pass(std::chrono::seconds(30));
      const CellPair::Sent again = pair.hold("/Echo");
      const auto served = pair.give_service(again);
      CHECK(served.deliveries.size() == 1);
      pair.give_client(again.request, served.answer->bytes, served.answer->content_type, {});
      CHECK(pair.status_of(1) == engine::TicketStatus::settled);
      CHECK(pair.reports.empty());
    }
  }
}

TEST_CASE(
    "A renewal leaves the sequence as it is, and the old key is good for a while (IB-110, "
    "IB-111)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent under_way = pair.hold("/Echo");
    const contexts::ContextName before = pair.client_codec.context()->name();
    // What is under way when the key changes.
    const CellPair::Sent old = pair.write(pair.read(under_way));
    REQUIRE(pair.client.engine().renew(pair.conversation(), pair.now));
    const CellPair::Sent renew = pair.hold("/Renew");
    const auto renewed = pair.give_service(renew);
    REQUIRE(renewed.answer);
    pair.give_client(renew.request, renewed.answer->bytes, renewed.answer->content_type, {});
    CHECK(happened(pair, EventKind::context_renewed));
    CHECK(pair.give_service(old).deliveries.size() == 1);

    pair.ask();
    const CellPair::Sent next = pair.hold("/Echo");
    const contexts::ContextName after = pair.client_codec.context()->name();
    CHECK(after.identifier == before.identifier);
    CHECK(after.instance != before.instance);
    const auto served = pair.give_service(next);
    REQUIRE(served.deliveries.size() == 1);
    CHECK(served.deliveries.front().name.number == 2);
  }
}

TEST_CASE("A Renew whose To is not signed is refused (IB-113)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent echo = pair.hold("/Echo");
    REQUIRE(pair.client.engine().renew(pair.conversation(), pair.now));
    const CellPair::Sent renew = pair.hold("/Renew");
    const test::Forger forger =
        test::forger_of(pair.client_codec, renew.bytes, profile, "client", kKeys);
    test::ForgedMessage message(renew.bytes, forger);
    for (const std::string& id : message.signed_ids()) {
      if (message.has(id) && message.element(id).starts_with("<wsa:To ")) {
        message.unsign(id);
      }
    }
    const auto refused =
        pair.give_service(message.signed_anew(), renew.content_type, pair.channel());
    CHECK(refused.refused == ErrorCode::security_missing);
    CHECK(refused.is_without_trace());
  }
}

TEST_CASE(
    "A context that is lost takes its sequence along, and every message is told of (IB-112, "
    "IB-120)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent request = pair.hold("/Echo");
    // The service has forgotten everything, and says so: in the clear to what names the context,
    // and under its certificate to a renewal by the caller's.
    CellPair amnesiac(profile, kKeys);
    std::optional<CellPair::Sent> sent = request;
    for (int i = 0; i < 40 && pair.reports.empty(); ++i) {
      if (sent && sent->action.ends_with("/RST/SCT")) {
        break;
      }
      if (sent) {
        const auto unknown = amnesiac.give_service(*sent);
        REQUIRE(unknown.answer);
        CHECK(unknown.refused == ErrorCode::context_unknown);
        pair.give_client(sent->request, unknown.answer->bytes, unknown.answer->content_type, {});
      }
      pair.pass(std::chrono::seconds(30));
      sent = pair.next();
    }
    const auto lost =
        std::find_if(pair.reports.begin(), pair.reports.end(),
                     [](const auto& report) { return report.kind == ReportKind::outcome_unknown; });
    REQUIRE(lost != pair.reports.end());
    CHECK(lost->ticket == engine::Ticket{1});
  }
}

TEST_CASE("CreateSequence without a MessageID is taken, once (gSOAP sends none)") {
  for (const Profile& profile : reliable_profiles()) {
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent creation = pair.hold("/CreateSequence");
    engine::Message message = pair.read(creation);
    message.addressing.message_id.clear();
    const CellPair::Sent bare = pair.write(message);
    CHECK(as_text(bare.bytes).find("MessageID") == std::string_view::npos);
    const auto created = pair.give_service(bare);
    CHECK_FALSE(created.refused);
    REQUIRE(created.answer);
    CHECK(created.answer->kind == engine::AnswerKind::message);
    // Nothing else tells the same octets from another that is meant.
    const auto again = pair.give_service(bare);
    CHECK(again.refused == ErrorCode::security_failed);
    CHECK(again.is_without_trace());
    pair.give_client(creation.request, created.answer->bytes, created.answer->content_type, {});
    CHECK(pair.give_service(pair.hold("/Echo")).deliveries.size() == 1);
  }
}
