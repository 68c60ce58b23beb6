#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "engine/engine.h"
#include "store/memory_store.h"
#include "tests/vectors/json.h"

namespace parley::vectors {

/// One engine over a store in memory, for harnesses: every turn is committed at once, and what it
/// frees is handed to `on_effect`.
class EngineSide {
 public:
  using Handler = std::function<void(engine::Effect&)>;

  /// `reply_address` as in EngineParts, `urls` as in Endpoint.
  EngineSide(engine::Codec& codec,
             const engine::Profile& profile,
             std::string path,
             std::string reply_address = {},
             std::vector<std::string> urls = {});

  EngineSide(const EngineSide&) = delete;
  EngineSide& operator=(const EngineSide&) = delete;

  engine::Engine& engine() { return engine_; }

  const engine::Engine& engine() const { return engine_; }

  /// Takes and commits turns until there is none. False when there was none at all.
  bool settle(Now now, const Handler& on_effect);

 private:
  void answer(const engine::Ask& ask, Now now);

  crypto::SystemEntropy entropy_;
  crypto::SealingKey sealing_;
  store::MemoryStore store_;
  engine::Engine engine_;
};

}  // namespace parley::vectors
