#pragma once

#include "bindings/soap/policy/mapping_remarks.h"
#include "bindings/soap/policy/security_requirements.h"
#include "engine/profile.h"

namespace parley::policy {

/// Sets how a context is established: by what the token that asks for it says (WP-090). `session`
/// are the requirements that hold under the context, and are in `profile` already.
void map_bootstrap(const TokenRequirement& context,
                   const SecurityRequirements& session,
                   engine::Profile& profile,
                   MappingRemarks& remarks);

}  // namespace parley::policy
