#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/inspect.h"
#include "bindings/soap/soap_codec.h"
#include "engine/message.h"
#include "tests/transcripts/transcript.h"

namespace parley::transcripts {

/// One recorded message as its receiver found it.
struct OpenedRecord {
  const Recorded* recorded = nullptr;
  WallTime sent;  ///< as its Timestamp says; zero = it has none
  soap::InspectReport report;
  std::optional<engine::OpenedMessage> opened;  ///< nothing = refused, as it has to be
  /// A request: what its sender kept, to open the answer with.
  std::shared_ptr<const engine::ExchangeKeys> sender_keys;
};

/// What became of the messages of one transcript.
struct ReplayResult {
  int inspected = 0;  ///< by hand, as `parley open` does
  int opened = 0;     ///< by the codec, as the receiver that each message was for
  std::vector<std::vector<OpenedRecord>> exchanges;  ///< as in the transcript
  std::vector<std::string> failures;
};

/// The codec of one side, "server" or "client", with the certificates of `keys`.
std::unique_ptr<soap::SoapCodec> codec_of(const std::string& side,
                                          const std::filesystem::path& keys);

/// What opens every message of `exchange` by hand.
soap::InspectKeys inspect_keys_of(const Exchange& exchange, const std::filesystem::path& keys);

/// Opens every message of `transcript` with the recorded secrets and the certificates of `keys`: by
/// hand, and with the codec wherever its profile can say what was spoken.
ReplayResult replay(const Transcript& transcript, const std::filesystem::path& keys);

}  // namespace parley::transcripts
