#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace parley {

/// A value of type T that cannot be mistaken for another one. `Tag` is any distinct type.
template <class T, class Tag>
struct Strong {
  T value{};

  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

}  // namespace parley

template <class T, class Tag>
struct std::hash<parley::Strong<T, Tag>> {
  std::size_t operator()(const parley::Strong<T, Tag>& strong) const noexcept {
    return std::hash<T>{}(strong.value);
  }
};
