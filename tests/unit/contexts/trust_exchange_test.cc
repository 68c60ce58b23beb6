#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "unit/contexts/trust_pair.h"

namespace parley::contexts {
namespace {

std::string key_of(const SecurityContext& context, const ContextName& name, Side& side) {
  const LiveKey key = context.open_key(*context.find(name), side.sealing).value();
  return to_hex(key.secret().view());
}

ContextName newest(const SecurityContext& context) {
  return context.state().instances.back().name;
}

template <class T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}

struct Established : TrustPair {
  Established() { REQUIRE(establish().has_value()); }
};

// An Issue whose answer a test may spoil before the client judges it.
struct Issuing : TrustPair {
  Issuing() : issue(begin_issue(TrustFamily::oasis_200512, client.means()).value()) {
    Granted granted = decide_issue(issue_request(issue, client.means()), "x509:client",
                                   "urn:uuid:context", pending, service.means())
                          .value();
    response = std::move(granted.response);
  }

  Result<ContextState> judge() { return decide_issued(issue, response, "x509:s", client.means()); }

  PendingIssue issue;
  TokenResponse response;
};

/// What a token service hands over.
TokenResponse given(const char* identifier, const char* instance, Byte octet) {
  TokenResponse response;
  response.token = ContextName{identifier, instance};
  response.proof_secret = crypto::SecretBytes::copy_of(Bytes(32, octet));
  return response;
}

}  // namespace

TEST_CASE("Both sides of an Issue hold the same key, sealed, under the issuer's Identifier") {
  Established pair;
  const ContextState& client = pair.at_client->state();
  const ContextState& service = pair.at_service->state();
  CHECK(client.identifier == "urn:uuid:context");
  CHECK(client.role == ContextRole::initiator);
  CHECK(client.principal == "x509:service");
  CHECK(service.role == ContextRole::recipient);
  CHECK(service.principal == "x509:client");
  CHECK(client.instances.front().name == ContextName{"urn:uuid:context", ""});  // SC2
  CHECK(client.instances.front().key_bits == 256);
  CHECK(client.instances.front().lifetime == service.instances.front().lifetime);
  const ContextName name = newest(*pair.at_client);
  CHECK(key_of(*pair.at_client, name, pair.client) == key_of(*pair.at_service, name, pair.service));
}

TEST_CASE("A client asks with fresh entropy of the key's size and a fresh @Context (SC19)") {
  Side side;
  const PendingIssue a = begin_issue(TrustFamily::oasis_200512, side.means()).value();
  const PendingIssue b = begin_issue(TrustFamily::oasis_200512, side.means()).value();
  CHECK(a.entropy.size() == 32);
  CHECK(a.context != b.context);
  CHECK(a.context.rfind("urn:uuid:", 0) == 0);
  CHECK(a.context.size() == 45);
  CHECK_FALSE(a.entropy.equals(b.entropy));
  side.settings.context_key_bits = 120;
  CHECK(code_of(begin_issue(TrustFamily::oasis_200512, side.means())) ==
        ErrorCode::invalid_argument);
}

TEST_CASE("An answer with another @Context is refused (SC13)") {
  Issuing pair;
  pair.response.context = "urn:uuid:other";
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
}

TEST_CASE("An answer without @Context is taken, since services exist that leave it out (SC13)") {
  Issuing pair;
  pair.response.context = "";
  CHECK(pair.judge());
}

TEST_CASE("Key sizes and entropy are taken at their limits, and not one step beyond (SC21, SC22)") {
  TrustPair pair;
  const auto judge = [&](std::uint64_t bits, std::uint64_t entropy_bytes) {
    TokenRequest request = issue_request(
        begin_issue(TrustFamily::oasis_200512, pair.client.means()).value(), pair.client.means());
    request.key_bits = static_cast<std::uint32_t>(bits);
    request.entropy = crypto::SecretBytes::copy_of(Bytes(entropy_bytes, 7));
    const auto granted =
        decide_issue(request, "x509:client", "urn:c", pair.pending, pair.service.means());
    return granted ? std::optional<ErrorCode>() : std::optional(granted.error().code());
  };
  const Limits limits;
  CHECK_FALSE(judge(limits.context_key_bits_min, 32));
  CHECK(judge(limits.context_key_bits_min - 8, 32) == ErrorCode::context_unsupported);
  CHECK_FALSE(judge(limits.context_key_bits_max, 32));
  CHECK(judge(limits.context_key_bits_max + 8, 32) == ErrorCode::context_unsupported);
  CHECK_FALSE(judge(256, limits.entropy_bytes_min));
  CHECK(judge(256, limits.entropy_bytes_min - 1) == ErrorCode::trust_invalid_request);
  CHECK_FALSE(judge(256, limits.entropy_bytes_max));
  CHECK(judge(256, limits.entropy_bytes_max + 1) == ErrorCode::trust_invalid_request);
}

