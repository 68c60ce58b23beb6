#pragma once

#include "base/time.h"
#include "contexts/trust_means.h"
#include "crypto/entropy.h"
#include "engine/engine.h"
#include "engine/registry.h"
#include "engine/turn_builder.h"
#include "sequences/retransmission.h"

namespace parley::engine {

/// What judging needs besides the input and the state: borrowed for one call.
struct Means {
  const EngineParts& parts;
  TurnBuilder& turn;
  Registry& registry;
  Now now;

  contexts::TrustMeans trust() const {
    return {parts.contexts, parts.limits, parts.sealing, parts.entropy, now.wall};
  }

  std::string fresh_name() const { return crypto::fresh_uuid_urn(parts.entropy); }

  sequences::Jitter jitter() const {
    Byte bytes[4];
    parts.entropy.fill_public(bytes);
    return {static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
            static_cast<std::uint32_t>(bytes[2]) << 16 |
            static_cast<std::uint32_t>(bytes[3]) << 24};
  }
};

/// A setting in milliseconds, as a duration; anything absurd is a very long time.
inline Duration ms(std::uint64_t setting) {
  constexpr std::uint64_t kAges = 1'000'000'000'000'000;
  return Duration(static_cast<std::int64_t>(setting < kAges ? setting : kAges));
}

}  // namespace parley::engine
