#pragma once

#include "bindings/soap/policy/mapping_remarks.h"
#include "bindings/soap/policy/policy_requirements.h"
#include "engine/profile.h"

namespace parley::policy {

/// Sets what a policy says about sequences. `profile` has our own habits, and its context, already.
void map_rm(const PolicyRequirements& requirements,
            engine::Profile& profile,
            MappingRemarks& remarks);

/// Times on which both sides agree (WP-024): our settings are a preference, the other side's
/// statements bind the other side.
void agree_on_times(const RmRequirements& theirs, sequences::RmSettings& settings);

}  // namespace parley::policy