TEST_CASE("No @Context in, none out (SC13)") {
  TrustPair pair;
  TokenRequest request = issue_request(
      begin_issue(TrustFamily::feb_2005, pair.client.means()).value(), pair.client.means());
  request.context.clear();
  const Granted granted =
      decide_issue(request, "x509:client", "urn:c", pair.pending, pair.service.means()).value();
  CHECK(granted.response.context.empty());
  CHECK(granted.response.family == TrustFamily::feb_2005);
}

TEST_CASE("A missing TokenType is that of the request, another one is refused (SC15)") {
  Issuing pair;
  pair.response.token_type.reset();
  CHECK(pair.judge().has_value());
  pair.response.token_type = std::string(token_type_of(TrustFamily::feb_2005));
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
}

TEST_CASE("An answer without a token, or with one without Identifier, is refused (SC5, SC16)") {
  Issuing pair;
  pair.response.token = ContextName{"", "x"};
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
  pair.response.token.reset();
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
}

TEST_CASE("An answer of another family or to another operation is refused (N1)") {
  Issuing pair;
  pair.response.family = TrustFamily::feb_2005;
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
  pair.response.family = TrustFamily::oasis_200512;
  pair.response.operation = TrustOperation::renew;
  CHECK(code_of(pair.judge()) == ErrorCode::token_invalid);
}

TEST_CASE("A token is kept as the issuer wrote it (SC3)") {
  Issuing pair;
  pair.response.token_xml = to_bytes("<sct/>");
  const SecurityContext context(pair.judge().value());
  const LiveKey key =
      context.open_key(context.state().instances.front(), pair.client.sealing).value();
  CHECK(as_text(key.token_xml()) == "<sct/>");
}

TEST_CASE("A lifetime is judged at its bounds (SC23)") {
  Issuing pair;
  const Duration skew(static_cast<std::int64_t>(pair.client.settings.context_clock_skew_ms));
  const auto judged = [&](WallTime created, WallTime expires) {
    pair.response.lifetime = Lifetime{created, expires};
    return pair.judge();
  };
  CHECK(judged(kStart + skew, kStart + kHour).has_value());
  CHECK(code_of(judged(kStart + skew + Duration(1), kStart + kHour)) ==
        ErrorCode::trust_invalid_time);
  CHECK(judged(kStart - kHour, kStart + Duration(1)).has_value());
  CHECK(code_of(judged(kStart - kHour, kStart)) == ErrorCode::trust_invalid_time);
  CHECK(code_of(judged(kStart + kMinute, kStart + kMinute)) == ErrorCode::trust_invalid_time);

  pair.response.lifetime.reset();
  const ContextState state = pair.judge().value();
  CHECK(state.instances.front().lifetime.expires == kStart + 15 * kHour);  // the local cap
}

TEST_CASE("An issuer refuses entropy that is too short or too long (SC22)") {
  TrustPair pair;
  const auto judged = [&](std::size_t bytes) {
    TokenRequest request;
    request.entropy = crypto::SecretBytes::copy_of(Bytes(bytes, 9));
    return decide_issue(request, "x509:c", "urn:c", pair.pending, pair.service.means());
  };
  CHECK(code_of(judged(15)) == ErrorCode::trust_invalid_request);
  CHECK(judged(16).has_value());
  CHECK(judged(512).has_value());
  CHECK(code_of(judged(513)) == ErrorCode::trust_invalid_request);
}

