#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/transcripts/transcript.h"

namespace parley::transcripts {

/// What became of the messages of one transcript.
struct ReplayResult {
  int inspected = 0;  ///< by hand, as `parley open` does
  int opened = 0;     ///< by the codec, as the receiver that each message was for
  std::vector<std::string> failures;
};

/// Opens every message of `transcript` with the recorded secrets and the certificates of `keys`: by
/// hand, and with the codec wherever its profile can say what was spoken.
ReplayResult replay(const Transcript& transcript, const std::filesystem::path& keys);

}  // namespace parley::transcripts
