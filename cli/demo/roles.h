#pragma once

#include <cstdint>
#include <string>

#include "cli/demo/kill_plan.h"
#include "cli/exit_code.h"

// The two programs of the demonstration. Each is an ordinary use of `Node`; that it will be killed
// makes no difference to how it is written.

namespace parley::cli {

/// What a role is started with.
struct RoleSettings {
  std::string folder;      ///< of keys, stores and boards
  std::uint16_t port = 0;  ///< service: to listen on; client: of the network
  std::uint64_t seed = 1;
  std::uint64_t messages = 0;
};

/// Files in the folder of a demonstration.
struct DemoFiles {
  explicit DemoFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string authority() const { return folder_ + "/authority.pem"; }

  std::string certificate(Side side) const { return named(side, ".pem"); }

  std::string key(Side side) const { return named(side, "-key.pem"); }

  std::string store(Side side) const { return named(side, "-store"); }

  std::string board(Side side) const { return named(side, ".board"); }

  std::string log(Side side) const { return named(side, ".log"); }

 private:
  std::string named(Side side, const char* end) const {
    return folder_ + "/" + std::string(name_of(side)) + end;
  }

  std::string folder_;
};

/// Takes notes until SIGTERM. Throws Failure.
ExitCode run_service(const RoleSettings& role);

/// Sends what is left to send, waits until all is acknowledged, asks for the totals and closes the
/// conversation. Throws Failure.
ExitCode run_client(const RoleSettings& role);

}  // namespace parley::cli
