#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/policy_limits.h"
#include "bindings/soap/policy/policy_preference.h"
#include "bindings/soap/policy/policy_requirements.h"
#include "bindings/soap/policy/profile_mapping.h"
#include "bindings/soap/policy/service_description.h"

namespace parley::policy {

/// How to speak to an endpoint, as its policy demands and as we prefer.
struct PolicyChoice {
  /// Nothing: no alternative will do, and `words` say why.
  std::optional<engine::Profile> profile;
  /// Of the alternative that was picked.
  PolicyRequirements requirements;
  std::vector<PolicyRemark> remarks;
  /// Lines for the operator: what was picked, where it differs from the letter of the policy, and
  /// for every other alternative that cannot be used which assertion stands in the way.
  std::vector<std::string> words;
};

/// Picks an alternative of the endpoint's policy (WP-025): the first in the order of the preference
/// that can be spoken. Errors: limit_exceeded.
Result<PolicyChoice> choose(const EndpointDescription& endpoint,
                            const PolicyPreference& preference,
                            const PolicyLimits& limits = {});

}  // namespace parley::policy
