#include <set>

#include <catch2/catch.hpp>

#include "bindings/soap/fault_table.h"
#include "bindings/soap/inspect.h"
#include "examples/exchange/cell.h"
#include "tests/cells/forged_message.h"
#include "tests/cells/weakened.h"
#include "tests/support/cell_pair.h"

// In every cell, a good message of ours with each of its protections taken away or weakened in
// turn: by somebody on the way, and by a sender who has the keys and leaves something out. Every
// one is refused with one fault and changes nothing; then the good message does what it should.

using namespace parley;
using engine::Profile;
using test::CellPair;
using test::Weakened;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";
const engine::Channel kTls{true, "localhost"};

/// Where answers go makes no difference to how anything is protected, nor does who made the
/// context.
std::vector<Profile> protected_profiles() {
  std::vector<Profile> profiles;
  for (const exchange::Cell& cell : exchange::own_cells()) {
    if (cell.sc != "none" && cell.reply == "anonymous" && !cell.is_issued()) {
      profiles.push_back(exchange::profile_of(cell));
    }
  }
  return profiles;
}

bool is_over_tls(const Profile& profile) {
  return engine::needs_confidential_channel(profile);
}

std::string face_of(ErrorCode code, const Profile& profile) {
  const soap::FaultForm form = soap::fault_form(code, soap::dialect_of(profile));
  return form.local_name.empty() ? "malformed" : std::string(form.local_name);
}

/// A service refuses `one` with its fault, and nothing has happened.
void check_refused(const CellPair::Reaction& reaction,
                   const Weakened& one,
                   const Profile& profile) {
  CAPTURE(profile.name, one.name);
  REQUIRE(reaction.refused);
  CHECK(face_of(*reaction.refused, profile) == one.fault);
  REQUIRE(reaction.answer);
  CHECK(reaction.answer->kind == engine::AnswerKind::sender_fault);
  CHECK(reaction.is_without_trace());
}

/// What somebody who has all keys writes who does not keep to the profile.
class OtherWays {
 public:
  /// `good` is opened, to be written again in other ways.
  OtherWays(CellPair& pair, const CellPair::Sent& good, bool is_bootstrap)
      : pair_(pair), is_bootstrap_(is_bootstrap), message_(pair.read(good)) {
    if (is_bootstrap) {
      usual_.bootstrap = true;
    } else {
      usual_.context = pair.client_codec.context();
    }
  }

  const engine::ProtectWith& usual() const { return usual_; }

  engine::Message& message() { return message_; }

  /// As `profile` and `with` say, given to the service.
  CellPair::Reaction give(const Profile& profile,
                          const engine::ProtectWith& with,
                          const engine::Channel& channel) {
    const CellPair::Sent sent = pair_.write(message_, profile, with);
    return pair_.give_service(sent.bytes, sent.content_type, channel);
  }

  void refused(const std::string& name,
               const Profile& profile,
               const engine::ProtectWith& with,
               std::set<std::string> faults = {"InvalidSecurity"}) {
    CAPTURE(pair_.profile.name, name);
    const CellPair::Reaction reaction = give(profile, with, is_bootstrap_ ? kTls : pair_.channel());
    REQUIRE(reaction.refused);
    CHECK(faults.count(face_of(*reaction.refused, pair_.profile)) == 1);
    CHECK_FALSE(reaction.changed);
    CHECK(reaction.deliveries.empty());
    CHECK((!reaction.remembered || with.bootstrap));
  }

 private:
  CellPair& pair_;
  bool is_bootstrap_;
  engine::Message message_;
  engine::ProtectWith usual_;
};

template <class Change>
Profile with(Profile profile, Change change) {
  change(profile);
  return profile;
}

std::string weaker_suite(const Profile& profile) {
  const std::string& suite = profile.suite;
  return suite == "Basic256Sha256"  ? "Basic256"
         : suite == "Basic256Rsa15" ? "Basic128Rsa15"
         : suite == "Basic256GCM"   ? "Basic256"
         : suite == "Basic128"      ? "Basic128Rsa15"
                                    : "Basic128";
}

