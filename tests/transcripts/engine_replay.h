#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/transcripts/replay.h"

namespace parley::transcripts {

struct EngineReplayResult {
  int compared = 0;  ///< messages that the engine wrote, each beside the recorded one of its kind
  std::vector<std::string> failures;
};

/// Gives the recorded messages of one side to an engine in the place of the other: first the
/// requests to a service, then the answers to a client, for every exchange of `transcript`. What
/// the engine writes has to be of the kind that was recorded, and what it comes to as well: every
/// message delivered once and in order, the same numbers acknowledged, the sequences as far as they
/// went.
///
/// Exact to the octet a replay cannot be: nonces, initialization vectors, entropies and Identifiers
/// are the engine's own choice, and from its own entropy it agrees on another secret than was
/// recorded. So the engine goes through the whole of it, the bootstrap with its RSA included, and
/// RecordedCodec opens what comes with the recorded secret wherever the engine has a key of its own
/// for the same context.
EngineReplayResult replay_into_engines(const Transcript& transcript,
                                       const ReplayResult& opened,
                                       const std::filesystem::path& keys);

}  // namespace parley::transcripts
