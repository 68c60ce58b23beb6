#include <catch2/catch.hpp>

#include "bindings/soap/message_layout.h"
#include "bindings/soap/xml/c14n.h"
#include "unit/soap/wire_samples.h"
#include "unit/soap/wire_text.h"

using namespace parley;

namespace {

std::string canonical(const xml::Element& element) {
  Bytes out;
  REQUIRE(xml::canonicalize(element, {}, out));
  return std::string(as_text(out));
}

}  // namespace

TEST_CASE("what is digested is the canonical form of what is written, in all versions") {
  for (const engine::Profile& profile : test::version_profiles()) {
    for (const test::Sample& sample : test::samples(profile)) {
      CAPTURE(test::describe(profile), sample.name);
      const auto layout =
          soap::MessageLayout::make(sample.message, profile, true, soap::CodecSettings().limits);
      REQUIRE(layout);
      const xml::Document document = test::parsed(layout->plain());
      layout->with_envelope([&](const soap::UnprotectedEnvelope& envelope) {
        for (const soap::SignedPart& part : envelope.headers) {
          CHECK(canonical(document.by_id(part.id)) == as_text(part.canonical));
        }
        const std::string body = std::string(as_text(envelope.body_open)) +
                                 std::string(as_text(envelope.body_canonical)) +
                                 std::string(as_text(envelope.body_close));
        CHECK(canonical(document.by_id(envelope.body_id)) == body);
      });
    }
  }
}
