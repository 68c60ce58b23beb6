#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace parley::cli {

/// Who may read a file that is written.
enum class Readers : std::uint8_t { owner, everybody };

/// Writes a file so that it is there whole or not at all, also after a power failure: a temporary
/// file beside it, synced, takes its name. What had the name is replaced. Errors: io_failed,
/// disk_full.
Result<void> write_durably(const std::string& path, ByteView content, Readers readers);

}  // namespace parley::cli
