#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/relay/fault_plan.h"

namespace parley::cli {

struct RelaySettings {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 0;  ///< 0 = any free one
  std::string target_host = "127.0.0.1";
  std::uint16_t target_port = 0;
  FaultSettings faults;
};

/// What a relay has done so far.
struct RelayCounts {
  std::uint64_t requests = 0;
  std::uint64_t dropped = 0;  ///< requests and responses
  std::uint64_t duplicated = 0;
  std::uint64_t cut = 0;
  std::uint64_t late = 0;
};

/// A bad network: stands between HTTP clients and one server, and treats each request and each
/// response as its plan says. A dropped message ends its connection, as a broken network does; so a
/// sender sees a failure and never knows whether the message arrived. A server that is away is a
/// failure of the same kind.
class Relay {
 public:
  /// Errors: network_failed (cannot listen, or the target's name is unknown), invalid_argument.
  static Result<std::unique_ptr<Relay>> listen(const RelaySettings& settings);

  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  std::uint16_t port() const;

  /// Carries until `stop`.
  void run();

  // From any thread.

  void stop();
  RelayCounts counts() const;

  struct State;

 private:
  explicit Relay(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace parley::cli
