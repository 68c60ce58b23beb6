#include "host/secret_tap.h"

namespace parley::host {

Result<engine::WireMessage> SecretTap::protect(const engine::Message& message,
                                               const engine::Profile& profile,
                                               const engine::ProtectWith& with,
                                               WallTime now,
                                               crypto::Entropy& entropy) {
  if (with.context != nullptr) {
    show(*with.context);
  }
  return ForwardingCodec::protect(message, profile, with, now, entropy);
}

Result<engine::OpenedMessage> SecretTap::open(
    std::unique_ptr<engine::SealedMessage> sealed,
    const engine::Profile& profile,
    const engine::KeyRing& keys,
    const std::shared_ptr<const engine::ExchangeKeys>& answers,
    const engine::Channel& channel,
    WallTime now) {
  if (sealed->hints().protection == engine::Hints::Protected::context) {
    if (const contexts::LiveKey* key = keys.find(sealed->hints().context)) {
      show(*key);
    }
  }
  return ForwardingCodec::open(std::move(sealed), profile, keys, answers, channel, now);
}

void SecretTap::show(const contexts::LiveKey& key) {
  if (shown_.emplace(key.name().identifier, key.name().instance).second) {
    const ByteView secret = key.secret().view();
    show_({key.name().identifier, key.name().instance,
           std::string(contexts::token_type_of(key.family())),
           Bytes(secret.begin(), secret.end())});
  }
}

}  // namespace parley::host