TEST_CASE("An issuer gives the KeySize asked for or refuses, its own if none is named (SC21)") {
  TrustPair pair;
  const auto judged = [&](std::uint32_t bits) {
    TokenRequest request;
    request.entropy = crypto::SecretBytes::copy_of(Bytes(32, 9));
    request.key_bits = bits;
    return decide_issue(request, "x509:c", "urn:c", pair.pending, pair.service.means());
  };
  CHECK(judged(192).value().response.key_bits == 192);
  CHECK(judged(0).value().response.key_bits == 256);
  CHECK(code_of(judged(64)) == ErrorCode::context_unsupported);
  CHECK(code_of(judged(130)) == ErrorCode::context_unsupported);
  CHECK(code_of(judged(1024)) == ErrorCode::context_unsupported);
}

TEST_CASE("An issuer shortens a lifetime, and refuses one that makes no sense (T11)") {
  TrustPair pair;
  const auto judged = [&](WallTime created, WallTime expires) {
    TokenRequest request;
    request.entropy = crypto::SecretBytes::copy_of(Bytes(32, 9));
    request.lifetime = Lifetime{created, expires};
    return decide_issue(request, "x509:c", "urn:c", pair.pending, pair.service.means());
  };
  CHECK(judged(kStart, kStart + kHour).value().response.lifetime->expires == kStart + kHour);
  CHECK(judged(kStart, kStart + 99 * kHour).value().response.lifetime->expires ==
        kStart + 15 * kHour);
  CHECK(code_of(judged(kStart, kStart)) == ErrorCode::trust_invalid_time);
  CHECK(code_of(judged(kStart - kHour, kStart)) == ErrorCode::trust_invalid_time);
  CHECK(code_of(judged(kStart + 6 * kMinute, kStart + kHour)) == ErrorCode::trust_invalid_time);
}

TEST_CASE("A requestor without entropy gets the key itself (SC20)") {
  TrustPair pair;
  TokenRequest request;
  request.context = "urn:uuid:x";
  const Granted granted =
      decide_issue(request, "x509:c", "urn:c", pair.pending, pair.service.means()).value();
  CHECK_FALSE(granted.response.computed_key);
  CHECK_FALSE(granted.response.entropy.has_value());
  const SecurityContext context(*granted.fact);
  CHECK(to_hex(granted.response.proof_secret->view()) ==
        key_of(context, newest(context), pair.service));
}

TEST_CASE("Nobody gets a context without a proven credential, nor Issue with a target (SC6, T2)") {
  TrustPair pair;
  TokenRequest request;
  CHECK(code_of(decide_issue(request, "", "urn:c", pair.pending, pair.service.means())) ==
        ErrorCode::authentication_failed);
  request.target = ContextName{"urn:c", ""};
  CHECK(code_of(decide_issue(request, "p", "urn:c", pair.pending, pair.service.means())) ==
        ErrorCode::trust_invalid_request);
  request.target.reset();
  request.operation = TrustOperation::renew;
  CHECK(code_of(decide_issue(request, "p", "urn:c", pair.pending, pair.service.means())) ==
        ErrorCode::trust_invalid_request);
}

TEST_CASE("Contexts issued and unused are bounded per principal (SC52)") {
  TrustPair pair;
  pair.service.limits.contexts_pending_max = 2;
  const auto judged = [&](const std::string& principal) {
    auto granted =
        decide_issue(TokenRequest{}, principal, "urn:c", pair.pending, pair.service.means());
    if (granted) {
      pair.pending.add(principal);
    }
    return granted;
  };
  CHECK(judged("a").has_value());
  CHECK(judged("a").has_value());
  CHECK(code_of(judged("a")) == ErrorCode::endpoint_unavailable);
  CHECK(judged("b").has_value());
  pair.pending.remove("a");
  CHECK(judged("a").has_value());
  pair.pending.remove("nobody");
  CHECK(pair.pending.count("a") == 2);
}

TEST_CASE(
    "A Renew gives both sides a new key under the same Identifier and a new Instance (SC26)") {
  Established pair;
  const ContextName old = newest(*pair.at_client);
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  CHECK(request.target == old);
  const TokenResponse response = pair.serve(request).value();
  REQUIRE(pair.take(response).has_value());
  const ContextName renewed = newest(*pair.at_client);
  CHECK(renewed.identifier == old.identifier);
  CHECK_FALSE(renewed.instance.empty());
  CHECK(key_of(*pair.at_client, renewed, pair.client) ==
        key_of(*pair.at_service, renewed, pair.service));
  CHECK(key_of(*pair.at_client, renewed, pair.client) != key_of(*pair.at_client, old, pair.client));
  CHECK_FALSE(pair.at_client->state().renewal.has_value());
}

