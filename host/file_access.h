#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace parley::host {

enum class Readers : std::uint8_t { anybody, owner_only };

/// All of a small file. Errors: not_found, io_failed, too_large; key_unusable when `readers` is
/// owner_only and others may read or write it.
Result<crypto::SecretBytes> read_secret_file(const std::string& path,
                                             std::size_t size_max,
                                             Readers readers);

/// Makes a file with mode 0600, whole and on disk, or none at all. Errors: already_exists,
/// io_failed.
Result<void> write_new_secret_file(const std::string& path, ByteView content);

}  // namespace parley::host
