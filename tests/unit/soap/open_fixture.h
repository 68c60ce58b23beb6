#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/soap_codec.h"
#include "contexts/live_key.h"
#include "crypto/entropy.h"
#include "engine/codec.h"
#include "unit/soap/wire_samples.h"

namespace parley::test {

/// The context keys that a receiver knows.
class KnownKeys final : public engine::KeyRing {
 public:
  KnownKeys() = default;

  explicit KnownKeys(contexts::LiveKey key) { keys_.push_back(std::move(key)); }

  void add(contexts::LiveKey key) { keys_.push_back(std::move(key)); }

  const contexts::LiveKey* find(const contexts::ContextName& name) const override {
    for (const contexts::LiveKey& key : keys_) {
      if (key.name() == name) {
        return &key;
      }
    }
    return nullptr;
  }

 private:
  std::vector<contexts::LiveKey> keys_;
};

/// Two sides that speak one profile under one context.
class Pair {
 public:
  explicit Pair(engine::Profile spoken)
      : profile(std::move(spoken)), key(context_key(profile)), keys(context_key(profile)) {
    soap::CodecSettings settings;
    settings.allow_rsa_1_5 = true;
    client = soap::SoapCodec::make(client_credentials(), settings).value();
    server = soap::SoapCodec::make(server_credentials(), settings).value();
  }

  engine::WireMessage protect(const engine::Message& message, bool from_initiator = true) {
    engine::ProtectWith with;
    with.context = &key;
    with.is_initiator = from_initiator;
    soap::SoapCodec& codec = from_initiator ? *client : *server;
    return codec.protect(message, profile, with, kNow, entropy).value();
  }

  /// As the server, unless told otherwise.
  Result<engine::OpenedMessage> open(const Bytes& wire,
                                     std::string_view content_type = {},
                                     WallTime now = kNow) {
    return open_as(*server, wire, content_type, nullptr, now);
  }

  Result<engine::OpenedMessage> open_as(soap::SoapCodec& codec,
                                        const Bytes& wire,
                                        std::string_view content_type,
                                        const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                        WallTime now = kNow) {
    PARLEY_ASSIGN_OR_RETURN(auto sealed, codec.parse(Bytes(wire), content_type, profile));
    hints = sealed->hints();
    return codec.open(std::move(sealed), profile, keys, answers, channel, now);
  }

  engine::Profile profile;
  contexts::LiveKey key;
  KnownKeys keys;
  engine::Channel channel;
  engine::Hints hints;  ///< of the message that was opened last
  std::unique_ptr<soap::SoapCodec> client;
  std::unique_ptr<soap::SoapCodec> server;
  crypto::SystemEntropy entropy;
};

}  // namespace parley::test