TEST_CASE("A Renew is the same request each time it is built from its facts, and after a restart") {
  Established pair;
  pair.begin_renewal();
  const TokenRequest first = pair.request();
  pair.at_client = SecurityContext(ContextState(pair.at_client->state()));
  const TokenRequest again = pair.request();
  CHECK(first.context == again.context);
  CHECK(first.entropy->equals(*again.entropy));
  CHECK(pair.at_client->state().renewal->message_id == "urn:uuid:message");
}

TEST_CASE("A repeated Renew gets the same answer and changes nothing, after a restart too") {
  Established pair;
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  const TokenResponse first = pair.serve(request).value();
  const ContextState after = pair.at_service->state();
  pair.at_service = SecurityContext(ContextState(after));
  pair.pass(kMinute);
  const Granted again =
      decide_renew(*pair.at_service, request, &*request.target, "", pair.service.means()).value();
  CHECK_FALSE(again.fact.has_value());
  CHECK(again.response.token == first.token);
  CHECK(again.response.entropy->equals(*first.entropy));
  CHECK(again.response.lifetime == first.lifetime);
  CHECK(again.response.key_bits == first.key_bits);
  REQUIRE(pair.take(again.response).has_value());
  CHECK(key_of(*pair.at_client, newest(*pair.at_client), pair.client) ==
        key_of(*pair.at_service, newest(*pair.at_client), pair.service));
}

TEST_CASE("A repeated Renew without entropy gets the same key") {
  Established pair;
  pair.begin_renewal();
  TokenRequest request = pair.request();
  request.entropy.reset();
  const TokenResponse first = pair.serve(request).value();
  const TokenResponse again = pair.serve(request).value();
  CHECK(first.proof_secret->equals(*again.proof_secret));
  CHECK(pair.at_service->state().instances.size() == 2);
}

TEST_CASE("The same @Context with other entropy is another Renew") {
  Established pair;
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  TokenRequest other = copy_of(request);
  other.entropy = crypto::SecretBytes::copy_of(Bytes(32, 3));
  const TokenResponse first = pair.serve(request).value();
  const TokenResponse second = pair.serve(other).value();
  CHECK(first.token != second.token);
  CHECK(pair.at_service->state().instances.size() == 3);
}

TEST_CASE("Unproven Instances are bounded; the oldest makes room, never the key in use") {
  Established pair;
  pair.begin_renewal();
  TokenRequest request = pair.request();
  std::vector<ContextName> made;
  for (Byte i = 0; i < 6; ++i) {
    request.entropy = crypto::SecretBytes::copy_of(Bytes(32, i));
    made.push_back(*pair.serve(request).value().token);
    CHECK(pair.at_service->state().instances.size() <=
          pair.service.limits.instances_per_context_max);
  }
  CHECK(pair.at_service->state().instances.size() == 4);
  CHECK(pair.at_service->find(*request.target) != nullptr);
  CHECK(pair.at_service->find(made[2]) == nullptr);
  CHECK(pair.at_service->find(made[3]) != nullptr);
}

TEST_CASE("RenewTarget must be the key that protects the request (SC25)") {
  Established pair;
  pair.begin_renewal();
  TokenRequest request = pair.request();
  const ContextName proof = *request.target;
  const auto judged = [&](const ContextName& by) {
    return decide_renew(*pair.at_service, request, &by, "", pair.service.means());
  };
  request.target = ContextName{proof.identifier, "urn:uuid:other"};
  CHECK(code_of(judged(proof)) == ErrorCode::context_unknown);
  request.target = ContextName{"urn:uuid:foreign", ""};
  CHECK(code_of(judged(proof)) == ErrorCode::context_unknown);
  CHECK(code_of(judged(*request.target)) == ErrorCode::context_unknown);
  request.target.reset();
  CHECK(code_of(judged(proof)) == ErrorCode::trust_invalid_request);
}

