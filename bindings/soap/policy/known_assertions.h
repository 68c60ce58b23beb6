#pragma once

#include "bindings/soap/policy/xml_value.h"

namespace parley::policy {

/// Whether an assertion beside the others is known to ask nothing of us: settings of the side that
/// wrote the policy (WP-080).
bool is_harmless(const QualifiedName& name);

/// Whether it asks for WS-Addressing, in any version.
bool is_addressing(const QualifiedName& name);

}  // namespace parley::policy
