#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

// Keys of a LevelDB directory (docs/formats.md):
//
//   disk-key  = header | owner | record
//   header    = 0
//   owner     = 1 shard 'e'
//   record    = 1 shard key       ; key as in store/key_space.h
//   shard     = 2 octets, most significant first

namespace parley::store {

/// The most shards that a directory can hold.
inline constexpr std::uint32_t kShardsMax = 65535;

/// The one record that says how to read the others.
std::string header_key();

/// Holds the epoch of a shard's owner.
std::string owner_key(std::uint32_t shard);

/// A record of a shard; with an empty key, the begin of all of them.
std::string disk_key(std::uint32_t shard, ByteView key);

/// The first key after all that begin with `prefix`; empty if there is none.
std::string prefix_end(std::string_view prefix);

/// Begin and end of the records that recovery reads.
struct KeyRange {
  std::string begin;
  std::string end;
};

KeyRange state_range(std::uint32_t shard);

/// Begin and end of the bodies of a shard.
KeyRange body_range(std::uint32_t shard);

/// A disk key taken apart.
struct DiskKey {
  enum class Kind : std::uint8_t { header, owner, state, body };
  Kind kind = Kind::header;
  std::uint32_t shard = 0;
  Bytes key;  ///< of a record: without the shard
};

/// Errors: store_corrupt.
Result<DiskKey> parse_disk_key(std::string_view key);

/// For an operator: shard, conversation, kind, and the rest in hexadecimal. Any octets will do.
std::string describe_key(std::string_view key);

}  // namespace parley::store
