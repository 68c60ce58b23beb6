#pragma once

#include <vector>

#include "bindings/soap/policy/mapping_remarks.h"
#include "bindings/soap/policy/policy_preference.h"
#include "bindings/soap/policy/policy_requirements.h"
#include "bindings/soap/policy/service_description.h"
#include "engine/profile.h"

namespace parley::policy {

/// The profile that speaks as an alternative demands, and what it cannot say.
struct ProfileMapping {
  engine::Profile profile;
  std::vector<PolicyRemark> remarks;

  /// Whether nothing stands in the way.
  bool is_possible() const;
};

/// Makes a profile of what an alternative of the endpoint's policy demands. What the policy leaves
/// open is taken from the habits of `preference`.
ProfileMapping map_to_profile(const EndpointDescription& endpoint,
                              const PolicyRequirements& requirements,
                              const PolicyPreference& preference);

}  // namespace parley::policy
