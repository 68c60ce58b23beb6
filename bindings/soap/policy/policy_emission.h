#pragma once

#include <optional>
#include <span>

#include "base/result.h"
#include "bindings/soap/policy/normal_form.h"
#include "engine/profile.h"

namespace parley::policy {

/// The version of the language that peers of the profile's protocol family read and write.
Language usual_language(const engine::Profile& profile);

/// The policy of an endpoint that speaks any one of the profiles: an alternative for each, in their
/// order, which should be that of preference (WP-025, WP-074). What one profile leaves open is told
/// as it is: timers as the parameters of the RM assertion, where answers go, and what is signed.
/// Errors: invalid_argument for a profile that no policy can tell.
Result<NormalPolicy> policy_of(std::span<const engine::Profile> profiles, Language language);

/// The policy of each message of such an endpoint; none, where that of the endpoint says all. It is
/// what the first of the profiles asks for.
std::optional<NormalPolicy> message_policy_of(std::span<const engine::Profile> profiles,
                                              Language language);

}  // namespace parley::policy
