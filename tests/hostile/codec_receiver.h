#pragma once

#include "bindings/soap/soap_codec.h"
#include "tests/hostile/expectation.h"
#include "tests/hostile/posture.h"

namespace parley::vectors {

/// What the codec makes of a message, all the way in: parsed, opened under the entry's context, and
/// held against what the posture requires.
Observed receive_by_codec(const Entry& entry,
                          Bytes message,
                          const Posture& posture,
                          const soap::Credentials& credentials);

}  // namespace parley::vectors
