#pragma once

#include <cstdint>
#include <cstring>

#include "crypto/entropy.h"

namespace parley::sim {

/// A small, fast stream of numbers; the same seed gives the same stream everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) { next(); }

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }

  /// From 0 to `end` - 1; 0 if `end` is 0.
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }

  /// From `first` to `last`, both included.
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + below(last - first + 1);
  }

  bool chance(std::uint64_t percent) { return below(100) < percent; }

  bool chance_in(std::uint64_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

/// All randomness of one simulated process. Not random at all, which is the point.
class SimEntropy final : public crypto::Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : public_(seed), secret_(~seed) {}

  void fill_public(MutableByteView out) override { fill(public_, out); }

  void fill_secret(MutableByteView out) override { fill(secret_, out); }

 private:
  static void fill(Random& random, MutableByteView out) {
    while (!out.empty()) {
      const std::uint64_t word = random.next();
      const std::size_t size = out.size() < sizeof word ? out.size() : sizeof word;
      std::memcpy(out.data(), &word, size);
      out = out.subspan(size);
    }
  }

  Random public_;
  Random secret_;
};

}  // namespace parley::sim
