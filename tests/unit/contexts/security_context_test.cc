#include <catch2/catch.hpp>

#include "unit/contexts/trust_pair.h"

namespace parley::contexts {
namespace {

struct Established : TrustPair {
  Established() { REQUIRE(establish().has_value()); }

  void renew() {
    begin_renewal();
    REQUIRE(take(serve(request()).value()).has_value());
  }
};

ErrorCode code_of(const Result<const InstanceState*>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}

}  // namespace

TEST_CASE("Every context setting has a row") {
  CHECK(context_setting_rows().size() == 11);
  const ContextSettings defaults;
  for (const ContextSettingRow& row : context_setting_rows()) {
    CHECK(defaults.*row.field == row.value);
    CHECK_FALSE(row.reason.empty());
  }
}

TEST_CASE("No Instance is a value of its own, not a wildcard (SC2)") {
  Established pair;
  const std::string identifier = pair.at_service->state().identifier;
  CHECK(pair.at_service->receiving({identifier, ""}, kStart, {}).has_value());
  CHECK(code_of(pair.at_service->receiving({identifier, "x"}, kStart, {})) ==
        ErrorCode::context_unsupported);
  CHECK(code_of(pair.at_service->receiving({"urn:foreign", ""}, kStart, {})) ==
        ErrorCode::context_unknown);
  pair.client_sends();
  pair.renew();
  const ContextName renewed = pair.at_client->state().instances.back().name;
  CHECK(pair.at_service->receiving({identifier, ""}, kStart, {}).value()->name.instance.empty());
  CHECK(pair.at_service->receiving(renewed, kStart, {}).value()->name == renewed);
}

TEST_CASE("After a Renew the client uses the new key at once and still takes the old (SC27)") {
  Established pair;
  pair.client_sends();
  const ContextName old = pair.at_client->state().instances.back().name;
  pair.renew();
  const ContextName renewed = pair.at_client->state().instances.back().name;
  CHECK(pair.at_client->sending(pair.client.now, {}).value()->name == renewed);
  CHECK(pair.at_client->receiving(old, pair.client.now, {}).has_value());

  const Duration rollover(static_cast<std::int64_t>(pair.client.settings.context_rollover_ms));
  pair.pass(rollover - Duration(1));
  CHECK(pair.at_client->receiving(old, pair.client.now, {}).has_value());
  pair.pass(Duration(1));
  CHECK(code_of(pair.at_client->receiving(old, pair.client.now, {})) == ErrorCode::renew_needed);
}

TEST_CASE("The service sends with the newest proven key and answers with the request's (SC31)") {
  Established pair;
  pair.client_sends();
  const ContextName old = pair.at_client->state().instances.back().name;
  pair.renew();
  const ContextName renewed = pair.at_client->state().instances.back().name;
  CHECK(pair.at_service->sending(pair.service.now, {}).value()->name == old);
  CHECK(pair.at_service->answering(renewed, pair.service.now, {}).value()->name == renewed);

  pair.client_sends();
  CHECK(pair.at_service->sending(pair.service.now, {}).value()->name == renewed);
  CHECK(pair.at_service->answering(old, pair.service.now, {}).value()->name == old);
  const Duration rollover(static_cast<std::int64_t>(pair.service.settings.context_rollover_ms));
  pair.pass(rollover);
  CHECK(code_of(pair.at_service->answering(old, pair.service.now, {})) == ErrorCode::renew_needed);
}

TEST_CASE("The old key of an unproven renewal stays valid within its lifetime") {
  Established pair;
  pair.client_sends();
  const ContextName old = pair.at_client->state().instances.back().name;
  pair.begin_renewal();
  REQUIRE(pair.serve(pair.request()).has_value());
  pair.pass(9 * kHour);
  CHECK(pair.at_service->receiving(old, pair.service.now, {}).has_value());
}

TEST_CASE("Proving a key is a fact once, and wipes what would repeat its answer") {
  Established pair;
  pair.client_sends();
  CHECK_FALSE(pair.at_service->is_pending());
  pair.renew();
  const ContextName renewed = pair.at_client->state().instances.back().name;
  CHECK(pair.at_service->find(renewed)->answer.has_value());
  pair.client_sends();
  CHECK(pair.at_service->find(renewed)->is_proven);
  CHECK_FALSE(pair.at_service->find(renewed)->answer.has_value());
  CHECK_FALSE(pair.at_service->decide_proven(renewed, pair.service.now, {}).has_value());
}

TEST_CASE("The roll-over of a key never grows by later renewals") {
  Established pair;
  pair.client_sends();
  const ContextName first = pair.at_client->state().instances.back().name;
  pair.renew();
  pair.client_sends();
  const WallTime retires = *pair.at_service->find(first)->retires;
  pair.pass(kMinute);
  pair.renew();
  pair.client_sends();
  CHECK(*pair.at_service->find(first)->retires == retires);
  CHECK(*pair.at_client->find(first)->retires == retires);
}

TEST_CASE("Renewal is due at 60 % of the lifetime or after ten hours (SC28)") {
  Established pair;
  CHECK_FALSE(pair.at_client->is_renew_due(kStart + 6 * kHour - Duration(1), {}));
  CHECK(pair.at_client->is_renew_due(kStart + 6 * kHour, {}));
  CHECK(pair.at_client->deadline({}) == kStart + 6 * kHour);
  CHECK_FALSE(pair.at_service->is_renew_due(kStart + 6 * kHour, {}));

  ContextSettings late;
  late.context_renew_percent = 100;
  late.context_renew_after_ms = 7'200'000;
  CHECK_FALSE(pair.at_client->is_renew_due(kStart + 2 * kHour - Duration(1), late));
  CHECK(pair.at_client->is_renew_due(kStart + 2 * kHour, late));

  pair.begin_renewal();
  CHECK_FALSE(pair.at_client->is_renew_due(kStart + 6 * kHour, {}));
}

TEST_CASE("An expired key asks for renewal within the grace, then the context is over (SC29)") {
  Established pair;
  pair.client_sends();
  const ContextName name = pair.at_client->state().instances.back().name;
  const WallTime expires = pair.at_client->state().instances.back().lifetime.expires;
  const WallTime end = expires + Duration(600'000);
  CHECK(pair.at_service->receiving(name, expires - Duration(1), {}).has_value());
  CHECK(code_of(pair.at_service->receiving(name, expires, {})) == ErrorCode::renew_needed);
  CHECK(code_of(pair.at_client->sending(expires, {})) == ErrorCode::renew_needed);
  CHECK(pair.at_service->renewable(name, end - Duration(1), {}).has_value());
  CHECK_FALSE(pair.at_service->is_over(end - Duration(1), {}));
  CHECK(pair.at_service->is_over(end, {}));
  CHECK(code_of(pair.at_service->receiving(name, end, {})) == ErrorCode::context_unknown);
  CHECK(code_of(pair.at_service->renewable(name, end, {})) == ErrorCode::unable_to_renew);
  CHECK_FALSE(pair.at_client->is_renew_due(end, {}));
}

TEST_CASE("A context that is never used is dropped after a limit (SC52)") {
  Established pair;
  const Duration unused(180'000);
  CHECK(pair.at_service->is_pending());
  CHECK(pair.at_service->deadline({}) == kStart + unused);
  CHECK_FALSE(pair.at_service->is_over(kStart + unused - Duration(1), {}));
  CHECK(pair.at_service->is_over(kStart + unused, {}));
  pair.client_sends();
  CHECK_FALSE(pair.at_service->is_over(kStart + unused, {}));
  CHECK_FALSE(pair.at_client->is_over(kStart + unused, {}));
}

TEST_CASE("Keys go when their roll-over or their grace is over, the newest never (SC55)") {
  Established pair;
  pair.client_sends();
  const ContextName old = pair.at_client->state().instances.back().name;
  pair.renew();
  pair.client_sends();
  const WallTime retires = *pair.at_service->find(old)->retires;
  CHECK(pair.at_service->deadline({}) == retires);
  CHECK_FALSE(pair.at_service->decide_sweep(retires - Duration(1), {}).has_value());
  const ContextState swept = pair.at_service->decide_sweep(retires, {}).value();
  CHECK(swept.instances.size() == 1);
  pair.at_service->apply(swept);
  CHECK(pair.at_service->find(old) == nullptr);
  CHECK_FALSE(pair.at_service->decide_sweep(retires + 99 * kHour, {}).has_value());
}

TEST_CASE("A live key knows its name, its size and when it ends") {
  Established pair;
  pair.client_sends();
  pair.renew();
  pair.client_sends();
  const InstanceState& old = pair.at_service->state().instances.front();
  const LiveKey key = pair.at_service->open_key(old, pair.service.sealing).value();
  CHECK(key.name() == old.name);
  CHECK(key.key_bits() == 256);
  CHECK(key.family() == TrustFamily::oasis_200512);
  CHECK(key.expires() == *old.retires);
  CHECK(key.token_xml().empty());
  CHECK_FALSE(LiveKey::make({}, TrustFamily::oasis_200512, crypto::SecretBytes(), kStart));
}

}  // namespace parley::contexts
