#pragma once

#include <string_view>

#include "base/bytes.h"

namespace parley::store {

/// What the tail of a write-ahead log looks like.
enum class LogTail : std::uint8_t {
  whole,    ///< ends after a record
  torn,     ///< ends inside a record: that write was never finished, nor acknowledged
  damaged,  ///< ends inside what claims to be a record, but the length is wrong
};

/// Walks one log file of LevelDB (blocks of 32 KiB; records with checksum, length and type).
///
/// LevelDB takes a record that claims to reach past the end of the file for a write that was cut
/// short, and drops it and all after it without a word. So does a single flipped bit in a length
/// lose acknowledged writes. Such a record is told from a torn one here: one of the lengths that
/// differ in one bit fits the checksum. All other damage LevelDB's own checksums find.
LogTail check_log(ByteView log);

}  // namespace parley::store
