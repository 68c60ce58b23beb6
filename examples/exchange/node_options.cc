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

}  // namespace

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

parley::NodeSettings node_settings(const Options& options, const std::string& role) {
  const std::string folder = keys_folder() + '/';
  parley::CredentialFiles files;
  files.certificate = folder + role + ".pem";
  files.key = folder + role + ".key";
  files.peer_certificate = role == "client" ? folder + "server.pem" : "";
  files.trust = folder + "ca.pem";
  auto credentials = parley::read_credentials(files);
  if (!credentials) {
    throw Refusal("the keys in " + folder + ": " + credentials.error().message());
  }
  parley::NodeSettings settings;
  settings.credentials = std::move(*credentials);
  // Without sequences nothing but the order of sending keeps the notes in theirs.
  settings.engine.unnumbered_window = 1;
  settings.log = [](std::string_view line) {
    // One call, so that lines of several threads do not mix.
    std::cerr << "peer: " + std::string(line) + '\n';
  };
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