TEST_CASE("Only the principal of the context may endorse its Renew and Cancel (SC24, SC35)") {
  Established pair;
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  const auto judged = [&](std::string_view credential) {
    return decide_renew(*pair.at_service, request, &*request.target, credential,
                        pair.service.means());
  };
  CHECK(code_of(judged("x509:other")) == ErrorCode::authentication_failed);
  CHECK(judged("x509:client").has_value());
  const TokenRequest cancel = cancel_request(*pair.at_client, newest(*pair.at_client));
  CHECK(code_of(decide_cancel(*pair.at_service, cancel, *cancel.target, "x509:other")) ==
        ErrorCode::authentication_failed);
  CHECK(decide_cancel(*pair.at_service, cancel, *cancel.target, "x509:client").has_value());
}

TEST_CASE("A context stays in its family (N1)") {
  Established pair;
  pair.begin_renewal();
  TokenRequest request = pair.request();
  request.family = TrustFamily::feb_2005;
  CHECK(code_of(pair.serve(request)) == ErrorCode::trust_bad_request);
  request.family = TrustFamily::oasis_200512;
  request.operation = TrustOperation::issue;
  CHECK(code_of(pair.serve(request)) == ErrorCode::trust_invalid_request);
}

TEST_CASE("One renewal is in flight at a time, and only the initiator begins one (SC28)") {
  Established pair;
  pair.begin_renewal();
  CHECK(code_of(decide_renewal(*pair.at_client, "m", pair.client.means())) ==
        ErrorCode::invalid_state);
  CHECK(code_of(decide_renewal(*pair.at_service, "m", pair.service.means())) ==
        ErrorCode::invalid_state);
  pair.at_client->apply(decide_renewal_dropped(*pair.at_client).value());
  CHECK(code_of(decide_renewal_dropped(*pair.at_client)) == ErrorCode::invalid_state);
  CHECK(code_of(renew_request(*pair.at_client, pair.client.means())) == ErrorCode::invalid_state);
  CHECK(decide_renewal(*pair.at_client, "m", pair.client.means()).has_value());
}

TEST_CASE("An answer to a Renew must be proven with a key of the context (SC24)") {
  Established pair;
  pair.begin_renewal();
  const TokenResponse response = pair.serve(pair.request()).value();
  const ContextName foreign{"urn:uuid:foreign", ""};
  CHECK(code_of(decide_renewed(*pair.at_client, response, &foreign, "x509:service",
                               pair.client.means())) == ErrorCode::token_invalid);
  REQUIRE(pair.take(response).has_value());
  const ContextName own = newest(*pair.at_client);
  CHECK(code_of(decide_renewed(*pair.at_client, response, &own, "", pair.client.means())) ==
        ErrorCode::invalid_state);
}

TEST_CASE("The identity that obtained a context may renew it without its key, and no other (T19)") {
  Established pair;
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  const auto judged = [&](std::string_view credential) {
    return decide_renew(*pair.at_service, request, nullptr, credential, pair.service.means());
  };
  CHECK(code_of(judged("x509:other")) == ErrorCode::context_unknown);
  CHECK(code_of(judged("")) == ErrorCode::context_unknown);
  auto granted = judged("x509:client");
  REQUIRE(granted);
  REQUIRE(granted->fact);
  // It has shown no key: the one that it asks about is as unproven as before.
  CHECK(granted->fact->instances.size() == pair.at_service->state().instances.size() + 1);
  CHECK(granted->fact->instances.front().is_proven ==
        pair.at_service->state().instances.front().is_proven);
  CHECK_FALSE(granted->fact->instances.back().is_proven);
  const TokenResponse response = std::move(granted->response);
  CHECK(code_of(decide_renewed(*pair.at_client, response, nullptr, "x509:other",
                               pair.client.means())) == ErrorCode::token_invalid);
  CHECK(decide_renewed(*pair.at_client, response, nullptr, "x509:service", pair.client.means()));
}

