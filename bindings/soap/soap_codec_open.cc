#include <algorithm>
#include <memory>
#include <utility>

#include "bindings/soap/message_reading.h"
#include "bindings/soap/sealed_envelope.h"
#include "bindings/soap/security/header_layout.h"
#include "bindings/soap/security/opener.h"
#include "bindings/soap/security/proof.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/soap_codec_state.h"
#include "crypto/digest.h"

namespace parley::soap {
namespace {

using engine::OpenedMessage;
using engine::Profile;

/// The carried key that the sender signed with. Another key beside it may be that of somebody on
/// the way, to whom the answer would show all that is in it.
const ExchangeSecret* key_of_sender(const OpenedSecurity& opened, const Signer& sender) {
  for (const auto& carried : opened.carried) {
    if (sender.kind == Signer::Kind::carried &&
        sender.principal == to_hex(carried->encrypted_sha1)) {
      return carried.get();
    }
  }
  return nullptr;
}

void add_signatures(const OpenedSecurity& opened, ExchangeSecret& exchange) {
  for (const VerifiedSignature& signature : opened.signatures) {
    exchange.signature_values.push_back(signature.value);
  }
}

/// What an exchange keeps of a request that shows credentials of its own, for the answer and with
/// what that may confirm.
std::shared_ptr<const ExchangeSecret> answer_key(const OpenedSecurity& opened,
                                                 const Proven& proven,
                                                 const Profile& profile) {
  auto key = std::make_shared<ExchangeSecret>();
  key->binding = profile.binding;
  switch (profile.binding) {
    case engine::BootstrapBinding::symmetric: {
      const ExchangeSecret* const used =
          proven.signature == nullptr ? nullptr : key_of_sender(opened, proven.signature->signer);
      if (used == nullptr) {
        return nullptr;
      }
      key->secret = used->secret.clone();
      key->encrypted_sha1 = used->encrypted_sha1;
      break;
    }
    case engine::BootstrapBinding::asymmetric:
      key->requestor = proven.signature->certificate;
      break;
    case engine::BootstrapBinding::transport:
      break;
  }
  add_signatures(opened, *key);
  return key;
}

/// What the answer to a message under a context confirms.
std::shared_ptr<const ExchangeSecret> signatures_of(const OpenedSecurity& opened) {
  auto key = std::make_shared<ExchangeSecret>();
  add_signatures(opened, *key);
  return key;
}

/// M84. Over TLS a signature covers the Timestamp only, so that two messages of one moment may have
/// equal ones: there the MessageID tells them apart.
Bytes digest_of(const Bytes& signature_value, std::string_view message_id, bool is_over_tls) {
  crypto::Digest running(crypto::DigestAlgorithm::sha256);
  running.update(signature_value);
  if (is_over_tls) {
    running.update(as_bytes(message_id));
  }
  const crypto::DigestValue digest = running.finish();
  return {digest.view().begin(), digest.view().end()};
}

std::vector<engine::ReplayMark> replay_marks(const OpenedSecurity& opened,
                                             const Proven& proven,
                                             std::string_view message_id,
                                             const Profile& profile,
                                             Duration age_max) {
  std::vector<engine::ReplayMark> marks;
  const bool is_over_tls = engine::needs_confidential_channel(profile);
  // Two messages of one moment that nothing tells apart (Metro's, without MessageID): TLS lets nobody
  // repeat them.
  const bool can_be_told_apart = !is_over_tls || !message_id.empty();
  if (proven.signature != nullptr && can_be_told_apart) {
    const Timestamp& timestamp = *opened.timestamp;
    // However long the sender says that it is good for: nobody accepts it when it is too old.
    const WallTime too_old = timestamp.created + age_max;
    marks.push_back({digest_of(proven.signature->value, message_id, is_over_tls),
                     std::min(timestamp.expires.value_or(too_old), too_old)});
  }
  if (proven.password_use) {
    marks.push_back(*proven.password_use);
  }
  return marks;
}

/// Nothing in the keys of an asymmetric answer says which request it is for.
bool answers_another(const ExchangeSecret* exchange,
                     const Proven& proven,
                     const engine::Addressing& addressing) {
  const bool is_by_certificate =
      proven.signature != nullptr && proven.signature->signer.kind == Signer::Kind::certificate;
  return exchange != nullptr && is_by_certificate && addressing.relates_to != exchange->message_id;
}

Result<engine::Message> read_message(SealedEnvelope& sealed,
                                     const Profile& profile,
                                     const Limits& limits,
                                     WallTime now) {
  engine::Message message;
  message.addressing = sealed.take_addressing();
  message.rm = sealed.take_rm();
  PARLEY_ASSIGN_OR_RETURN(
      message.body, read_body(sealed.envelope(), message.addressing.action, profile, limits, now));
  return message;
}

/// A message without protection is believed under a profile without; else a fault alone is shown,
/// as a hint that nobody may act on (IB-039, SC50).
Result<OpenedMessage> open_plain(SealedEnvelope& sealed,
                                 const Profile& profile,
                                 const Limits& limits,
                                 WallTime now) {
  if (is_protected(profile) && !is_fault(sealed.envelope())) {
    return Error(ErrorCode::security_missing, "no Security header");
  }
  OpenedMessage opened;
  PARLEY_ASSIGN_OR_RETURN(opened.message, read_message(sealed, profile, limits, now));
  opened.proof = engine::NoProof();
  return opened;
}

bool takes_assertions(const Profile& profile) {
  return profile.supporting.saml_1_1 != engine::SupportingUse::none ||
         profile.supporting.saml_2_0 != engine::SupportingUse::none;
}

/// At the end of a scope, keeps the room of a message's index for the next message, unless it is
/// the room of a big one.
class RoomKept {
 public:
  RoomKept(SealedEnvelope& sealed, xml::Index& room) : sealed_(sealed), room_(room) {}

