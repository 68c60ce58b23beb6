#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace parley::fuzz {

/// Numbers from a seed, the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();

  /// Below `bound`, which is not 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

/// Where a part of a message stands.
struct Range {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// The elements of a message, each with its tags; none when it is no document.
std::vector<Range> elements_of(const Bytes& message);

/// Changes messages as an attacker would who has a hammer, a dictionary and an eye for elements.
class Mutator {
 public:
  /// Both borrowed. `pieces` lend parts of themselves.
  Mutator(const std::vector<std::string>& dictionary, const std::vector<Bytes>& pieces)
      : dictionary_(dictionary), pieces_(pieces) {}

  /// Up to two changes that move whole `elements` of it, then up to four that do not care; at least
  /// one. The result is at most `size_max` octets.
  Bytes mutate(Bytes message,
               const std::vector<Range>& elements,
               Random& random,
               std::size_t size_max) const;

 private:
  void move_elements(Bytes& message, const std::vector<Range>& elements, Random& random) const;
  void change(Bytes& message, Random& random) const;

  const std::vector<std::string>& dictionary_;
  const std::vector<Bytes>& pieces_;
};

/// The tokens of a dictionary: a quoted one a line, with \xNN, \\ and \" inside. Lines that are
/// none are passed over.
std::vector<std::string> read_dictionary(const Bytes& file);

}  // namespace parley::fuzz
