#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/security/protection_plan.h"
#include "bindings/soap/security/workspace.h"
#include "crypto/entropy.h"

// The writing half of message security: signs and encrypts an envelope that its caller has laid out
// in pieces, and writes the Security header between them. Every byte of the message is written
// once.

namespace parley::soap {

/// Writes the protected envelope to `out`, which is cleared first. Nonces, IVs and keys that the
/// message carries come fresh from `entropy`, so that a repeat makes a retransmission (SC47). Gives
/// what opens the answer; null where that proves itself.
/// Errors: invalid_argument when plan and keys do not fit each other; key_unusable when the own key
/// cannot sign, or the receiver's takes no key; internal_failure.
Result<std::shared_ptr<ExchangeSecret>> protect_envelope(const UnprotectedEnvelope& envelope,
                                                         const ProtectionPlan& plan,
                                                         const ProtectionKeys& keys,
                                                         WallTime now,
                                                         crypto::Entropy& entropy,
                                                         Workspace& workspace,
                                                         Bytes& out);

}  // namespace parley::soap