/// Of a request under a context. The weaker suite shows in a cipher or a digest; under the key of
/// the context itself it cannot be written.
void check_other_ways_under_context(OtherWays& ways, const Profile& profile) {
  using engine::Protection;
  const bool encrypts = profile.protect == Protection::sign_encrypt;
  const bool is_by_messages = profile.protect != Protection::transport;
  if (encrypts) {
    ways.refused("signed only", with(profile, [](Profile& p) { p.protect = Protection::sign; }),
                 ways.usual());
  }
  if (encrypts && profile.derived_keys && profile.suite != "Basic128") {
    ways.refused("in a weaker suite",
                 with(profile, [&](Profile& p) { p.suite = weaker_suite(profile); }), ways.usual(),
                 {"InvalidSecurity", "UnsupportedAlgorithm"});
  }
  if (is_by_messages && profile.derived_keys && profile.suite != "Basic128") {
    ways.refused("without derived keys", with(profile, [](Profile& p) { p.derived_keys = false; }),
                 ways.usual());
  }
  if (profile.encrypt_signature) {
    ways.refused("with its Signature in clear",
                 with(profile, [](Profile& p) { p.encrypt_signature = false; }), ways.usual());
  }
  if (is_by_messages) {
    ways.refused("as if over TLS",
                 with(profile, [](Profile& p) { p.protect = Protection::transport; }),
                 ways.usual());
  }
  engine::ProtectWith credential;
  credential.bootstrap = true;
  ways.refused("by the credential that establishes contexts", profile, credential);

  const contexts::ContextName name = ways.usual().context->name();
  const auto under = [&](const contexts::ContextName& other) {
    return contexts::LiveKey::make(other, *profile.sc, crypto::SecretBytes(32), WallTime{INT64_MAX})
        .value();
  };
  const contexts::LiveKey guessed = under(name);
  const contexts::LiveKey unknown = under({"urn:uuid:00000000-0000-4000-8000-000000000000", ""});
  engine::ProtectWith forged;
  forged.context = &guessed;
  ways.refused("under another secret", profile, forged);
  forged.context = &unknown;
  ways.refused("under a context that nobody made", profile, forged, {"BadContextToken"});
}

/// Of a request that asks for a context.
void check_other_bootstraps(OtherWays& ways, const Profile& profile) {
  using engine::Bootstrap;
  using engine::BootstrapBinding;
  constexpr std::pair<Bootstrap, BootstrapBinding> kAll[] = {
      {Bootstrap::x509, BootstrapBinding::symmetric},
      {Bootstrap::x509, BootstrapBinding::asymmetric},
      {Bootstrap::username_cert, BootstrapBinding::symmetric},
      {Bootstrap::username_https, BootstrapBinding::transport},
      {Bootstrap::x509_https, BootstrapBinding::transport}};
  for (const auto& [bootstrap, binding] : kAll) {
    const bool is_it = bootstrap == profile.bootstrap && binding == profile.binding;
    // Who signs everything by certificate signs the Timestamp, which is what is asked for over TLS.
    const bool shows_more =
        binding == BootstrapBinding::asymmetric && profile.bootstrap == Bootstrap::x509_https;
    if (!is_it && !shows_more) {
      ways.refused("by another credential " + std::to_string(static_cast<int>(bootstrap)) + "/" +
                       std::to_string(static_cast<int>(binding)),
                   with(profile,
                        [b = bootstrap, c = binding](Profile& p) {
                          p.bootstrap = b;
                          p.binding = c;
                        }),
                   ways.usual());
    }
  }
  if (profile.bootstrap == Bootstrap::username_cert ||
      profile.bootstrap == Bootstrap::username_https) {
    ways.refused("with the other form of password",
                 with(profile, [](Profile& p) { p.password = engine::PasswordForm::digest; }),
                 ways.usual());
  }
  if (!is_over_tls(profile)) {
    ways.refused("in a weaker suite",
                 with(profile, [&](Profile& p) { p.suite = weaker_suite(profile); }), ways.usual(),
                 {"InvalidSecurity", "UnsupportedAlgorithm"});
  }
  auto& request = std::get<contexts::TokenRequest>(ways.message().body);
  const auto family = std::exchange(request.family, *profile.sc == contexts::TrustFamily::feb_2005
                                                        ? contexts::TrustFamily::oasis_200512
                                                        : contexts::TrustFamily::feb_2005);
  ways.message().addressing.action.clear();
  ways.refused("of the other family", with(profile, [&](Profile& p) { p.sc = request.family; }),
               ways.usual(), {"InvalidRequest", "BadRequest", "ActionNotSupported"});
  request.family = family;
}

}  // namespace

