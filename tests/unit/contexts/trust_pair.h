#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "contexts/security_context.h"
#include "contexts/trust_initiator.h"
#include "contexts/trust_recipient.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "crypto/secret.h"

namespace parley::contexts {

inline constexpr WallTime kStart{1'800'000'000'000};
inline constexpr Duration kMinute{60'000};
inline constexpr Duration kHour{3'600'000};

inline crypto::SecretBytes secret_from(const std::string& hex) {
  return crypto::SecretBytes::copy_of(from_hex(hex).value());
}

inline TokenRequest copy_of(const TokenRequest& request) {
  TokenRequest copy;
  copy.family = request.family;
  copy.operation = request.operation;
  copy.context = request.context;
  if (request.entropy) {
    copy.entropy = request.entropy->clone();
  }
  copy.key_bits = request.key_bits;
  copy.lifetime = request.lifetime;
  copy.target = request.target;
  return copy;
}

/// One side with its settings, master key and randomness.
struct Side {
  ContextSettings settings;
  Limits limits;
  crypto::SystemEntropy entropy;
  crypto::SealingKey sealing = crypto::SealingKey::generate(entropy);
  WallTime now = kStart;

  TrustMeans means() { return TrustMeans{settings, limits, sealing, entropy, now}; }
};

/// Two sides that establish and renew one context by handing values over.
struct TrustPair {
  Side client;
  Side service;
  PendingContexts pending;
  std::optional<SecurityContext> at_client;
  std::optional<SecurityContext> at_service;

  void pass(Duration time) {
    client.now = client.now + time;
    service.now = service.now + time;
  }

  Result<void> establish(TrustFamily family = TrustFamily::oasis_200512) {
    PARLEY_ASSIGN_OR_RETURN(const PendingIssue issue, begin_issue(family, client.means()));
    PARLEY_ASSIGN_OR_RETURN(Granted granted,
                            decide_issue(issue_request(issue, client.means()), "x509:client",
                                         "urn:uuid:context", pending, service.means()));
    at_service.emplace(*granted.fact);
    PARLEY_ASSIGN_OR_RETURN(ContextState state,
                            decide_issued(issue, granted.response, "x509:service", client.means()));
    at_client.emplace(std::move(state));
    return {};
  }

  void begin_renewal() {
    at_client->apply(decide_renewal(*at_client, "urn:uuid:message", client.means()).value());
  }

  TokenRequest request() { return renew_request(*at_client, client.means()).value(); }

  /// The service judges `request`, and remembers.
  Result<TokenResponse> serve(const TokenRequest& request) {
    PARLEY_ASSIGN_OR_RETURN(
        Granted granted, decide_renew(*at_service, request, &*request.target, "", service.means()));
    if (granted.fact) {
      at_service->apply(*granted.fact);
    }
    return std::move(granted.response);
  }

  /// The client judges the answer, which the target's key protected, and remembers.
  Result<void> take(const TokenResponse& response) {
    PARLEY_ASSIGN_OR_RETURN(
        const ContextState next,
        decide_renewed(*at_client, response, &at_client->state().renewal->target, "",
                       client.means()));
    at_client->apply(next);
    return {};
  }

  /// A message of the client reaches the service under the key that the client sends with.
  void client_sends() {
    const InstanceState& key = *at_client->sending(client.now, client.settings).value();
    if (auto fact = at_service->decide_proven(key.name, service.now, service.settings)) {
      at_service->apply(*fact);
    }
  }
};

}  // namespace parley::contexts
