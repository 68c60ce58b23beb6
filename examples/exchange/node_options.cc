#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "dump.h"
#include "json_lines.h"
#include "options.h"

namespace exchange {
namespace {

std::string keys_folder() {
  const char* folder = std::getenv("PEER_KEYS");
  if (folder == nullptr || *folder == '\0') {
    throw Refusal("PEER_KEYS does not name the folder of the keys");
  }
  return folder;
}

// The user whom all peers know.
constexpr const char* kUser = "alice";
constexpr const char* kPassword = "wonderland";

parley::crypto::SecretBytes secret_of(std::string_view text) {
  return parley::crypto::SecretBytes::copy_of(parley::as_bytes(text));
}

parley::CredentialFiles files_of(const std::string& role) {
  const std::string folder = keys_folder() + '/';
  return {.certificate = folder + role + ".pem",
          .key = folder + role + ".key",
          .peer_certificate = role == "client" ? folder + "server.pem" : "",
          .trust = folder + "ca.pem",
          .revoked = {}};
}

template <class Made>
Made made_of_keys(parley::Result<Made> made) {
  return made_or_refused(std::move(made), "the keys in " + keys_folder());
}

}  // namespace

std::shared_ptr<parley::http::TlsContext> tls_of(const std::string& role) {
  auto settings = made_of_keys(parley::host::read_tls(files_of(role)));
  // A client shows who it is inside the messages, never to TLS: some services ask for certificates
  // there of which they trust none.
  if (role == "client") {
    settings.own_certificates_pem.clear();
    settings.own_key_pem.reset();
    return made_of_keys(parley::http::TlsContext::for_client(settings));
  }
  settings.anchors_pem.clear();
  return made_of_keys(parley::http::TlsContext::for_server(settings));
}

parley::Bytes certificate_of(const std::string& role) {
  return made_of_keys(parley::read_credentials(files_of(role))).own_certificates_pem;
}

std::vector<Cell> chosen_cells(const Options& options) {
  std::vector<Cell> all = options.cells_file.empty() ? own_cells() : cells_in(options.cells_file);
  if (options.cell_ids.empty()) {
    return all;
  }
  std::vector<Cell> chosen;
  for (const std::string& id : options.cell_ids) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Cell& cell) { return cell.id == id; });
    if (found == all.end()) {
      throw Refusal("there is no cell " + id);
    }
    chosen.push_back(*found);
  }
  return chosen;
}

namespace {

/// A cell that asks for the old key transport is asked for by name, so that is wanted.
bool needs_rsa_1_5(const Options& options) {
  const std::vector<Cell> cells = chosen_cells(options);
  return std::any_of(cells.begin(), cells.end(),
                     [](const Cell& cell) { return cell.suite.ends_with("Rsa15"); });
}

// One call, so that lines of several threads do not mix.
void log_line(std::string_view line) {
  std::cerr << "peer: " + std::string(line) + '\n';
}

}  // namespace

parley::NodeSettings issuer_settings(const Options& options) {
  parley::NodeSettings settings;
  settings.credentials = made_of_keys(parley::read_credentials(files_of("sts")));
  settings.codec.allow_rsa_1_5 = needs_rsa_1_5(options);
  settings.client_tls = tls_of("client");
  settings.log = log_line;
  settings.profiles.clear();
  return settings;
}

parley::NodeSettings node_settings(const Options& options, const std::string& role) {
  auto credentials = made_of_keys(parley::read_credentials(files_of(role)));
  parley::NodeSettings settings;
  settings.credentials = std::move(credentials);
  if (role == "client") {
    settings.credentials.user = {kUser, secret_of(kPassword)};
  } else {
    settings.credentials.users.password =
        [](std::string_view name) -> std::optional<parley::crypto::SecretBytes> {
      return name == kUser ? std::optional(secret_of(kPassword)) : std::nullopt;
    };
  }
  // Without sequences nothing but the order of sending keeps the notes in theirs.
  settings.engine.unnumbered_window = 1;
  settings.codec.allow_rsa_1_5 = needs_rsa_1_5(options);
  settings.log = log_line;
  if (!options.state.empty()) {
    std::filesystem::create_directories(options.state);
    settings.store = options.state + "/store";
  }
  if (!options.dump.empty()) {
    const auto dump = std::make_shared<Dump>(options.dump);
    settings.dangerous_taps.message = [dump](bool is_outgoing, std::string_view head,
                                             parley::ByteView body) {
      dump->message(is_outgoing, head, body);
    };
    settings.dangerous_taps.secret = [dump](const parley::ExposedSecret& secret) {
      dump->secret(secret);
    };
  }
  return settings;
}

}  // namespace exchange
