#include "cli/master_key_flags.h"

#include <filesystem>

#include "cli/failure.h"

namespace parley::cli {

void MasterKeyFlags::declare(Flags& flags) {
  flags.text("--master-key", "FILE", file_,
             "the key that guards the store, 64 hexadecimal digits (STORE.key beside the folder)");
  flags.text("--master-key-env", "NAME", environment_, "a variable that holds it instead");
}

host::MasterKeySource MasterKeyFlags::source() const {
  host::MasterKeySource source;
  source.environment = environment_;
  source.file = file_;
  return source;
}

crypto::SealingKey MasterKeyFlags::load(const std::string& store, crypto::Entropy& entropy) const {
  host::MasterKeySource from = source();
  if (from.environment.empty()) {
    if (from.file.empty()) {
      std::string folder = store;
      while (folder.size() > 1 && folder.back() == '/') {
        folder.pop_back();
      }
      from.file = folder + ".key";
    }
    std::error_code ignored;
    if (!std::filesystem::exists(from.file, ignored)) {
      throw Failure(ExitCode::input, from.file +
                                         ": there is no such key file; name the one that the "
                                         "store was made with (--master-key)");
    }
  }
  return need(host::load_master_key(from, entropy),
              from.environment.empty() ? from.file : "variable " + from.environment)
      .key.clone();
}

}  // namespace parley::cli
