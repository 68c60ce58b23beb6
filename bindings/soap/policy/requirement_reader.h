#pragma once

#include "bindings/soap/policy/intersection.h"
#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_requirements.h"

namespace parley::policy {

/// Reads what an alternative of an endpoint's policy demands. Whatever is not understood, and
/// whatever makes no sense, is a problem of the result: such an alternative cannot be used
/// (WP-006). Lax: what is Ignorable is no problem.
PolicyRequirements read_requirements(const Alternative& alternative, Matching matching);

/// Adds what an alternative asks of one message, or of both messages of an operation, to `message`
/// (WP-030). Problems go to `problems`.
void read_message_requirements(const Alternative& alternative,
                               Matching matching,
                               MessageRequirements& message,
                               std::vector<PolicyProblem>& problems);

}  // namespace parley::policy
