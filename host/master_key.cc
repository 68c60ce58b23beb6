#include "host/master_key.h"

#include <cstdlib>
#include <string_view>

#include "host/file_access.h"

namespace parley::host {
namespace {

constexpr std::size_t kHexSize = crypto::SealingKey::kSize * 2;
/// 64 digits and a line break, which may be one of two characters.
constexpr std::size_t kFileSizeMax = kHexSize + 2;

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') {
    return digit - '0';
  }
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Decodes into wiped memory, unlike `from_hex`.
Result<crypto::SealingKey> key_of(std::string_view hex) {
  const Error bad(ErrorCode::key_unusable, "a master key is 64 hexadecimal digits");
  if (hex.size() != kHexSize) {
    return bad;
  }
  crypto::SecretBytes key(crypto::SealingKey::kSize);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = value_of(hex[2 * i]);
    const int low = value_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return bad;
    }
    key.writable()[i] = static_cast<Byte>(high << 4 | low);
  }
  return crypto::SealingKey::from_bytes(key.view());
}

crypto::SecretBytes hex_line(const crypto::SealingKey& key) {
  static constexpr char kDigits[] = "0123456789abcdef";
  crypto::SecretBytes line(kHexSize + 1);
  std::size_t at = 0;
  for (const Byte byte : key.bytes().view()) {
    line.writable()[at++] = static_cast<Byte>(kDigits[byte >> 4]);
    line.writable()[at++] = static_cast<Byte>(kDigits[byte & 15]);
  }
  line.writable()[at] = '\n';
  return line;
}

Result<MasterKey> key_in_file(const std::string& path) {
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes content,
                          read_secret_file(path, kFileSizeMax, Readers::owner_only));
  std::string_view text = as_text(content.view());
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  PARLEY_ASSIGN_OR_RETURN(crypto::SealingKey key, key_of(text));
  return MasterKey{std::move(key), false};
}

Result<MasterKey> key_from_file(const std::string& path, crypto::Entropy& entropy) {
  auto found = key_in_file(path);
  if (found || found.error().code() != ErrorCode::not_found) {
    return found;
  }
  crypto::SealingKey key = crypto::SealingKey::generate(entropy);
  const auto written = write_new_secret_file(path, hex_line(key).view());
  if (written) {
    return MasterKey{std::move(key), true};
  }
  // Another process was faster: its key counts.
  return written.error().code() == ErrorCode::already_exists ? key_in_file(path) : written.error();
}

}  // namespace

Result<MasterKey> load_master_key(const MasterKeySource& source, crypto::Entropy& entropy) {
  if (source.callback) {
    PARLEY_ASSIGN_OR_RETURN(crypto::SealingKey key, source.callback());
    return MasterKey{std::move(key), false};
  }
  if (!source.environment.empty()) {
    const char* value = std::getenv(source.environment.c_str());
    if (value == nullptr) {
      return Error(ErrorCode::key_unusable, "the variable of the master key is not set");
    }
    PARLEY_ASSIGN_OR_RETURN(crypto::SealingKey key, key_of(value));
    return MasterKey{std::move(key), false};
  }
  if (!source.file.empty()) {
    return key_from_file(source.file, entropy);
  }
  return Error(ErrorCode::invalid_argument, "no source of a master key");
}

}  // namespace parley::host