TEST_CASE("A peer that renews under another Identifier, or under the old name, is followed") {
  Established pair;
  pair.begin_renewal();
  TokenResponse response = pair.serve(pair.request()).value();

  SECTION("another Identifier (SC26)") {
    response.token = ContextName{"urn:uuid:another", ""};
    REQUIRE(pair.take(response).has_value());
    CHECK(pair.at_client->state().identifier == "urn:uuid:context");
    CHECK(newest(*pair.at_client).identifier == "urn:uuid:another");
    CHECK(pair.at_client->state().instances.size() == 2);
  }
  SECTION("the old name: the pair still selects exactly one key (SC2, SC30)") {
    response.token = pair.at_client->state().renewal->target;
    const std::string before = key_of(*pair.at_client, *response.token, pair.client);
    REQUIRE(pair.take(response).has_value());
    CHECK(pair.at_client->state().instances.size() == 1);
    CHECK(key_of(*pair.at_client, *response.token, pair.client) != before);
  }
}

TEST_CASE("A lost answer to a Renew never leaves the sides without a common key (L6)") {
  Established pair;
  pair.client_sends();
  pair.begin_renewal();
  REQUIRE(pair.serve(pair.request()).has_value());  // the answer is lost
  // The client still sends with the old key; the service sends with the newest proven: the same.
  const InstanceState* client = pair.at_client->sending(pair.client.now, {}).value();
  const InstanceState* service = pair.at_service->sending(pair.service.now, {}).value();
  CHECK(client->name == service->name);
  // The renewal is given up and begun anew; the old key may still renew.
  pair.at_client->apply(decide_renewal_dropped(*pair.at_client).value());
  pair.begin_renewal();
  REQUIRE(pair.take(pair.serve(pair.request()).value()).has_value());
  pair.client_sends();
  CHECK(pair.at_service->sending(pair.service.now, {}).value()->name == newest(*pair.at_client));
  CHECK(pair.at_service->state().instances.size() == 2);  // the lost one went
}

TEST_CASE("A superseded key renews no more") {
  Established pair;
  pair.client_sends();
  pair.begin_renewal();
  const TokenRequest request = pair.request();
  REQUIRE(pair.take(pair.serve(request).value()).has_value());
  pair.client_sends();
  CHECK(code_of(pair.serve(request)) == ErrorCode::unable_to_renew);
}

TEST_CASE("An expired key renews within the grace and not beyond (SC29)") {
  Established pair;
  const WallTime expires = pair.at_client->state().instances.front().lifetime.expires;
  const Duration grace(static_cast<std::int64_t>(pair.client.settings.context_renew_grace_ms));
  pair.client_sends();

  SECTION("within") {
    pair.pass(expires + grace - kStart - Duration(1));
    pair.begin_renewal();
    CHECK(pair.take(pair.serve(pair.request()).value()).has_value());
    CHECK(pair.at_client->sending(pair.client.now, {}).has_value());
  }
  SECTION("beyond, at the client") {
    pair.pass(expires + grace - kStart);
    CHECK(code_of(decide_renewal(*pair.at_client, "m", pair.client.means())) ==
          ErrorCode::unable_to_renew);
  }
  SECTION("beyond, at the service") {
    pair.begin_renewal();
    const TokenRequest request = pair.request();
    pair.pass(expires + grace - kStart);
    CHECK(code_of(pair.serve(request)) == ErrorCode::unable_to_renew);
  }
}

TEST_CASE("Cancel ends the context on both sides (SC36, SC37)") {
  Established pair;
  const ContextName name = newest(*pair.at_client);
  pair.at_client->apply(*pair.at_client->decide_cancelling());
  CHECK_FALSE(pair.at_client->decide_cancelling().has_value());
  const TokenRequest request = cancel_request(*pair.at_client, name);
  const Cancelled cancelled = decide_cancel(*pair.at_service, request, name, "").value();
  CHECK(cancelled.fact == ContextForgotten{"urn:uuid:context"});
  const ContextForgotten forgotten =
      decide_cancelled(*pair.at_client, cancelled.response, name).value();
  CHECK(forgotten == ContextForgotten{"urn:uuid:context"});
}

TEST_CASE("Cancel names the context that protects it, and no other (SC36)") {
  Established pair;
  const ContextName name = newest(*pair.at_client);
  TokenRequest request = cancel_request(*pair.at_client, name);
  CHECK(code_of(decide_cancel(*pair.at_service, request, ContextName{"urn:foreign", ""}, "")) ==
        ErrorCode::context_unknown);
  request.target = ContextName{"urn:foreign", ""};
  CHECK(code_of(decide_cancel(*pair.at_service, request, name, "")) == ErrorCode::context_unknown);
  request.target.reset();
  CHECK(code_of(decide_cancel(*pair.at_service, request, name, "")) ==
        ErrorCode::trust_invalid_request);
}

