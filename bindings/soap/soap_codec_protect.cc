#include <utility>
#include <variant>

#include "bindings/soap/media_type.h"
#include "bindings/soap/message_layout.h"
#include "bindings/soap/security/protector.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/soap_codec_state.h"

namespace parley::soap {
namespace {

using engine::Profile;
using engine::ProtectWith;

/// Establishing a context carries key material, so it is encrypted whatever the profile says about
/// the messages that follow (SC12), and always with derived keys, as every stack expects.
bool is_under_context(const ProtectWith& with) {
  return with.context != nullptr;
}

Result<ProtectionPlan> plan_of(const Profile& profile,
                               const ProtectWith& with,
                               const CodecSettings& settings) {
  ProtectionPlan plan;
  plan.suite = find_suite(profile.suite);
  if (plan.suite == nullptr) {
    return Error(ErrorCode::invalid_argument, "algorithm suite");
  }
  plan.sha256_mac = profile.sha256_mac;
  plan.encrypt = !is_under_context(with) || profile.protect == engine::Protection::sign_encrypt;
  plan.order = profile.order;
  plan.encrypt_signature = profile.encrypt_signature;
  plan.derived_keys = !is_under_context(with) || profile.derived_keys;
  plan.family = profile.sc.value_or(plan.family);
  plan.timestamp_lifetime = settings.timestamp_lifetime;
  return plan;
}

/// What may leave without protection under any profile: faults, whose cause may be that there is no
/// key in common.
bool may_be_plain(const engine::Message& message, const Profile& profile) {
  return !profile.sc || profile.protect == engine::Protection::none ||
         std::holds_alternative<engine::Fault>(message.body);
}

}  // namespace

Result<engine::WireMessage> SoapCodec::protect(const engine::Message& message,
                                               const Profile& profile,
                                               const ProtectWith& with,
                                               WallTime now,
                                               crypto::Entropy& entropy) {
  const bool is_plain = with.context == nullptr && !with.bootstrap && with.answering == nullptr;
  if (is_plain && !may_be_plain(message, profile)) {
    return Error(ErrorCode::invalid_argument, "no key for this message");
  }
  PARLEY_ASSIGN_OR_RETURN(
      const MessageLayout layout,
      MessageLayout::make(message, profile, !is_plain, state_->settings.limits));
  engine::WireMessage wire;
  wire.content_type = write_media_type(profile.soap, layout.action());
  if (profile.soap == engine::SoapVersion::soap_1_1) {
    wire.soap_action = layout.action();
  }
  if (is_plain) {
    wire.bytes = layout.plain();
    return wire;
  }

  PARLEY_ASSIGN_OR_RETURN(const ProtectionPlan plan, plan_of(profile, with, state_->settings));
  ProtectionKeys keys;
  keys.context = with.context;
  keys.is_initiator = with.is_initiator;
  if (with.bootstrap) {
    if (state_->own.empty() || !state_->peer) {
      return Error(ErrorCode::key_unusable, "own key or the peer's certificate is missing");
    }
    keys.own = &state_->own.front();
    keys.recipient = &*state_->peer;
  }
  const auto answering = std::dynamic_pointer_cast<const ExchangeSecret>(with.answering);
  keys.answering = answering.get();
  Workspace workspace;
  PARLEY_ASSIGN_OR_RETURN(wire.exchange_keys, layout.with_envelope([&](const auto& envelope) {
    return protect_envelope(envelope, plan, keys, now, entropy, workspace, wire.bytes);
  }));
  return wire;
}

}  // namespace parley::soap
