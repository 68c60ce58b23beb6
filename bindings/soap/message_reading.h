#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/envelope.h"
#include "engine/message.h"
#include "engine/profile.h"

namespace parley::soap {

/// Reads the Body by what stands in it, and where that does not tell by `action`. Errors: those of
/// the body's kind; action_not_supported for a token request or answer of another family than the
/// profile's (N1).
Result<engine::Body> read_body(const Envelope& envelope,
                               std::string_view action,
                               const engine::Profile& profile,
                               const Limits& limits,
                               WallTime now);

/// The addressing of one envelope. Errors: invalid_addressing; addressing_required for a message
/// without any, unless it is a fault (WA-010).
Result<engine::Addressing> read_addressing_of(const Envelope& envelope);

/// Its reliable-messaging headers in the version of the profile; none when the profile has none, or
/// when they are in another one.
Result<engine::RmHeaders> read_rm_of(const Envelope& envelope,
                                     const engine::Profile& profile,
                                     const Limits& limits);

/// Whether the Body holds a fault.
bool is_fault(const Envelope& envelope);

}  // namespace parley::soap