TEST_CASE("An answer to a Cancel says so, under a key of the context, and nothing else") {
  Established pair;
  const ContextName name = newest(*pair.at_client);
  TokenResponse response;
  response.operation = TrustOperation::cancel;
  response.context = pair.at_client->state().identifier;
  CHECK(code_of(decide_cancelled(*pair.at_client, response, name)) == ErrorCode::token_invalid);
  response.cancelled = true;
  CHECK(decide_cancelled(*pair.at_client, response, name).has_value());
  CHECK(code_of(decide_cancelled(*pair.at_client, response, ContextName{"urn:f", ""})) ==
        ErrorCode::token_invalid);
  response.proof_secret = crypto::SecretBytes::copy_of(Bytes(32, 1));
  CHECK(code_of(decide_cancelled(*pair.at_client, response, name)) == ErrorCode::token_invalid);
}

TEST_CASE("A context being cancelled sends nothing new and renews no more") {
  Established pair;
  pair.begin_renewal();
  pair.at_client->apply(*pair.at_client->decide_cancelling());
  CHECK_FALSE(pair.at_client->state().renewal.has_value());
  CHECK(code_of(pair.at_client->sending(kStart, {})) == ErrorCode::context_unknown);
  CHECK(pair.at_client->receiving(newest(*pair.at_client), kStart, {}).has_value());
  CHECK_FALSE(pair.at_client->is_renew_due(kStart + 9 * kHour, {}));
  CHECK(code_of(decide_renewal(*pair.at_client, "m", pair.client.means())) ==
        ErrorCode::invalid_state);
}

TEST_CASE("Amend adds a proven credential and neither key nor lifetime (SC32, SC33)") {
  Established pair;
  const ContextName name = newest(*pair.at_client);
  const TokenRequest request = amend_request(*pair.at_client);
  const auto judged = [&](const std::string& credential) {
    return decide_amend(*pair.at_service, request, name, credential, pair.service.means());
  };
  CHECK(code_of(judged("")) == ErrorCode::authentication_failed);
  Granted granted = judged("user:alice").value();
  const ContextState before = pair.at_service->state();
  pair.at_service->apply(*granted.fact);
  CHECK(pair.at_service->state().amended == std::vector<std::string>{"user:alice"});
  CHECK(pair.at_service->state().instances == before.instances);
  CHECK(judge_amended(*pair.at_client, granted.response, name).has_value());
  CHECK_FALSE(judged("user:alice").value().fact.has_value());
  CHECK_FALSE(judged("x509:client").value().fact.has_value());

  granted.response.entropy = crypto::SecretBytes::copy_of(Bytes(32, 1));
  CHECK(code_of(judge_amended(*pair.at_client, granted.response, name)) ==
        ErrorCode::token_invalid);
}

TEST_CASE("Amend is bounded, and refused where it is not offered (SC34)") {
  Established pair;
  const ContextName name = newest(*pair.at_client);
  const TokenRequest request = amend_request(*pair.at_client);
  pair.service.settings.context_amended_max = 1;
  const auto judged = [&](const std::string& credential) {
    return decide_amend(*pair.at_service, request, name, credential, pair.service.means());
  };
  pair.at_service->apply(*judged("a").value().fact);
  CHECK(code_of(judged("b")) == ErrorCode::trust_request_failed);
  pair.service.settings.context_amended_max = 0;
  CHECK(code_of(judged("a")) == ErrorCode::trust_request_failed);
  CHECK(code_of(decide_amend(*pair.at_service, request, ContextName{"urn:f", ""}, "a",
                             pair.service.means())) == ErrorCode::context_unknown);
}

