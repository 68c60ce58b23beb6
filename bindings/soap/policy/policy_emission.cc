#include "bindings/soap/policy/policy_emission.h"

#include <string>
#include <utility>

#include "bindings/soap/policy/assertion_builder.h"
#include "bindings/soap/policy/security_emission.h"

namespace parley::policy {
namespace {

using engine::Profile;

XmlValue milliseconds(std::string_view ns, std::string_view local, std::uint64_t value) {
  return make_value(ns, local, {{"Milliseconds", std::to_string(value)}});
}

/// WP-003 and WP-075: in the order of the schema, which some importers depend on.
void add_rm(const Profile& profile, Alternative& out) {
  const sequences::RmSettings& settings = profile.rm_settings;
  const bool is_1_1 = profile.rm == sequences::RmVersion::rm_1_1;
  XmlValue assertion = make_value(is_1_1 ? uri::kRmp11 : uri::kRmp10, "RMAssertion");
  const std::string_view of_times = is_1_1 ? uri::kNetRmp : uri::kRmp10;  // WP-073
  if (settings.inactivity_ms != 0) {
    assertion.children.push_back(
        milliseconds(of_times, "InactivityTimeout", settings.inactivity_ms));
  }
  assertion.children.push_back(
      milliseconds(of_times, "AcknowledgementInterval", settings.ack_interval_ms));
  if (!is_1_1) {
    out.push_back(make_assertion(std::move(assertion)));
    return;
  }
  Alternative nested;
  if (profile.sc && profile.sequence_token_reference) {
    nested.push_back(make_assertion(uri::kRmp11, "SequenceSTR"));
  }
  Alternative assurance{make_assertion(uri::kRmp11, name_of(settings.assurance))};
  if (settings.in_order) {
    assurance.push_back(make_assertion(uri::kRmp11, "InOrder"));
  }
  nested.push_back(make_nested(uri::kRmp11, "DeliveryAssurance", std::move(assurance)));
  out.push_back(make_nested(std::move(assertion), std::move(nested)));
}

/// WA-050 and WA-051. A service always answers on the exchange; where it also does so at addresses or to
/// polls, nothing is restricted.
AssertionPtr addressing_1_0(const Profile& profile) {
  Alternative nested;
  if (profile.reply == engine::ReplyMode::anonymous) {
    nested.push_back(make_assertion(uri::kWsam, "AnonymousResponses"));
  }
  return make_nested(uri::kWsam, "Addressing", std::move(nested));
}

}  // namespace

Language usual_language(const Profile& profile) {
  const bool is_older = profile.sc ? profile.sc == contexts::TrustFamily::feb_2005
                                   : profile.rm == sequences::RmVersion::rm_1_0;
  return is_older ? Language::policy_2004_09 : Language::policy_1_5;
}

Result<NormalPolicy> policy_of(std::span<const Profile> profiles, Language language) {
  NormalPolicy policy;
  policy.language = language;
  for (const Profile& profile : profiles) {
    Alternative alternative;
    const bool is_1_0 = profile.addressing == engine::AddressingVersion::addressing_1_0;
    alternative.push_back(is_1_0 ? addressing_1_0(profile)
                                 : make_assertion(uri::kWsap, "UsingAddressing"));
    if (profile.reply == engine::ReplyMode::polled) {
      alternative.push_back(make_assertion(uri::kMakeConnection, "MCSupported"));  // MC-050
    }
    if (profile.mtom) {
      alternative.push_back(make_assertion(uri::kMtomPolicy, "OptimizedMimeSerialization"));
    }
    if (profile.rm) {
      add_rm(profile, alternative);
    }
    PARLEY_TRY(add_security(profile, alternative));
    policy.alternatives.push_back(alternative);
    if (!is_1_0) {
      // Few know the assertion of 2004/08: who does not may take this one, and speak it all the
      // same.
      alternative.erase(alternative.begin());
      policy.alternatives.push_back(std::move(alternative));
    }
  }
  return policy;
}

std::optional<NormalPolicy> message_policy_of(std::span<const Profile> profiles,
                                              Language language) {
  Alternative parts = message_security(profiles.front());
  if (parts.empty()) {
    return std::nullopt;
  }
  return NormalPolicy{language, {std::move(parts)}};
}

}  // namespace parley::policy
