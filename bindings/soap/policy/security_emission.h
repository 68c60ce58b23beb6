#pragma once

#include "base/result.h"
#include "bindings/soap/policy/normal_form.h"
#include "engine/profile.h"

namespace parley::policy {

/// Adds the security assertions of the profile: binding, tokens with the bootstrap policy, parts
/// and options, in the version of security policy that belongs to its family. Nothing without a
/// context. Errors: invalid_argument for a profile that no policy can tell: a context that nothing
/// establishes, or a token service, whose address is not in a profile.
Result<void> add_security(const engine::Profile& profile, Alternative& alternative);

/// Whether the Body is encrypted in the service's own messages, and not in those of a sequence: then it
/// is asked for message by message, and not of the endpoint (WP-100).
bool encrypts_messages_only(const engine::Profile& profile);

/// What each of the service's own messages needs besides the policy of the endpoint.
Alternative message_security(const engine::Profile& profile);

}  // namespace parley::policy
