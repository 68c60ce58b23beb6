#pragma once

#include <string>

#include "tests/hostile/expectation.h"
#include "tests/hostile/posture.h"

namespace parley::vectors {

/// What a whole engine makes of an unprotected message, in the state that the index describes:
/// "messages 1..N received", "… sent messages 1..N of this sequence", "that sequence exists". Other
/// words, and none, mean a service that nobody has spoken to, unless the message can only be
/// accepted on a sequence: then there is one. The Identifiers of the message become those of the
/// sequences that exist.
Observed receive_by_engine(const Entry& entry,
                           const Bytes& message,
                           const Posture& posture,
                           const Expectation& expectation,
                           const soap::Credentials& credentials);

}  // namespace parley::vectors
