#pragma once

#include <string>
#include <vector>

#include "bindings/soap/soap_codec.h"
#include "engine/profile.h"

namespace parley::host {

/// What of a profile this version does not speak, one line each: what was expected, what came, and
/// what would do. Empty = all of it is spoken. A profile can say more than is spoken, and so can
/// the policies of peers. `codec` says what is allowed besides.
std::vector<std::string> unspoken(const engine::Profile& profile,
                                  const soap::CodecSettings& codec = {});

}  // namespace parley::host
