#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "engine/forwarding_codec.h"
#include "host/node_settings.h"

namespace parley::host {

/// A codec that shows the keys that another one uses (DangerousTaps).
class SecretTap final : public engine::ForwardingCodec {
 public:
  SecretTap(std::unique_ptr<engine::Codec> inner, std::function<void(const ExposedSecret&)> show)
      : ForwardingCodec(std::move(inner)), show_(std::move(show)) {}

  Result<engine::WireMessage> protect(const engine::Message& message,
                                      const engine::Profile& profile,
                                      const engine::ProtectWith& with,
                                      WallTime now,
                                      crypto::Entropy& entropy) override;

  Result<engine::OpenedMessage> open(std::unique_ptr<engine::SealedMessage> sealed,
                                     const engine::Profile& profile,
                                     const engine::KeyRing& keys,
                                     const std::shared_ptr<const engine::ExchangeKeys>& answers,
                                     const engine::Channel& channel,
                                     WallTime now) override;

 private:
  void show(const contexts::LiveKey& key);

  std::function<void(const ExposedSecret&)> show_;
  std::set<std::pair<std::string, std::string>> shown_;
};

}  // namespace parley::host
