#pragma once

#include <cstdint>
#include <initializer_list>

namespace parley::sequences {

/// A set of enumerators of `E` (at most 32 of them, from 0 on).
template <class E>
class ActionSet {
 public:
  constexpr ActionSet() = default;

  constexpr ActionSet(std::initializer_list<E> actions) {
    for (const E action : actions) {
      add(action);
    }
  }

  constexpr void add(E action) { bits_ |= bit(action); }

  constexpr void remove(E action) { bits_ &= ~bit(action); }

  constexpr bool has(E action) const { return (bits_ & bit(action)) != 0; }

  constexpr bool empty() const { return bits_ == 0; }

  friend constexpr bool operator==(ActionSet, ActionSet) = default;

 private:
  static constexpr std::uint32_t bit(E action) {
    return std::uint32_t{1} << static_cast<std::uint32_t>(action);
  }

  std::uint32_t bits_ = 0;
};

}  // namespace parley::sequences
