#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"

namespace parley::host {

/// Where the key comes from that guards a store at rest. The first member that is set counts; it
/// must lie outside the store's folder.
struct MasterKeySource {
  std::function<Result<crypto::SealingKey>()> callback;  ///< a key service, a hardware module, …
  std::string environment;  ///< name of a variable that holds 64 hexadecimal digits
  std::string file;         ///< 64 hexadecimal digits; made with mode 0600 when there is none
};

struct MasterKey {
  crypto::SealingKey key;
  bool is_new =
      false;  ///< a file was made just now: back it up, the store is worth nothing without
};

/// Errors: key_unusable (unset variable, wrong length, a file that others may read), io_failed,
/// those of the callback, invalid_argument (nothing is set).
Result<MasterKey> load_master_key(const MasterKeySource& source, crypto::Entropy& entropy);

}  // namespace parley::host
