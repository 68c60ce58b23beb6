#include <map>

#include <catch2/catch.hpp>

#include "bindings/soap/inspect.h"
#include "examples/exchange/cell.h"
#include "support/external_tool.h"
#include "support/schema_judge.h"
#include "tests/support/cell_pair.h"
#include "tests/vectors/json.h"

// Everything that two of us say to each other in every cell, from asking for a context to
// cancelling it, is valid by the published schemas: as it goes over the wire, and as it is after
// decryption.

using namespace parley;
using engine::Profile;
using test::CellPair;

namespace {

const std::filesystem::path kKeys = std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";

/// One whole conversation, and a fault.
class WholeTalk {
 public:
  WholeTalk(const Profile& profile, const test::TemporaryFolder& folder)
      : profile_(profile), folder_(folder), pair_(profile, kKeys) {}

  std::vector<std::string> files() {
    pair_.ask();
    pair_.tell();
    carry();
    if (profile_.sc) {
      REQUIRE(pair_.client.engine().renew(pair_.conversation(), pair_.now));
      pair_.ask();
      carry();
    }
    if (profile_.rm) {
      pair_.pass(std::chrono::minutes(6));  // a silent service is asked for a sign of life
      carry();
    }
    pair_.close();
    carry();
    keep(pair_.give_service(to_bytes("<x/>"), "application/soap+xml", pair_.channel()));
    return std::move(files_);
  }

 private:
  void carry() {
    while (const auto sent = pair_.next()) {
      const auto keys = write(sent->bytes, sent->content_type, nullptr);
      auto served = pair_.give_service(*sent);
      REQUIRE(served.answer);
      if (!served.answer->bytes.empty()) {
        write(served.answer->bytes, served.answer->content_type, keys);
      }
      pair_.give_client(sent->request, served.answer->bytes, served.answer->content_type,
                        pair_.channel());
    }
  }

  void keep(const CellPair::Reaction& reaction) {
    REQUIRE(reaction.answer);
    write(reaction.answer->bytes, "", nullptr);
  }

  /// What opens the answer.
  std::shared_ptr<const engine::ExchangeKeys> write(
      const Bytes& wire,
      const std::string& content_type,
      const std::shared_ptr<const engine::ExchangeKeys>& answers) {
    soap::InspectKeys keys;
    if (const contexts::LiveKey* const key = pair_.client_codec.context()) {
      keys.contexts.push_back(
          {key->name().identifier, key->name().instance, key->secret().clone()});
    }
    for (const std::string side : {"client", "server"}) {
      keys.key_pairs.push_back(
          {vectors::read_file(kKeys / (side + ".pem")),
           crypto::SecretBytes::take(vectors::read_file(kKeys / (side + ".key")))});
    }
    keys.answers = answers;
    soap::InspectSettings settings;
    settings.now = pair_.now.wall;
    const soap::InspectReport report = soap::inspect(wire, content_type, keys, settings);
    CAPTURE(profile_.name, report.addressing.action);
    CHECK(report.problems == std::vector<std::string>());
    const std::string name = profile_.name + "-" + std::to_string(files_.size());
    files_.push_back(folder_.write(name + "-wire.xml", wire));
    if (!report.encryptions.empty()) {
      files_.push_back(folder_.write(name + "-open.xml", report.envelope));
    }
    return report.exchange_keys;
  }

  const Profile& profile_;
  const test::TemporaryFolder& folder_;
  CellPair pair_;
  std::vector<std::string> files_;
};

}  // namespace

TEST_CASE("Every cell: whatever is said is valid by the published schemas") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const test::SchemaJudge schemas(shared / "schemas");
  std::map<engine::AddressingVersion, std::vector<std::string>> files;
  std::map<engine::AddressingVersion, Profile> spoken;
  for (const exchange::Cell& cell : exchange::own_cells()) {
    if (cell.reply != "anonymous" || cell.is_issued()) {
      continue;  // another address in the same places, or a third party that there is not
    }
    const Profile profile = exchange::profile_of(cell);
    spoken[profile.addressing] = profile;
    for (std::string& file : WholeTalk(profile, schemas.temporary()).files()) {
      files[profile.addressing].push_back(std::move(file));
    }
  }
  std::size_t count = 0;
  for (const auto& [version, all] : files) {
    CHECK(schemas.judge(all, spoken[version]) == "");
    count += all.size();
  }
  CHECK(count > 1000);
}
