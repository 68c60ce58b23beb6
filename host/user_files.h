#pragma once

#include <string>

#include "base/result.h"
#include "bindings/soap/user_credentials.h"
#include "crypto/secret.h"

namespace parley::host {

/// The password in a file: all of it, but for one line break at its end. Errors: io_failed;
/// too_large (above 4 KiB); key_unusable (others may read or write the file; it is empty).
Result<crypto::SecretBytes> read_password(const std::string& path);

/// Users and their passwords, from a file with one "name:password" a line; empty lines count for
/// nothing. Of the passwords themselves: who keeps only hashes of them sets UserDirectory::check.
/// Errors: io_failed; too_large (above 1 MiB); key_unusable (others may read or write the file; a
/// line without a name or a password, or a name that comes twice).
Result<soap::UserDirectory> read_users(const std::string& path);

}  // namespace parley::host
