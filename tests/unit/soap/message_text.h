#pragma once

#include <string>

#include "engine/message.h"
#include "engine/profile.h"

namespace parley::test {

/// Everything that `message` says, as text to compare: the application's body in canonical form. A
/// fault of ours says its code and what its detail holds.
std::string text_of(const engine::Message& message);

/// The message as a peer can know it after it went through the versions of `profile`, which have no
/// room for some members.
std::string text_on_the_wire(const engine::Message& message,
                             const engine::Profile& profile,
                             std::string_view action);

}  // namespace parley::test
