#include "host/user_files.h"

#include <map>
#include <memory>
#include <utility>

#include "host/file_access.h"

namespace parley::host {
namespace {

constexpr std::size_t kPasswordFileMax = 4096;
constexpr std::size_t kUsersFileMax = std::size_t{1} << 20;

using Passwords = std::map<std::string, crypto::SecretBytes, std::less<>>;

Result<crypto::SecretBytes> read_own_file(const std::string& path, std::size_t size_max) {
  auto content = read_secret_file(path, size_max, Readers::owner_only);
  if (!content && content.error().code() == ErrorCode::not_found) {
    return Error(ErrorCode::io_failed, "there is no such file");
  }
  return content;
}

std::string_view without_return(std::string_view line) {
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

Result<void> add_user(std::string_view line, Passwords& passwords) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == line.size()) {
    return Error(ErrorCode::key_unusable, "a line is not name:password");
  }
  auto password = crypto::SecretBytes::copy_of(as_bytes(line.substr(colon + 1)));
  if (!passwords.emplace(line.substr(0, colon), std::move(password)).second) {
    return Error(ErrorCode::key_unusable, "a name comes twice");
  }
  return {};
}

}  // namespace

Result<crypto::SecretBytes> read_password(const std::string& path) {
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes content, read_own_file(path, kPasswordFileMax));
  std::string_view text = as_text(content.view());
  if (text.ends_with('\n')) {
    text = without_return(text.substr(0, text.size() - 1));
  }
  if (text.empty()) {
    return Error(ErrorCode::key_unusable, "the password is empty");
  }
  return crypto::SecretBytes::copy_of(as_bytes(text));
}

Result<soap::UserDirectory> read_users(const std::string& path) {
  PARLEY_ASSIGN_OR_RETURN(const crypto::SecretBytes content, read_own_file(path, kUsersFileMax));
  auto passwords = std::make_shared<Passwords>();
  std::string_view rest = as_text(content.view());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = without_return(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty()) {
      PARLEY_TRY(add_user(line, *passwords));
    }
  }
  soap::UserDirectory users;
  users.password = [known = std::shared_ptr<const Passwords>(std::move(passwords))](
                       std::string_view name) -> std::optional<crypto::SecretBytes> {
    const auto found = known->find(name);
    return found == known->end() ? std::nullopt : std::optional(found->second.clone());
  };
  return users;
}

}  // namespace parley::host
