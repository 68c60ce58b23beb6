#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "cli/failure.h"
#include "host/credential_files.h"

namespace parley::cli {

/// Of a certificate, or an assertion.
inline constexpr std::size_t kSmallFileMax = std::size_t{1} << 20;

/// What is in the file that was given with `flag`.
inline Bytes file_for(const std::string& flag, const std::string& path) {
  return need(host::read_file(path, kSmallFileMax), flag + " " + path);
}

}  // namespace parley::cli
