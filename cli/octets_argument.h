#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace parley::cli {

/// How octets are given on a command line, for --help.
inline constexpr const char* kOctetsForms = "hex:…, base64:…, file:NAME, or hex or base64 alone";

/// Octets as an argument: "hex:0af1…", "base64:Cv…", "file:NAME" (its octets, or their hex or
/// base64 when the file holds nothing else), or without a prefix: hex where it can be read so, else
/// base64. Throws Failure (input), naming `flag`.
crypto::SecretBytes read_octets(const std::string& argument, const std::string& flag);

/// All of a file. Throws Failure (input).
Bytes read_input(const std::string& path, std::size_t size_max);

/// As above; it never lies in memory that is not wiped.
crypto::SecretBytes read_secret_input(const std::string& path, std::size_t size_max);

/// "-" = standard input. Throws Failure (input).
Bytes read_input_or_stdin(const std::string& path, std::size_t size_max);

}  // namespace parley::cli
