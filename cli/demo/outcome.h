#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/demo/timeline.h"
#include "cli/relay/relay.h"

namespace parley::cli {

/// What a demonstration came to.
struct DemoOutcome {
  std::uint64_t seed = 0;
  std::uint64_t messages = 0;
  double seconds = 0;

  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t doubled = 0;
  std::uint64_t disordered = 0;
  std::string digest_of_client;  ///< first 16 digits
  std::string digest_of_service;
  bool digests_agree = false;

  std::uint64_t resent = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t undone = 0;      ///< handler calls whose records a kill undid
  std::uint64_t contexts = 0;    ///< that the client established
  std::uint64_t sequences = 0;   ///< that were created, for both directions
  bool sequences_agree = false;  ///< as many at the end as when the first message had arrived
  std::uint64_t reported_losses = 0;
  std::uint64_t kills_client = 0;
  std::uint64_t kills_service = 0;
  std::uint64_t kills_wanted = 0;  ///< of each

  RelayCounts network;
  Timeline timeline;

  struct Cost {
    double bare_protect_us = 0;
    double protect_us = 0;
    double bare_open_us = 0;
    double open_us = 0;
  };

  Cost cost;

  /// What went wrong, a line each; empty = the promise was kept.
  std::vector<std::string> problems() const;
};

/// The closing table.
std::string to_table(const DemoOutcome& outcome);

/// The picture, as an SVG file.
std::string to_svg(const DemoOutcome& outcome);

/// "12,345"
std::string grouped(std::uint64_t number);

}  // namespace parley::cli
