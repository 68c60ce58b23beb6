#include "cli/node_flags.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "cli/failure.h"
#include "cli/named_profiles.h"
#include "cli/printable.h"
#include "host/spoken.h"
#include "host/user_files.h"

namespace parley::cli {
namespace {

// Which file it is that cannot be read is said here; the readers themselves do not know.
void check_readable(const char* flag, const std::string& path) {
  if (!path.empty() && ::access(path.c_str(), R_OK) != 0) {
    throw Failure(ExitCode::input, std::string(flag) + " " + path + ": " + std::strerror(errno) +
                                       "; give a readable file");
  }
}

void check_readable(const host::CredentialFiles& files) {
  check_readable("--cert", files.certificate);
  check_readable("--key", files.key);
  check_readable("--peer-cert", files.peer_certificate);
  check_readable("--trust", files.trust);
  check_readable("--revoked", files.revoked);
}

std::string text_of_event(const engine::Event& event) {
  std::string text = "conversation " + std::to_string(event.conversation.value) + ": " +
                     std::string(engine::name_of(event.kind));
  if (event.number != 0) {
    text += " " + std::to_string(event.number);
  }
  switch (event.kind) {
    case engine::EventKind::message_refused:
    case engine::EventKind::unsecured_fault:
    case engine::EventKind::peer_fault:
    case engine::EventKind::build_failed:
    case engine::EventKind::limit_reached:
      text += ": " + std::string(parley::text_of(event.reason));
      break;
    default:
      break;
  }
  return text;
}

}  // namespace

void NodeFlags::declare(Flags& flags, Role role) {
  flags.text("--store", "DIR", store_,
             "remember everything in this folder; without it all is lost with the process");
  master_key_.declare(flags);
  profile_ = named_profiles().front().name;
  flags.text("--profile", "NAME", profile_,
             "how to speak (" + profile_ + "); 'parley profiles' lists the names");
  flags.texts("--set", "NAME=VALUE", assignments_,
              "a setting or limit; 'parley settings' lists them");
  flags.text("--cert", "FILE", files_.certificate,
             "our certificate, then what leads to an authority (PEM)");
  flags.text("--key", "FILE", files_.key, "our private key (PEM)");
  if (role == Role::client) {
    flags.text("--peer-cert", "FILE", files_.peer_certificate, "certificate of the service (PEM)");
  }
  flags.text("--trust", "FILE", files_.trust, "authorities that we accept, for TLS too (PEM)");
  flags.text("--revoked", "FILE", files_.revoked, "their revocation lists (PEM)");
  if (role == Role::client) {
    flags.toggle("--no-tls-cert", hides_certificate_,
                 "show --cert in messages only, and not to TLS (some services ask for one there and "
                 "trust none)");
    flags.text("--user", "NAME", user_, "whom to call as, where the profile asks for a name");
    flags.text("--password-file", "FILE", password_file_, "the password of --user, mode 0600");
  } else {
    flags.text("--users", "FILE", users_file_,
               "whose calls to take, where the profile asks for a name: name:password a line, mode "
               "0600 (the passwords themselves: a digest cannot be judged by a hash)");
  }
  flags.toggle("--rsa-1.5", allows_rsa_1_5_,
               "take suites with the old key transport (Rsa15), whose keys attackers have read");
  flags.toggle("-v,--verbose", verbose_, "tell events on standard error");
}

Settings NodeFlags::given_settings() const {
  Settings given = settings_of(profile_);
  for (const std::string& assignment : assignments_) {
    set(given, assignment);
  }
  return given;
}

void NodeFlags::check_spoken(const host::NodeSettings& settings) {
  const engine::Profile& profile = settings.profiles.front();
  const std::vector<std::string> lines = host::unspoken(profile, settings.codec);
  if (lines.empty()) {
    return;
  }
  std::string all;
  for (const std::string& line : lines) {
    all += (all.empty() ? "" : "; ") + line;
  }
  throw Failure(ExitCode::usage, "profile " + profile.name + ": " + all);
}

host::NodeSettings NodeFlags::settings() const {
  const Settings given = given_settings();
  check_readable(files_);
  host::NodeSettings settings;
  settings.store = store_;
  // The default key file stands beside the folder, not in it.
  while (settings.store.size() > 1 && settings.store.back() == '/') {
    settings.store.pop_back();
  }
  settings.master_key = master_key_.source();
  settings.credentials = need(host::read_credentials(files_), "the keys and certificates");
  add_users(settings.credentials);
  settings.codec.limits = given.limits;
  settings.codec.allow_rsa_1_5 = allows_rsa_1_5_;
  settings.profiles = {given.profile};
  settings.engine = given.engine;
  settings.contexts = given.contexts;
  settings.limits = given.limits;
  settings.log = log_line;
  if (verbose_) {
    settings.on_event = [](const engine::Event& event) { log_line(text_of_event(event)); };
  }
  return settings;
}

void NodeFlags::add_users(soap::Credentials& credentials) const {
  if (user_.empty() != password_file_.empty()) {
    throw Failure(ExitCode::usage, "--user and --password-file go together; give both");
  }
  check_readable("--password-file", password_file_);
  check_readable("--users", users_file_);
  if (!user_.empty()) {
    credentials.user = {
        user_, need(host::read_password(password_file_), "--password-file " + password_file_)};
  }
  if (!users_file_.empty()) {
    credentials.users = need(host::read_users(users_file_), "--users " + users_file_);
  }
}

http::TlsSettings NodeFlags::tls() const {
  check_readable(files_);
  auto settings = need(host::read_tls(files_), "the keys and certificates");
  if (hides_certificate_) {
    settings.own_certificates_pem.clear();
    settings.own_key_pem.reset();
  }
  return settings;
}

void log_line(std::string_view line) {
  // One call for one line: lines of several threads do not mix.
  const std::string text = printable(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace parley::cli
