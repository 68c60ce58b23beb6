#pragma once

#include "base/limits.h"
#include "base/time.h"
#include "contexts/context_settings.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"

namespace parley::contexts {

/// What judging a trust message needs besides the message and the state. All borrowed.
struct TrustMeans {
  const ContextSettings& settings;
  const Limits& limits;
  const crypto::SealingKey& sealing;
  crypto::Entropy& entropy;
  WallTime now;
};

}  // namespace parley::contexts
