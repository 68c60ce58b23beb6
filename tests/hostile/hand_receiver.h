#pragma once

#include "bindings/soap/soap_codec.h"
#include "tests/hostile/posture.h"

namespace parley::vectors {

/// Whether the credentials of a message speak for themselves: it carries some, and the index gives
/// no context. Then the codec refuses it for want of a signature, whatever else is wrong with them,
/// and that says nothing.
bool has_bare_credentials(const Entry& entry, const Bytes& message);

/// Looks at the credentials alone, with the password that the index gives away: what is wrong with
/// them, or nothing.
std::string look_by_hand(const Bytes& message,
                         const Posture& posture,
                         const soap::Credentials& credentials);

}  // namespace parley::vectors
