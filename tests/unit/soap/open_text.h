#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "engine/message.h"

// A message as text, altered on its way, and what came of it.

namespace parley::test {

inline std::string text(const Bytes& wire) {
  return std::string(as_text(wire));
}

/// `wire` with the first `old` after `behind` replaced.
inline Bytes replaced(const Bytes& wire,
                      std::string_view old,
                      std::string_view instead,
                      std::string_view behind = {}) {
  std::string all = text(wire);
  const std::size_t from = all.find(behind);
  REQUIRE(from != std::string::npos);
  const std::size_t at = all.find(old, from);
  REQUIRE(at != std::string::npos);
  all.replace(at, old.size(), instead);
  return to_bytes(all);
}

/// The element that begins at the first "<name", tags included. It holds none of its own name.
inline std::string element(const Bytes& wire, std::string_view name) {
  const std::string all = text(wire);
  const std::size_t begin = all.find("<" + std::string(name));
  REQUIRE(begin != std::string::npos);
  const std::string close = "</" + std::string(name) + ">";
  const std::size_t end = all.find(close, begin);
  REQUIRE(end != std::string::npos);
  return all.substr(begin, end + close.size() - begin);
}

inline ErrorCode code_of(const Result<engine::OpenedMessage>& opened) {
  return opened ? ErrorCode::internal_failure : opened.error().code();
}

}  // namespace parley::test