TEST_CASE("Every cell: a request that lacks a protection is refused, and changes nothing") {
  std::set<std::string> faces;  // of InvalidSecurity
  std::size_t count = 0;
  for (const Profile& profile : protected_profiles()) {
    for (const std::string step : {"/RST/SCT", "/Echo"}) {
      CAPTURE(profile.name, step);
      CellPair pair(profile, kKeys);
      pair.ask();
      const CellPair::Sent good = pair.hold(step);
      const test::Forger forger =
          test::forger_of(pair.client_codec, good.bytes, profile, "client", kKeys);
      for (const Weakened& one : test::weakened(good.bytes, forger, profile)) {
        const auto reaction = pair.give_service(one.bytes, good.content_type, pair.channel());
        check_refused(reaction, one, profile);
        ++count;
        const auto fault = soap::inspect(reaction.answer->bytes, "", {}, {}).fault;
        REQUIRE(fault);
        if (one.fault == "InvalidSecurity") {
          faces.insert(fault->subcode_namespace + fault->subcode + fault->reason +
                       std::string(as_text(fault->detail)));
        }
      }
      if (is_over_tls(profile)) {
        check_refused(pair.give_service(good.bytes, good.content_type, {}), {"not over TLS", {}},
                      profile);
      }
      OtherWays ways(pair, good, step == "/RST/SCT");
      ways.refused("without protection", with(profile, [](Profile& p) { p.sc.reset(); }), {});
      if (step == "/RST/SCT") {
        check_other_bootstraps(ways, profile);
      } else {
        check_other_ways_under_context(ways, profile);
      }
      // Signed anew without a change it is as good as it was, and so it would be had the forger
      // made any mistake of his own.
      test::ForgedMessage same(good.bytes, forger);
      const auto taken = pair.give_service(same.signed_anew(), good.content_type, pair.channel());
      CHECK_FALSE(taken.refused);
      CHECK(taken.changed);
      CHECK(taken.deliveries.size() == (step == "/Echo" ? 1 : 0));
    }
  }
  CHECK(faces.size() == 1);
  CHECK(count > 1500);
}

TEST_CASE(
    "Every cell: a sequence takes nothing under another context, be it the same client's "
    "(IB-112)") {
  for (const Profile& profile : protected_profiles()) {
    if (!profile.rm) {
      continue;
    }
    CAPTURE(profile.name);
    CellPair pair(profile, kKeys);
    pair.ask();
    const CellPair::Sent good = pair.hold("/Echo");
    OtherWays ways(pair, good, false);
    pair.begin_another();
    pair.ask();
    const CellPair::Sent other = pair.hold("/Echo");
    engine::ProtectWith with;
    with.context = pair.client_codec.context();
    ways.refused("under another context", profile, with, {"UnknownSequence"});
    CHECK(pair.give_service(other).deliveries.size() == 1);
    CHECK(pair.give_service(good).deliveries.size() == 1);
  }
}

namespace {

/// What one request and its answer came to.
struct Answered {
  Answered(const Profile& profile, const std::string& step) : pair(profile, kKeys) {
    pair.ask();
    request = pair.hold(step);
    CellPair::Reaction served = pair.give_service(request);
    REQUIRE(served.answer);
    good = std::move(*served.answer);
    forger = test::forger_of(pair.service_codec, good.bytes, profile, "server", kKeys);
  }

  /// By the codec, as the client.
  Result<engine::OpenedMessage> open(const Bytes& bytes) {
    engine::Codec& codec = pair.client_codec.inner();
    PARLEY_ASSIGN_OR_RETURN(auto sealed,
                            codec.parse(Bytes(bytes), good.content_type, pair.profile));
    return codec.open(std::move(sealed), pair.profile, test::OneKey(pair.client_codec.context()),
                      pair.client_codec.exchange_keys_of(request.bytes), pair.channel(),
                      pair.now.wall);
  }

  CellPair pair;
  CellPair::Sent request;
  engine::Answer good;
  test::Forger forger;
};

}  // namespace

