#include <utility>
#include <variant>

#include "bindings/soap/media_type.h"
#include "bindings/soap/message_layout.h"
#include "bindings/soap/security/protector.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/soap_codec_state.h"
#include "bindings/soap/xop.h"

namespace parley::soap {
namespace {

using engine::Profile;
using engine::ProtectWith;

using engine::Bootstrap;
using engine::BootstrapBinding;

bool is_cancellation(const engine::Message& message) {
  const auto* request = std::get_if<contexts::TokenRequest>(&message.body);
  const auto* response = std::get_if<contexts::TokenResponse>(&message.body);
  return (request != nullptr && request->operation == contexts::TrustOperation::cancel) ||
         (response != nullptr && response->cancelled);
}

/// What protects a message: the transport, or keys of the message.
BootstrapBinding binding_of(const engine::Message& message,
                            const Profile& profile,
                            const ProtectWith& with) {
  if (with.context == nullptr) {
    return profile.binding;
  }
  const bool is_by_transport = profile.protect == engine::Protection::transport &&
                               !(with.in_clear && is_cancellation(message));
  return is_by_transport ? BootstrapBinding::transport : BootstrapBinding::symmetric;
}

bool is_of_application(const engine::Message& message) {
  const auto* const application = std::get_if<engine::ApplicationBody>(&message.body);
  const auto* const fault = std::get_if<engine::Fault>(&message.body);
  return (application != nullptr && !application->xml.empty()) ||
         (fault != nullptr && fault->code == ErrorCode::peer_fault);
}

/// A body that holds nothing of the application's and no key: peers differ in whether they encrypt
/// it, and take it in their own way only (IB-003).
bool goes_in_clear(const engine::Message& message,
                   const Profile& profile,
                   const ProtectWith& with) {
  if (engine::is_of_trust(message.body)) {
    return with.in_clear && is_cancellation(message);
  }
  return !is_of_application(message) && (with.in_clear || !profile.encrypt_rm);
}

/// Establishing a context carries key material, and so does renewing it: that is encrypted whatever the
/// profile says about the messages that follow (SC12). The former has always derived keys, as every
/// stack expects.
Result<ProtectionPlan> plan_of(const engine::Message& message,
                               const Profile& profile,
                               const ProtectWith& with,
                               const CodecSettings& settings) {
  const bool is_under_context = with.context != nullptr;
  ProtectionPlan plan;
  plan.suite = find_suite(profile.suite);
  if (plan.suite == nullptr) {
    return Error(ErrorCode::invalid_argument, "algorithm suite");
  }
  plan.binding = binding_of(message, profile, with);
  plan.password = profile.password;
  if (plan.suite->is_read_only()) {
    return Error(ErrorCode::invalid_argument, "this algorithm suite is only read");
  }
  if (with.bootstrap && plan.suite->key_transport == KeyTransport::rsa_1_5 &&
      !settings.allow_rsa_1_5) {
    return Error(ErrorCode::invalid_argument, "RSA 1.5 is not allowed by the settings");  // M59
  }
  plan.sha256_mac = profile.sha256_mac;
  const bool is_always_encrypted =
      !is_under_context || (engine::is_of_trust(message.body) && !is_cancellation(message));
  plan.encrypt = (is_always_encrypted || profile.protect == engine::Protection::sign_encrypt) &&
                 !(is_under_context && goes_in_clear(message, profile, with));
  plan.order = profile.order;
  plan.encrypt_signature = profile.encrypt_signature;
  plan.derived_keys = !is_under_context || profile.derived_keys;
  plan.derivation = profile.derivation;
  plan.key_position = profile.key_position;
  plan.key_label = profile.key_label;
  plan.timestamp_last = profile.layout == engine::HeaderLayout::lax_timestamp_last;
  // MC-032: what a poll fetches answers something else.
  const bool is_poll = std::holds_alternative<engine::MakeConnection>(message.body);
  plan.confirm_signatures =
      is_under_context ? profile.confirm_messages && !is_poll : profile.confirm_signatures;
  plan.carry_context = with.is_initiator && profile.context_token;
  plan.family = profile.sc.value_or(plan.family);
  plan.timestamp_lifetime = settings.timestamp_lifetime;
  return plan;
}

bool is_by_user(Bootstrap bootstrap) {
  return bootstrap == Bootstrap::username_cert || bootstrap == Bootstrap::username_https;
}

/// What may leave without protection under any profile: faults, whose cause may be that there is no
/// key in common.
bool may_be_plain(const engine::Message& message, const Profile& profile) {
  return !profile.sc || profile.protect == engine::Protection::none ||
         std::holds_alternative<engine::Fault>(message.body);
}

/// Supporting tokens are shown to who offers the service, with everything but what goes back on an
/// exchange of his.
bool shows_tokens(const Profile& profile, const ProtectWith& with) {
  return with.context != nullptr && with.is_initiator && !with.is_answer &&
         profile.supporting != engine::SupportingUses();
}

Result<std::optional<OwnAssertion>> assertion_for(const SoapCodec::State& state,
                                                  const engine::SupportingUses& asked) {
  using engine::SupportingUse;
  if (asked.saml_1_1 == SupportingUse::none && asked.saml_2_0 == SupportingUse::none) {
    return std::optional<OwnAssertion>();
  }
  const engine::TokenKind kind = asked.saml_1_1 != SupportingUse::none ? engine::TokenKind::saml_1_1
                                                                      : engine::TokenKind::saml_2_0;
  if (asked.saml_1_1 != SupportingUse::none && asked.saml_2_0 != SupportingUse::none) {
    return Error(ErrorCode::invalid_argument, "one assertion goes along, not two");
  }
  std::optional<Bytes> xml = state.assertion ? state.assertion() : std::nullopt;
  if (!xml) {
    return Error(ErrorCode::key_unusable, "there is no assertion to send");
  }
  PARLEY_ASSIGN_OR_RETURN(OwnAssertion own,
                          read_own_assertion(std::move(*xml), state.settings.limits));
  return own.kind == kind ? Result<std::optional<OwnAssertion>>(std::move(own))
                          : Error(ErrorCode::key_unusable, "the assertion is of another version");
}

/// The supporting tokens that the profile asks for. `assertion` outlives the result.
Result<void> add_tokens(const SoapCodec::State& state,
                        const Profile& profile,
                        const std::optional<OwnAssertion>& assertion,
                        ProtectionKeys& keys,
                        ProtectionPlan& plan) {
  using engine::SupportingUse;
  const engine::SupportingUses& asked = profile.supporting;
  const Credential* const own = state.own.empty() ? nullptr : &state.own.front();
  if (asked.x509 != SupportingUse::none) {
    keys.own = own;
    plan.sign_certificate = engine::is_signed(asked.x509);
  }
  if (asked.username != SupportingUse::none) {
    keys.user = state.user ? &*state.user : nullptr;
  }
  if (assertion) {
    const SupportingUse use = engine::use_of(asked, assertion->kind);
    keys.assertion = &*assertion;
    keys.holder = engine::is_endorsing(use) ? own : nullptr;
    plan.sign_assertion = engine::is_signed(use);
    // What its bearer may show, nobody on the way may read.
    plan.encrypt_assertion = engine::is_encrypted(use) || !engine::is_endorsing(use);
    if (use == SupportingUse::signed_endorsing_encrypted &&
        profile.order == engine::ProtectionOrder::encrypt_before_sign) {
      // Signatures are verified over the ciphertext, so its key would be found too late.
      return Error(ErrorCode::invalid_argument, "an endorsing assertion that is encrypted first");
    }
    if (engine::is_endorsing(use) && own == nullptr) {
      return Error(ErrorCode::key_unusable, "there is no own key and certificate");
    }
  }
  if (asked.x509 != SupportingUse::none && keys.own == nullptr) {
    return Error(ErrorCode::key_unusable, "there is no own key and certificate");
  }
  if (asked.username != SupportingUse::none && keys.user == nullptr) {
    return Error(ErrorCode::key_unusable, "there is no user to call as");
  }
  return {};
}

/// The credentials that a message needs besides what `with` gives. `state` outlives the result.
Result<ProtectionKeys> keys_of(const SoapCodec::State& state,
                               const Profile& profile,
                               const ProtectWith& with,
                               const std::string& to,
                               const ExchangeSecret* answering) {
  ProtectionKeys keys;
  keys.context = with.context;
  keys.is_initiator = with.is_initiator;
  keys.is_answer = with.is_answer;
  keys.answering = with.context == nullptr ? answering : nullptr;
  keys.confirming = answering;
  const bool is_asymmetric = profile.binding == BootstrapBinding::asymmetric;
  if (with.bootstrap) {
    const bool is_by_name = is_by_user(engine::caller_bootstrap(profile));
    keys.user = is_by_name && state.user ? &*state.user : nullptr;
    keys.own = is_by_name || state.own.empty() ? nullptr : &state.own.front();
    if (keys.user == nullptr && keys.own == nullptr) {
      return Error(ErrorCode::key_unusable, is_by_name ? "there is no user to call as"
                                                       : "there is no own key and certificate");
    }
    if (profile.binding != BootstrapBinding::transport) {
      const auto peer = state.peers.find(to);
      if (peer == state.peers.end() && !state.peer) {
        return Error(ErrorCode::key_unusable, "the peer's certificate is missing");
      }
      keys.recipient = peer == state.peers.end() ? &*state.peer : &peer->second;
    }
  } else if (answering != nullptr && is_asymmetric && with.context == nullptr) {
    if (state.own.empty() || !answering->requestor) {
      return Error(ErrorCode::key_unusable, "there is no own key and certificate");
    }
    keys.own = &state.own.front();
    keys.recipient = &*answering->requestor;
  }
  return keys;
}

Result<void> pack_if_asked(engine::WireMessage& wire,
                           const Profile& profile,
                           std::string_view action,
                           const Limits& limits,
                           crypto::Entropy& entropy) {
  if (profile.mtom) {
    PARLEY_ASSIGN_OR_RETURN(
        PackedMessage packed,
        pack(std::move(wire.bytes), profile.soap, action,
             profile.order == engine::ProtectionOrder::sign_before_encrypt, entropy, limits));
    wire.bytes = std::move(packed.package);
    wire.content_type = std::move(packed.content_type);
  }
  return {};
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
  const bool is_over_tls =
      !is_plain && binding_of(message, profile, with) == BootstrapBinding::transport;
  // Only a private key signs a header then.
  const bool has_ids = !is_plain && (!is_over_tls || with.bootstrap || shows_tokens(profile, with));
  PARLEY_ASSIGN_OR_RETURN(MessageLayout layout,
                          MessageLayout::make(message, profile, has_ids, state_->settings.limits));
  engine::WireMessage wire;
  wire.content_type = write_media_type(profile.soap, layout.action());
  if (profile.soap == engine::SoapVersion::soap_1_1) {
    wire.soap_action = layout.action();
  }
  if (is_plain) {
    wire.bytes = layout.plain();
    PARLEY_TRY(pack_if_asked(wire, profile, layout.action(), state_->settings.limits, entropy));
    return wire;
  }

  PARLEY_ASSIGN_OR_RETURN(ProtectionPlan plan, plan_of(message, profile, with, state_->settings));
  // What the peer leaves in clear, it may want in clear as a whole.
  const bool is_left_in_clear = with.in_clear && !is_of_application(message);
  if (with.context != nullptr && !is_over_tls && !is_left_in_clear &&
      !profile.encrypted_parts.empty()) {
    PARLEY_TRY(layout.hide(profile.encrypted_parts, !plan.encrypt && is_of_application(message),
                           state_->settings.limits));
    plan.hide_parts = layout.hides_parts();
  }
  const auto answering = std::dynamic_pointer_cast<const ExchangeSecret>(with.answering);
  PARLEY_ASSIGN_OR_RETURN(ProtectionKeys keys,
                          keys_of(*state_, profile, with, message.addressing.to, answering.get()));
  std::optional<OwnAssertion> assertion;
  if (shows_tokens(profile, with)) {
    PARLEY_ASSIGN_OR_RETURN(assertion, assertion_for(*state_, profile.supporting));
    PARLEY_TRY(add_tokens(*state_, profile, assertion, keys, plan));
  }
  const ClearedAtEnd cleared(state_->workspace);
  PARLEY_ASSIGN_OR_RETURN(const auto exchange, layout.with_envelope([&](const auto& envelope) {
    return protect_envelope(envelope, plan, keys, now, entropy, state_->workspace, wire.bytes);
  }));
  if (exchange) {
    exchange->message_id = message.addressing.message_id;
  }
  wire.exchange_keys = exchange;
  PARLEY_TRY(pack_if_asked(wire, profile, layout.action(), state_->settings.limits, entropy));
  return wire;
}

}  // namespace parley::soap
