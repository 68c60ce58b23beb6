#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "engine/profile.h"
#include "tests/cells/forged_message.h"
#include "tests/support/cell_pair.h"

namespace parley::test {

/// A message that lacks something of its protection.
struct Weakened {
  std::string name;  ///< what it lacks
  Bytes bytes;
  std::string fault = "InvalidSecurity";  ///< local name; "malformed" = the one without a name
};

/// What the sender of `wire` knows: "client" or "server".
Forger forger_of(const TappedCodec& codec,
                 const Bytes& wire,
                 const engine::Profile& profile,
                 const std::string& side,
                 const std::filesystem::path& keys);

/// `wire` with each of its protections taken away or weakened in turn.
std::vector<Weakened> weakened(const Bytes& wire,
                               const Forger& forger,
                               const engine::Profile& profile);

}  // namespace parley::test
