#pragma once

#include <string_view>

#include "base/bytes.h"
#include "bindings/soap/policy/normal_form.h"

namespace parley::policy {

/// How nested policies are written. Both mean the same: services in the field write the short form,
/// the language's normal form is the long one.
enum class Nesting : std::uint8_t { normal, compact };

/// Appends the policy as a wsp:Policy in the language that it names, with a wsu:Id unless `id` is
/// empty. Declares every namespace that it uses, so that it may stand anywhere.
void write_policy(Bytes& out,
                  const NormalPolicy& policy,
                  Nesting nesting,
                  std::string_view id = {});

}  // namespace parley::policy
