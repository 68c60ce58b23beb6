#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/intersection.h"
#include "engine/profile.h"

namespace parley::policy {

/// What one side wants where a policy leaves a choice (WP-025), and what it would not do at all.
/// Each list is in order of preference; what is in no list is not admitted.
struct PolicyPreference {
  /// What policies say nothing about: timers, habits, the name.
  engine::Profile habits;
  std::vector<std::optional<sequences::RmVersion>> rm{sequences::RmVersion::rm_1_1,
                                                      sequences::RmVersion::rm_1_0, std::nullopt};
  /// Nothing goes without a context unless somebody says so: a policy is not protected on its way.
  std::vector<std::optional<contexts::TrustFamily>> sc{contexts::TrustFamily::oasis_200512,
                                                       contexts::TrustFamily::feb_2005};
  std::vector<std::string> suites{"Basic256GCM",    "Basic192GCM",    "Basic128GCM",
                                  "Basic256Sha256", "Basic192Sha256", "Basic128Sha256",
                                  "Basic256",       "Basic192",       "Basic128"};
  Matching matching = Matching::lax;
  /// What of a profile cannot be spoken at all, in words; empty = everything can.
  std::function<std::vector<std::string>(const engine::Profile&)> unspoken;
};

}  // namespace parley::policy