  RoomKept(const RoomKept&) = delete;
  RoomKept& operator=(const RoomKept&) = delete;

  ~RoomKept() {
    xml::Index room = sealed_.take_room();
    if (room.nodes.capacity() <= kKeptMax && room.attributes.capacity() <= kKeptMax &&
        room.bindings.capacity() <= kKeptMax && room.ids.capacity() <= kKeptMax) {
      room_ = std::move(room);
    }
  }

 private:
  static constexpr std::size_t kKeptMax = 2048;  // of each kind

  SealedEnvelope& sealed_;
  xml::Index& room_;
};

}  // namespace

Result<std::unique_ptr<engine::SealedMessage>> SoapCodec::parse(Bytes wire,
                                                                std::string_view content_type,
                                                                const Profile& profile) {
  PARLEY_ASSIGN_OR_RETURN(
      auto sealed, SealedEnvelope::make(std::move(wire), content_type, profile,
                                        state_->settings.limits, std::exchange(state_->room, {})));
  return std::unique_ptr<engine::SealedMessage>(std::move(sealed));
}

Result<OpenedMessage> SoapCodec::open(std::unique_ptr<engine::SealedMessage> sealed_message,
                                      const Profile& given,
                                      const engine::KeyRing& keys,
                                      const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                      const engine::Channel& channel,
                                      WallTime now) {
  // Where a token service makes the contexts, nobody else shows a service who he is.
  std::optional<Profile> met;
  if (given.bootstrap == engine::Bootstrap::issued && answers == nullptr) {
    met = given;
    met->bootstrap = engine::issuer_bootstrap(given);
  }
  const Profile& profile = met ? *met : given;
  const CodecSettings& own = state_->settings;
  auto* const sealed = dynamic_cast<SealedEnvelope*>(sealed_message.get());
  const AlgorithmSuite* const suite = find_suite(profile.suite);
  if (sealed == nullptr || suite == nullptr) {
    return Error(ErrorCode::invalid_argument, "message or algorithm suite");
  }
  if (suite->is_read_only() && !own.allow_tripledes) {
    return Error(ErrorCode::token_unsupported, "the algorithm suite is not allowed");
  }
  const RoomKept kept(*sealed, state_->room);
  if (!is_protected(profile) || !sealed->envelope().security) {
    return open_plain(*sealed, profile, own.limits, now);
  }

  OpenSettings settings{.limits = own.limits,
                        .algorithms = AlgorithmPolicy::for_suite(*suite),
                        .timestamps = {.clock_skew = own.clock_skew},
                        .now = now,
                        .default_label = {},
                        // A signed header that was moved elsewhere is missing from where it was.
                        .strict_targets = true};
  const bool takes_rsa_1_5 = own.allow_rsa_1_5 && suite->key_transport == KeyTransport::rsa_1_5;
  settings.algorithms.allow_rsa_1_5(takes_rsa_1_5);
  const auto exchange = std::dynamic_pointer_cast<const ExchangeSecret>(answers);
  KeyMaterial material;
  material.contexts = &keys;
  material.exchange = exchange.get();
  material.own = state_->own;
  material.known = state_->known;
  material.trust = state_->trust ? &*state_->trust : nullptr;
  const bool is_by_name = profile.bootstrap == engine::Bootstrap::username_cert ||
                          profile.bootstrap == engine::Bootstrap::username_https;
  const AssertionRules assertions{state_->issuers, own.audiences, own.allow_sender_vouches};
  if (takes_assertions(profile)) {
    material.assertions = &assertions;
  }
  std::unique_ptr<crypto::SystemEntropy> entropy;  // large, and hardly ever needed
  if (takes_rsa_1_5) {
    entropy = std::make_unique<crypto::SystemEntropy>();
    material.entropy = entropy.get();
  }

  PARLEY_TRY(check_layout(sealed->envelope().security, profile.layout));
  const ClearedAtEnd cleared(state_->workspace);
  Opener opener(sealed->document(), sealed->envelope(), material, settings, state_->workspace);
  PARLEY_TRY(opener.open());
  const OpenedSecurity& found = opener.opened();
  PARLEY_TRY(sealed->read_decrypted(found, profile, own.limits));
  const UserRules users{state_->users,
                        profile.password == engine::PasswordForm::digest
                            ? UsernameToken::Password::digest
                            : UsernameToken::Password::text,
                        settings.timestamps, now};
  const bool takes_users = state_->users && (is_by_name || profile.supporting.username !=
                                                               engine::SupportingUse::none);
  PARLEY_ASSIGN_OR_RETURN(Proven proven,
                          prove(sealed->envelope(), found,
                                {profile, channel, exchange.get(), takes_users ? &users : nullptr}));
  OpenedMessage opened;
  opened.proof = std::move(proven.proof);
  opened.endorsement = std::move(proven.endorsement);
  opened.is_in_clear = proven.is_in_clear;
  opened.can_be_passed_on = proven.can_be_passed_on;
  opened.tokens = std::move(proven.tokens);
  opened.one_time = std::move(proven.one_time);
  PARLEY_ASSIGN_OR_RETURN(opened.message, read_message(*sealed, profile, own.limits, now));
  if (!std::holds_alternative<engine::ContextProof>(opened.proof)) {
    opened.exchange_keys = answer_key(found, proven, profile);
  } else if (profile.confirm_messages &&
             !std::holds_alternative<engine::MakeConnection>(opened.message.body)) {
    opened.exchange_keys = signatures_of(found);  // MC-032: what is polled for answers no poll
  }
  if (answers_another(exchange.get(), proven, opened.message.addressing)) {
    return Error(ErrorCode::security_failed, "answer to another request");
  }
  opened.replay_marks = replay_marks(found, proven, opened.message.addressing.message_id, profile,
                                     settings.timestamps.age_max);
  return opened;
}

}  // namespace parley::soap
