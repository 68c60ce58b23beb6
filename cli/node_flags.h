#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/master_key_flags.h"
#include "cli/settings_tables.h"
#include "host/credential_files.h"
#include "host/node_settings.h"

namespace parley::cli {

/// What `serve` and `send` have in common: store, keys, profile and settings.
class NodeFlags {
 public:
  enum class Role : std::uint8_t { client, service };

  void declare(Flags& flags, Role role);

  /// The named profile with what was set besides. Throws Failure.
  Settings given_settings() const;

  /// Throws Failure (usage) for a first profile that is not spoken; says what it is.
  static void check_spoken(const host::NodeSettings& settings);

  /// Reads the files. Throws Failure.
  host::NodeSettings settings() const;

  /// The same files, for TLS. Throws Failure.
  http::TlsSettings tls() const;

  bool has_store() const { return !store_.empty(); }

  /// The variable that holds the master key; empty = none does.
  const std::string& master_key_variable() const { return master_key_.variable(); }

 private:
  void add_users(soap::Credentials& credentials) const;

  std::string store_;
  MasterKeyFlags master_key_;
  std::string profile_;
  std::vector<std::string> assignments_;
  host::CredentialFiles files_;
  std::string user_;
  std::string password_file_;
  std::string users_file_;
  bool allows_rsa_1_5_ = false;
  bool hides_certificate_ = false;
  bool verbose_ = false;
};

/// A line on standard error, from any thread; control characters become visible.
void log_line(std::string_view line);

}  // namespace parley::cli
