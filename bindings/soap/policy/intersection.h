#pragma once

#include "base/result.h"
#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_limits.h"

namespace parley::policy {

/// How strictly two policies are compared (section 2.3). Lax: what is Ignorable needs no partner;
/// the older languages have no such thing (WP-023).
enum class Matching : std::uint8_t { strict, lax };

/// The policies that both would accept (WP-020 to WP-022): for each pair of compatible alternatives
/// one with all assertions of both, the left ones first. What the parameters of assertions say is
/// not compared. No alternative = the policies are not compatible. Errors: limit_exceeded.
Result<NormalPolicy> intersect(const NormalPolicy& left,
                               const NormalPolicy& right,
                               Matching matching,
                               const PolicyLimits& limits,
                               WorkBudget& budget);

}  // namespace parley::policy
