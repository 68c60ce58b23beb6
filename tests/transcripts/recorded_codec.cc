#include "tests/transcripts/recorded_codec.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/vectors/json.h"

namespace parley::transcripts {
namespace {

/// A message with our engine's names in its hints.
class RenamedMessage final : public engine::SealedMessage {
 public:
  RenamedMessage(std::unique_ptr<engine::SealedMessage> inner, engine::Hints hints)
      : inner_(std::move(inner)), hints_(std::move(hints)) {}

  const engine::Hints& hints() const override { return hints_; }

  std::unique_ptr<engine::SealedMessage> take() { return std::move(inner_); }

 private:
  std::unique_ptr<engine::SealedMessage> inner_;
  engine::Hints hints_;
};

/// Has a recorded key exactly where the engine has one of that name.
class RenamedKeys final : public engine::KeyRing {
 public:
  RenamedKeys(const engine::KeyRing& engine,
              const RecordedKeys& recorded,
              const RecordedCodec& names)
      : engine_(engine), recorded_(recorded), names_(names) {}

  const contexts::LiveKey* find(const contexts::ContextName& name) const override {
    const bool is_there = engine_.find({names_.ours(name.identifier), name.instance}) != nullptr;
    return is_there ? recorded_.find(name) : nullptr;
  }

 private:
  const engine::KeyRing& engine_;
  const RecordedKeys& recorded_;
  const RecordedCodec& names_;
};

}  // namespace

std::string RecordedCodec::ours(const std::string& recorded) const {
  const auto found = names_.find(recorded);
  return found == names_.end() ? recorded : found->second;
}

const RecordedCodec::Written& RecordedCodec::written(const Bytes& wire) const {
  const auto found = std::find_if(written_.begin(), written_.end(),
                                  [&](const Written& one) { return one.wire == wire; });
  if (found == written_.end()) {
    throw vectors::BadVector("an engine sends what it has not written");
  }
  return *found;
}

void RecordedCodec::rename(engine::Message& message) const {
  const auto change = [this](std::string& name) { name = ours(name); };
  change(message.addressing.relates_to);
  if (message.rm.sequence) {
    change(message.rm.sequence->identifier);
  }
  for (engine::AcknowledgementHeader& header : message.rm.acknowledgements) {
    change(header.identifier);
  }
  for (std::string& request : message.rm.ack_requests) {
    change(request);
  }
  if (auto* const lifecycle = std::get_if<engine::SequenceLifecycle>(&message.body)) {
    change(lifecycle->identifier);
  } else if (auto* const response = std::get_if<contexts::TokenResponse>(&message.body)) {
    change(response->context);
  }
}

Result<engine::WireMessage> RecordedCodec::protect(const engine::Message& message,
                                                   const engine::Profile& profile,
                                                   const engine::ProtectWith& with,
                                                   WallTime now,
                                                   crypto::Entropy& entropy) {
  Written written;
  if (with.context != nullptr) {
    written.context = with.context->name().identifier;
    written.secret = with.context->secret().clone();
  }
  if (const auto* const create = std::get_if<engine::CreateSequence>(&message.body)) {
    written.sequence = create->offer ? create->offer->identifier : "";
  } else if (const auto* const created =
                 std::get_if<engine::CreateSequenceResponse>(&message.body)) {
    written.sequence = created->identifier;
  } else if (const auto* const request = std::get_if<contexts::TokenRequest>(&message.body)) {
    written.token_context = request->context;
  } else if (const auto* const response = std::get_if<contexts::TokenResponse>(&message.body)) {
    written.token = response->token ? response->token->identifier : "";
  }
  PARLEY_ASSIGN_OR_RETURN(engine::WireMessage wire,
                          ForwardingCodec::protect(message, profile, with, now, entropy));
  written.wire = wire.bytes;
  written_.push_back(std::move(written));
  return wire;
}

Result<std::unique_ptr<engine::SealedMessage>> RecordedCodec::parse(
    Bytes wire, std::string_view content_type, const engine::Profile& profile) {
  PARLEY_ASSIGN_OR_RETURN(auto inner,
                          ForwardingCodec::parse(std::move(wire), content_type, profile));
  engine::Hints hints = inner->hints();
  hints.context.identifier = ours(hints.context.identifier);
  hints.relates_to = ours(hints.relates_to);
  hints.sequence_identifier = ours(hints.sequence_identifier);
  return std::unique_ptr<engine::SealedMessage>(
      std::make_unique<RenamedMessage>(std::move(inner), std::move(hints)));
}

Result<engine::OpenedMessage> RecordedCodec::open(
    std::unique_ptr<engine::SealedMessage> sealed,
    const engine::Profile& profile,
    const engine::KeyRing& keys,
    const std::shared_ptr<const engine::ExchangeKeys>& /*answers*/,
    const engine::Channel& channel,
    WallTime now) {
  auto inner = dynamic_cast<RenamedMessage&>(*sealed).take();
  PARLEY_ASSIGN_OR_RETURN(
      engine::OpenedMessage opened,
      ForwardingCodec::open(std::move(inner), profile, RenamedKeys(keys, recorded_, *this),
                            answers_, channel, now));
  if (auto* const proof = std::get_if<engine::ContextProof>(&opened.proof)) {
    proof->name.identifier = ours(proof->name.identifier);
  }
  rename(opened.message);
  return opened;
}

}  // namespace parley::transcripts
