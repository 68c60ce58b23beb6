#include <string>

#include <catch2/catch.hpp>

#include "bindings/soap/message_layout.h"
#include "support/external_tool.h"
#include "support/schema_judge.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

// What we write is valid by the published schemas, in the judgement of an independent validator.

using namespace parley;

namespace {

/// False where a schema and the text that it belongs to do not agree.
bool knows(const std::string& sample, const engine::Profile& profile) {
  const bool is_rm_1_1 = profile.rm == sequences::RmVersion::rm_1_1;
  // RM-090: the schema forbids what belongs into the Detail.
  const bool has_detail = is_rm_1_1 && profile.soap == engine::SoapVersion::soap_1_1 &&
                          (sample == "UnknownSequence" || sample == "InvalidAcknowledgement");
  // 1.1 has endpoint references of addressing 1.0 only.
  const bool has_endpoint = is_rm_1_1 &&
                            profile.addressing == engine::AddressingVersion::addressing_2004_08 &&
                            sample.starts_with("CreateSequence");
  return !has_detail && !has_endpoint;
}

}  // namespace

TEST_CASE("every message that we write is valid by the published schemas") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const test::SchemaJudge schemas(shared / "schemas");
  auto codec = soap::SoapCodec::make(test::client_credentials(), {});
  REQUIRE(codec);
  crypto::SystemEntropy entropy;
  for (const engine::Profile& profile : test::version_profiles()) {
    CAPTURE(test::describe(profile));
    const contexts::LiveKey key = test::context_key(profile, "urn:instance");
    std::vector<std::string> files;
    std::size_t count = 0;
    for (const test::Sample& sample : test::samples(profile)) {
      CAPTURE(sample.name);
      if (!knows(sample.name, profile)) {
        continue;
      }
      const auto layout =
          soap::MessageLayout::make(sample.message, profile, true, soap::CodecSettings().limits);
      REQUIRE(layout);
      const std::string name = std::to_string(count++);
      files.push_back(schemas.temporary().write(name + "-plain.xml", layout->plain()));
      for (const bool is_initiator : {true, false}) {
        engine::ProtectWith with;
        with.context = &key;
        with.is_initiator = is_initiator;
        const auto wire = (*codec)->protect(sample.message, profile, with, test::kNow, entropy);
        REQUIRE(wire);
        files.push_back(schemas.temporary().write(
            name + (is_initiator ? "-initiator.xml" : "-recipient.xml"), wire->bytes));
      }
      engine::ProtectWith bootstrap;
      bootstrap.bootstrap = true;
      const auto request =
          (*codec)->protect(sample.message, profile, bootstrap, test::kNow, entropy);
      REQUIRE(request);
      files.push_back(schemas.temporary().write(name + "-bootstrap.xml", request->bytes));
      engine::ProtectWith answer;
      answer.answering = request->exchange_keys;
      const auto response = (*codec)->protect(sample.message, profile, answer, test::kNow, entropy);
      REQUIRE(response);
      files.push_back(schemas.temporary().write(name + "-answer.xml", response->bytes));
    }
    CHECK(schemas.judge(files, profile) == "");
  }
}

TEST_CASE("the validator does see what is wrong") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const test::SchemaJudge schemas(shared / "schemas");
  const engine::Profile profile;
  const auto layout = soap::MessageLayout::make(test::application_message(profile, "<x/>"), profile,
                                                true, soap::CodecSettings().limits);
  REQUIRE(layout);
  const std::string text(as_text(layout->plain()));
  for (const auto& [from, to] :
       {std::pair("<wsrm:MessageNumber>41<", "<wsrm:MessageNumber>0<"),
        std::pair("Lower=\"1\"", "Lower=\"x\""), std::pair("<wsa:Address>", "<wsa:Adress>")}) {
    std::string broken = test::replaced(text, from, to);
    if (std::string_view(to) == "<wsa:Adress>") {
      broken = test::replaced(broken, "</wsa:Address>", "</wsa:Adress>");
    }
    const std::string file = schemas.temporary().write("broken.xml", as_bytes(broken));
    CHECK(schemas.judge({file}, profile) != "");
  }
}
