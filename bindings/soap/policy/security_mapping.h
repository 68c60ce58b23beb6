#pragma once

#include "bindings/soap/policy/mapping_remarks.h"
#include "bindings/soap/policy/policy_preference.h"
#include "bindings/soap/policy/policy_requirements.h"
#include "engine/profile.h"

namespace parley::policy {

/// Sets what a policy says about contexts and about the protection of messages.
void map_security(const PolicyRequirements& requirements,
                  const PolicyPreference& preference,
                  engine::Profile& profile,
                  MappingRemarks& remarks);

}  // namespace parley::policy
