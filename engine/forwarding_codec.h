#pragma once

#include <memory>
#include <utility>

#include "engine/codec.h"

namespace parley::engine {

/// A codec that leaves everything to another one; derived from for what is to be seen or done besides.
class ForwardingCodec : public Codec {
 public:
  explicit ForwardingCodec(std::unique_ptr<Codec> inner) : inner_(std::move(inner)) {}

  Result<void> check_body(ByteView body, const Profile& profile) const override {
    return inner_->check_body(body, profile);
  }

  Result<WireMessage> protect(const Message& message, const Profile& profile,
                              const ProtectWith& with, WallTime now,
                              crypto::Entropy& entropy) override {
    return inner_->protect(message, profile, with, now, entropy);
  }

  Result<std::unique_ptr<SealedMessage>> parse(Bytes wire, std::string_view content_type,
                                               const Profile& profile) override {
    return inner_->parse(std::move(wire), content_type, profile);
  }

  Result<OpenedMessage> open(std::unique_ptr<SealedMessage> sealed, const Profile& profile,
                             const KeyRing& keys,
                             const std::shared_ptr<const ExchangeKeys>& answers,
                             const Channel& channel, WallTime now) override {
    return inner_->open(std::move(sealed), profile, keys, answers, channel, now);
  }

  /// Borrowed: what is asked of it passes nothing here.
  Codec& inner() { return *inner_; }

 private:
  std::unique_ptr<Codec> inner_;
};

}  // namespace parley::engine
