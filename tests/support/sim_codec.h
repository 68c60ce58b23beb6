#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/codec.h"

namespace parley::sim {

/// A Codec for simulations: every member of a message in a trivial binary form, and a keyed
/// checksum over all of it instead of a signature. The key is that of the context, so that it is
/// really checked which context a message was protected with; bootstrap messages are keyed with a
/// name that stands for a certificate. Not cryptography: fast, and good enough to catch a mixed-up
/// key.
///
///     envelope = protection name instance checksum(8) soap message
class SimCodec final : public engine::Codec {
 public:
  /// Speaks for `principal` in bootstrap messages.
  explicit SimCodec(std::string principal) : principal_(std::move(principal)) {}

  Result<void> check_body(ByteView body, const engine::Profile& profile) const override;

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

  /// Messages protected so far, for statistics.
  std::uint64_t protected_count() const { return protected_; }

  /// The next so many calls of `protect` fail.
  void fail_protect(std::uint64_t times) { fail_protect_ = times; }

  /// Every message from now on names no ReplyTo, as those of some stacks.
  void leave_out_reply_to() { leaves_out_reply_to_ = true; }

 private:
  std::string principal_;
  std::uint64_t protected_ = 0;
  std::uint64_t fail_protect_ = 0;
  bool leaves_out_reply_to_ = false;
};

/// What `wire` says, unproven: for those who watch a simulation. Nothing if it is malformed.
std::optional<engine::Message> peek(ByteView wire);

/// Whether a credential protects the message, as it says.
bool is_bootstrap(ByteView wire);

/// Whether the message says that its body is only signed.
bool is_in_clear(ByteView wire);

}  // namespace parley::sim
