#pragma once

#include <string>
#include <vector>

#include "bindings/soap/policy/policy_preference.h"
#include "bindings/soap/policy/service_description.h"
#include "bindings/soap/soap_codec.h"
#include "engine/profile.h"

namespace parley::cli {

/// How a service is spoken to, by what its description says.
struct ServiceChoice {
  std::string address;
  engine::Profile profile;
  const policy::EndpointDescription* endpoint = nullptr;
};

/// What is preferred where a policy leaves a choice: the values of `habits` first, then the usual
/// ones, last what `admitted` names as "rm=none", "sc=none", "suite=NAME". `codec` says what is
/// allowed besides. Throws Failure (usage).
policy::PolicyPreference preference_of(const engine::Profile& habits,
                                       const std::vector<std::string>& admitted,
                                       const soap::CodecSettings& codec);

/// Picks the first endpoint of the description that can be spoken to, or the one of that name, and
/// says in words, a line each, what was picked and what is in the way of the others. Throws Failure
/// (peer) when there is none.
ServiceChoice choose_service(const std::vector<policy::EndpointDescription>& endpoints,
                             const std::string& port,
                             const policy::PolicyPreference& preference);

/// Says where the message to be sent is none of the endpoint's. Throws Failure (usage) where the
/// service has an operation of that action which answers, or does not, other than is expected.
void check_action(const policy::EndpointDescription& endpoint,
                  const std::string& action,
                  bool expects_reply);

}  // namespace parley::cli
