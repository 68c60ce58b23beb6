#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cell.h"

namespace exchange {

enum class Call { about, serve, call };

enum class Mode { echo, note };

/// The command line.
struct Options {
  Call what = Call::about;
  std::vector<std::string> cell_ids;
  std::string cells_file;
  std::string host = "localhost";
  std::uint16_t port = 9080;
  std::string state;  ///< folder; empty = nothing outlives the process
  std::string dump;   ///< folder; empty = none
  std::string url;
  std::string issuer;  ///< of a cell that has one; empty = where ours would be (issuer_of)
  std::uint64_t count = 1;
  Mode mode = Mode::echo;
  std::uint64_t size = 64;
  std::uint64_t streams = 1;
  std::string sender;
  bool renews = false;  ///< asks for a new key of the context in the middle
};

/// What was made; a Refusal, which begins with `what`, when it could not be.
template <class Made>
Made made_or_refused(parley::Result<Made> made, const std::string& what) {
  if (!made) {
    throw Refusal(what + ": " + made.error().message());
  }
  return std::move(*made);
}

/// The cells that are meant, of ours or of the file. Throws Refusal.
std::vector<Cell> chosen_cells(const Options& options);

/// What a node of either role is made of. `role`: "server" or "client", the name of its keys in the
/// folder PEER_KEYS. Throws Refusal.
parley::NodeSettings node_settings(const Options& options, const std::string& role);

/// What a node of a token service is made of: another party, with keys of its own. Throws Refusal.
parley::NodeSettings issuer_settings(const Options& options);

/// The certificate of a role, as PEM. Throws Refusal.
parley::Bytes certificate_of(const std::string& role);

/// TLS of either role, with the same keys.
std::shared_ptr<parley::http::TlsContext> tls_of(const std::string& role);

/// Serves until standard input closes or SIGTERM comes.
int serve(const Options& options);

/// Calls, and prints what came of it.
int call(const Options& options);

}  // namespace exchange
