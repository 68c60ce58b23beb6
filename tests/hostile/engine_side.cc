#include "tests/hostile/engine_side.h"

#include <utility>
#include <variant>

namespace parley::vectors {
namespace {

engine::EngineParts parts_of(engine::Codec& codec,
                             crypto::Entropy& entropy,
                             const crypto::SealingKey& sealing,
                             const engine::Profile& profile,
                             std::string path,
                             std::string reply_address,
                             std::vector<std::string> urls) {
  engine::EngineSettings settings;
  settings.reply_pause_ms = 0;  // time passes only between the messages that are given
  return {
      .codec = codec,
      .entropy = entropy,
      .sealing = sealing,
      .profiles = {profile},
      .endpoints = {{.path = std::move(path), .profile = profile.name, .urls = std::move(urls)}},
      .settings = settings,
      .contexts = {},
      .limits = {},
      .reply_address = std::move(reply_address)};
}

}  // namespace

EngineSide::EngineSide(engine::Codec& codec,
                       const engine::Profile& profile,
                       std::string path,
                       std::string reply_address,
                       std::vector<std::string> urls)
    : sealing_(crypto::SealingKey::generate(entropy_)),
      engine_(parts_of(codec,
                       entropy_,
                       sealing_,
                       profile,
                       std::move(path),
                       std::move(reply_address),
                       std::move(urls))) {
  if (!engine_.recover(store_, Now{})) {
    throw BadVector("an engine does not start");
  }
}

bool EngineSide::settle(Now now, const Handler& on_effect) {
  bool did_something = false;
  while (auto turn = engine_.take_turn(now)) {
    did_something = true;
    store_.submit(turn->batch());
    for (store::CommitOutcome& outcome : store_.collect()) {
      if (!outcome.receipt) {
        throw BadVector("a commit failed");
      }
      engine_.committed(outcome.turn);
      for (engine::Effect& effect : std::move(*turn).release(*outcome.receipt)) {
        if (const auto* const ask = std::get_if<engine::Ask>(&effect)) {
          answer(*ask, now);
        } else {
          on_effect(effect);
        }
      }
    }
  }
  return did_something;
}

void EngineSide::answer(const engine::Ask& ask, Now now) {
  engine_.answer(ask.question, store_.read(ask.key), now);
}

}  // namespace parley::vectors
