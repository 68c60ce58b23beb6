#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

// Values that records are made of; a part of record_codec.cc.

namespace parley::store {

inline std::string octets_of(ByteView bytes) { return std::string(as_text(bytes)); }

/// An enumeration as its number, at most `last`. Errors: store_corrupt.
template <class Enum>
Result<Enum> enum_of(std::uint32_t number, Enum last) {
  if (number > static_cast<std::uint32_t>(last)) {
    return Error(ErrorCode::store_corrupt, "enumeration in a record");
  }
  return static_cast<Enum>(number);
}

}  // namespace parley::store