TEST_CASE("Every cell: an answer that lacks a protection is not believed") {
  std::size_t count = 0;
  for (const Profile& profile : protected_profiles()) {
    for (const std::string step : {"/RST/SCT", "/Echo"}) {
      CAPTURE(profile.name, step);
      Answered answered(profile, step);
      const std::vector<Weakened> all =
          test::weakened(answered.good.bytes, answered.forger, profile);
      for (const Weakened& one : all) {
        CAPTURE(one.name);
        const auto opened = answered.open(one.bytes);
        // A fault without protection is shown as a hint, never believed (IB-039); nothing else is.
        CHECK_FALSE(opened);
        ++count;
      }
      // The engine has nothing of it either, then or later.
      Answered bad(profile, step);
      const Bytes weak =
          test::weakened(bad.good.bytes, bad.forger, profile)[count % all.size()].bytes;
      const auto refused = bad.pair.give_client(bad.request.request, weak, bad.good.content_type,
                                                bad.pair.channel());
      CHECK(refused.refused);
      CHECK(refused.deliveries.empty());
      CHECK_FALSE(refused.remembered);
      // A request without a number is asked once: that its answer did not come is told.
      CHECK(refused.changed == (step == "/Echo" && !profile.rm));

      test::ForgedMessage same(answered.good.bytes, answered.forger);
      const auto taken =
          answered.pair.give_client(answered.request.request, same.signed_anew(),
                                    answered.good.content_type, answered.pair.channel());
      CHECK_FALSE(taken.refused);
      CHECK(taken.changed);
      CHECK(taken.deliveries.size() == (step == "/Echo" ? 1 : 0));
    }
  }
  CHECK(count > 1500);
}

TEST_CASE("Where signatures are to be confirmed, an answer without is not believed (M47, M48)") {
  for (Profile profile : protected_profiles()) {
    profile.confirm_signatures = true;
    CAPTURE(profile.name);
    Answered answered(profile, "/RST/SCT");
    test::ForgedMessage good(answered.good.bytes, answered.forger);
    std::size_t count = 0;
    for (const std::string& id : good.signed_ids()) {
      if (!id.starts_with("wss-sc")) {
        continue;
      }
      ++count;
      CAPTURE(id);
      test::ForgedMessage without(answered.good.bytes, answered.forger);
      const std::string data = "wss-ed-sc" + id.substr(6);
      const bool is_hidden = without.has(data);
      if (is_hidden) {
        without.unlist(data);
      }
      without.unsign(id);
      without.remove(is_hidden ? data : id);
      CHECK_FALSE(answered.open(without.signed_anew()));
      if (is_hidden) {
        continue;
      }

      test::ForgedMessage other(answered.good.bytes, answered.forger);
      std::string confirmation = other.element(id);
      const std::size_t value = confirmation.find("Value=\"") + 7;
      confirmation[value] = confirmation[value] == 'A' ? 'B' : 'A';
      other.replace(id, confirmation);
      other.digest_anew(id);
      CHECK_FALSE(answered.open(other.signed_anew()));
    }
    // Over TLS the answer has no signature, and nothing to confirm.
    CHECK((count > 0) == !is_over_tls(profile));
    CHECK(answered.open(good.signed_anew()));
  }
}

TEST_CASE(
    "A conversation is whole where answers confirm messages and nobody sends the context's token") {
  for (Profile profile : protected_profiles()) {
    profile.confirm_messages = true;
    profile.context_token = false;
    CAPTURE(profile.name);
    CellPair pair(profile, kKeys);
    pair.ask();
    pair.tell();
    pair.close();
    std::size_t confirmed = 0;
    std::size_t delivered = 0;
    while (const auto sent = pair.next()) {
      CHECK(as_text(sent->bytes).find("SecurityContextToken") == std::string_view::npos);
      const auto served = pair.give_service(*sent);
      CHECK_FALSE(served.refused);
      delivered += served.deliveries.size();
      REQUIRE(served.answer);
      const std::string_view answer = as_text(served.answer->bytes);
      const bool confirms = answer.find(":SignatureConfirmation") != std::string_view::npos ||
                            answer.find("wss-ed-sc") != std::string_view::npos;
      confirmed += confirms ? 1 : 0;
      const auto taken = pair.give_client(sent->request, served.answer->bytes,
                                          served.answer->content_type, pair.channel());
      CHECK_FALSE(taken.refused);
      delivered += taken.deliveries.size();
    }
    CHECK(delivered == 3);
    CHECK((confirmed > 0) == !is_over_tls(profile));
    REQUIRE(pair.reports.size() == 1);
    CHECK(pair.reports.front().kind == store::ReportKind::conversation_ended);
  }
}
