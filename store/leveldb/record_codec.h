#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/fact.h"

// Records as octets (records.proto). The one place that knows Protocol Buffers.

namespace parley::store {

/// The header of a directory.
struct Header {
  std::uint32_t format = 0;
  std::uint32_t shards = 0;
  Bytes store_id;
  Bytes key_check;
};

std::string encode_header(const Header& header);

/// Errors: store_corrupt.
Result<Header> decode_header(std::string_view octets);

std::string encode_epoch(std::uint64_t epoch);

/// Errors: store_corrupt.
Result<std::uint64_t> decode_epoch(ByteView octets);

/// A fact that sets a value, with its names; a deletion has no octets.
std::string encode_fact(const Fact& fact);

/// Errors: store_corrupt (octets that no `encode_fact` made).
Result<Fact> decode_fact(ByteView octets);

}  // namespace parley::store
