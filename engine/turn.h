#pragma once

#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/effects.h"
#include "store/store.h"

namespace parley::engine {

/// One round of judging: the facts that it found, and the effects that wait until those are durable.
/// Used once: give `batch()` to the store, keep the turn, and trade it with the receipt for its
/// effects. Sending before storing does not compile.
class Turn {
 public:
  Turn(store::Batch batch, std::vector<Effect> effects)
      : number_(batch.turn), batch_(std::move(batch)), effects_(std::move(effects)) {}

  Turn(Turn&&) noexcept = default;
  Turn& operator=(Turn&&) noexcept = default;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() = default;

  store::TurnNumber number() const { return number_; }

  /// For the store. Once.
  store::Batch batch() { return std::move(batch_); }

  /// The receipt of this very turn frees its effects, to be carried out in their order.
  std::vector<Effect> release(const store::CommitReceipt& receipt) && {
    PARLEY_CHECK(receipt.turn() == number_);
    return std::move(effects_);
  }

 private:
  store::TurnNumber number_;
  store::Batch batch_;
  std::vector<Effect> effects_;
};

}  // namespace parley::engine
