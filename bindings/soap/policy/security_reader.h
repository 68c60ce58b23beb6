#pragma once

#include "bindings/soap/policy/reading_notes.h"

namespace parley::policy {

/// Reads an assertion of security policy at the top of an alternative into `out`: a binding,
/// supporting tokens, options or parts (policy.md, section 5). False: it is none of these.
bool read_security(const Assertion& assertion, SecurityRequirements& out, ReadingNotes& notes);

/// The policy of messages that establish a context.
void read_bootstrap_policy(const Alternative& alternative,
                           SecurityRequirements& out,
                           ReadingNotes& notes);

}  // namespace parley::policy