TEST_CASE("A context made elsewhere is adopted with its proof key (section 2, ways 1 and 2)") {
  Side side;
  const auto adopted = [&](const TokenResponse& response, Adoption adoption) {
    return decide_adopted(response, std::move(adoption), side.means());
  };
  TokenResponse response = given("urn:uuid:adopted", "", 5);
  const SecurityContext context(adopted(response, {ContextRole::recipient, "x509:sts"}).value());
  CHECK(key_of(context, newest(context), side) == to_hex(Bytes(32, 5)));
  CHECK_FALSE(context.is_pending());
  const SecurityContext unused(
      adopted(response, {ContextRole::recipient, "x509:sts", false}).value());
  CHECK(unused.is_pending());
  CHECK(unused.is_over(side.now + Duration(180'000), side.settings));  // SC52

  response.lifetime = Lifetime{kStart - kHour, kStart};
  CHECK(code_of(adopted(response, {})) == ErrorCode::trust_invalid_time);  // SC23
  response.lifetime.reset();
  response.key_bits = 128;
  CHECK(code_of(adopted(response, {})) == ErrorCode::token_invalid);
  response.key_bits = 0;
  response.proof_secret = crypto::SecretBytes::copy_of(Bytes(7, 5));
  CHECK(code_of(adopted(response, {})) == ErrorCode::limit_exceeded);  // SC21
  response.proof_secret.reset();
  CHECK(code_of(adopted(response, {})) == ErrorCode::token_invalid);
  response.computed_key = true;
  response.entropy = crypto::SecretBytes::copy_of(Bytes(32, 5));
  CHECK(code_of(adopted(response, {})) == ErrorCode::token_invalid);
}

TEST_CASE("Adopting the same key again changes nothing, another under its name is refused (SC2)") {
  Side side;
  SecurityContext context(
      decide_adopted(given("urn:uuid:c", "", 5), {ContextRole::recipient, "p"}, side.means())
          .value());
  const auto again = [&](const TokenResponse& response, bool is_proven = true) {
    return decide_adopted_again(context, response, is_proven, side.means());
  };
  CHECK_FALSE(again(given("urn:uuid:c", "", 5)).value().has_value());
  CHECK(code_of(again(given("urn:uuid:c", "", 6))) == ErrorCode::already_exists);
  CHECK(code_of(again(given("urn:uuid:d", "", 5))) == ErrorCode::already_exists);
  TokenResponse other_family = given("urn:uuid:c", "", 5);
  other_family.family = TrustFamily::feb_2005;
  CHECK(code_of(again(other_family)) == ErrorCode::already_exists);
}

TEST_CASE("A further Instance made elsewhere takes over, once it is proven (SC2, SC27)") {
  Side side;
  SecurityContext context(
      decide_adopted(given("urn:uuid:c", "", 5), {ContextRole::recipient, "p"}, side.means())
          .value());
  const auto sending = [&] {
    return context.sending(side.now, side.settings).value()->name.instance;
  };
  const auto adopt = [&](const char* instance, Byte octet, bool is_proven) {
    context.apply(**decide_adopted_again(context, given("urn:uuid:c", instance, octet), is_proven,
                                         side.means()));
  };
  adopt("1", 6, false);
  CHECK(sending().empty());
  context.apply(*context.decide_proven({"urn:uuid:c", "1"}, side.now, side.settings));
  CHECK(sending() == "1");
  adopt("2", 7, true);
  CHECK(sending() == "2");
  CHECK(context.receiving({"urn:uuid:c", "1"}, side.now, side.settings));
  side.now = side.now + Duration(300'000);
  CHECK_FALSE(context.receiving({"urn:uuid:c", "1"}, side.now, side.settings));
  for (char instance = '3'; instance < '9'; ++instance) {
    adopt(std::string(1, instance).c_str(), static_cast<Byte>(instance), true);
    CHECK(context.state().instances.size() <= side.limits.instances_per_context_max);
  }
  CHECK(sending() == "8");
}

TEST_CASE("A sealed key opens under its own names and its own master key only") {
  Established pair;
  InstanceState moved = pair.at_service->state().instances.front();
  CHECK(pair.at_service->open_key(moved, pair.service.sealing).has_value());
  CHECK(code_of(pair.at_service->open_key(moved, pair.client.sealing)) == ErrorCode::store_corrupt);
  moved.name.instance = "urn:uuid:moved";
  CHECK(code_of(pair.at_service->open_key(moved, pair.service.sealing)) ==
        ErrorCode::store_corrupt);
}

}  // namespace parley::contexts
