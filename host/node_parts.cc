#include "host/node_parts.h"

#include <filesystem>
#include <utility>

#include "host/secret_tap.h"

namespace parley::host {
namespace {

MasterKeySource source_of(const NodeSettings& settings) {
  const MasterKeySource& given = settings.master_key;
  if (given.callback || !given.environment.empty() || !given.file.empty()) {
    return given;
  }
  MasterKeySource beside;
  beside.file = settings.store + ".key";
  return beside;
}

/// A store without its key is lost; a new key would only hide that.
bool is_key_missing(const NodeSettings& settings, const MasterKeySource& source) {
  std::error_code ignored;
  return !source.callback && source.environment.empty() &&
         std::filesystem::exists(settings.store, ignored) &&
         !std::filesystem::exists(source.file, ignored);
}

Result<crypto::SealingKey> master_key(const NodeSettings& settings, crypto::Entropy& entropy) {
  const MasterKeySource source = source_of(settings);
  if (is_key_missing(settings, source)) {
    return Error(ErrorCode::key_unusable, "the key file of the store is missing");
  }
  PARLEY_ASSIGN_OR_RETURN(MasterKey master, load_master_key(source, entropy));
  if (master.is_new && settings.log) {
    settings.log("made a new master key in " + source.file +
                 ": keep a copy of it, the store is worth nothing without");
  }
  return std::move(master.key);
}

}  // namespace

Result<NodeParts> make_parts(const NodeSettings& settings) {
  auto entropy = std::make_shared<crypto::SystemEntropy>();
  PARLEY_ASSIGN_OR_RETURN(std::unique_ptr<engine::Codec> codec,
                          soap::SoapCodec::make(settings.credentials, settings.codec));
  if (settings.dangerous_taps.secret) {
    codec = std::make_unique<SecretTap>(std::move(codec), settings.dangerous_taps.secret);
  }
  const bool is_on_disk = !settings.store.empty();
  PARLEY_ASSIGN_OR_RETURN(const crypto::SealingKey master,
                          is_on_disk
                              ? master_key(settings, *entropy)
                              : Result<crypto::SealingKey>(crypto::SealingKey::generate(*entropy)));
  StoreOpener opener =
      is_on_disk ? leveldb_opener(settings.store, master, entropy) : memory_opener();
  return NodeParts{std::move(codec), std::move(opener), master.derive("facts", 0)};
}

}  // namespace parley::host
