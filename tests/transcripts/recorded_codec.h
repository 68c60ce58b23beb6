#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/soap_codec.h"
#include "engine/forwarding_codec.h"
#include "tests/transcripts/transcript.h"

namespace parley::transcripts {

/// Lets an engine take part in a recorded conversation. What it writes is written as ever; what was
/// recorded is opened with the recorded secrets, and says our engine's names where the recording
/// has those that the recorded side chose at random.
class RecordedCodec final : public engine::ForwardingCodec {
 public:
  RecordedCodec(std::unique_ptr<soap::SoapCodec> inner, const Exchange& exchange)
      : ForwardingCodec(std::move(inner)), recorded_(exchange) {}

  /// From now on `recorded` in a message is `ours` to the engine: an Identifier of a sequence or
  /// context, a MessageID, the Context of a token request.
  void rename(const std::string& recorded, const std::string& ours) { names_[recorded] = ours; }

  /// Itself where it has no other name.
  std::string ours(const std::string& recorded) const;

  /// What answers are opened with: the keys of the recorded request.
  void open_answers_with(std::shared_ptr<const engine::ExchangeKeys> keys) {
    answers_ = std::move(keys);
  }

  /// What the engine chose for a message that it wrote, and the secret to inspect it with.
  struct Written {
    Bytes wire;
    std::string context;  ///< empty = not under a context
    std::optional<crypto::SecretBytes> secret;
    std::string token_context;  ///< @Context of a token request
    std::string token;          ///< Identifier of the token in a token response
    std::string sequence;       ///< offered or created
  };

  /// Throws vectors::BadVector for what was not written here.
  const Written& written(const Bytes& wire) const;

  Result<engine::WireMessage> protect(const engine::Message& message,
                                      const engine::Profile& profile,
                                      const engine::ProtectWith& with,
                                      WallTime now,
                                      crypto::Entropy& entropy) override;

  Result<std::unique_ptr<engine::SealedMessage>> parse(Bytes wire,
                                                       std::string_view content_type,
                                                       const engine::Profile& profile) override;

  Result<engine::OpenedMessage> open(std::unique_ptr<engine::SealedMessage> sealed,
                                     const engine::Profile& profile,
                                     const engine::KeyRing& keys,
                                     const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                     const engine::Channel& channel,
                                     WallTime now) override;

 private:
  void rename(engine::Message& message) const;

  RecordedKeys recorded_;
  std::map<std::string, std::string> names_;
  std::shared_ptr<const engine::ExchangeKeys> answers_;
  std::vector<Written> written_;
};

}  // namespace parley::transcripts
