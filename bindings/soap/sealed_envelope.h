#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/media_type.h"
#include "bindings/soap/security/opened_security.h"
#include "bindings/soap/xml/document.h"
#include "engine/codec.h"

namespace parley::soap {

/// A message that was parsed and not yet proven. A resource: its elements point into its document.
class SealedEnvelope final : public engine::SealedMessage {
 public:
  /// Gate, frame, versions and headers. `room` is for the index. Errors: those of the gate and of
  /// `read_envelope`; media_type_unsupported; version_mismatch, invalid_addressing and
  /// must_understand for what is not of the profile; invalid_addressing also when the transport
  /// names another action (M96).
  static Result<std::unique_ptr<SealedEnvelope>> make(Bytes wire,
                                                      std::string_view content_type,
                                                      const engine::Profile& profile,
                                                      const Limits& limits,
                                                      xml::Index room = {});

  SealedEnvelope(const SealedEnvelope&) = delete;
  SealedEnvelope& operator=(const SealedEnvelope&) = delete;
  /// Wipes what was decrypted: it may have been key material.
  ~SealedEnvelope() override;

  const engine::Hints& hints() const override { return hints_; }

  xml::Document& document() { return document_; }

  const Envelope& envelope() const { return envelope_; }

  /// Gives the room of the index away, once everything was read.
  xml::Index take_room();

  /// What the headers say; taken once.
  engine::Addressing take_addressing() { return std::move(addressing_); }

  engine::RmHeaders take_rm() { return std::move(rm_); }

  /// Reads frame and headers once more, if what was decrypted may have changed them (M94). Errors:
  /// security_failed for whatever is wrong with decrypted headers; as `make` where there are none.
  Result<void> read_decrypted(const OpenedSecurity& opened,
                              const engine::Profile& profile,
                              const Limits& limits);

 private:
  explicit SealedEnvelope(xml::Document document) : document_(std::move(document)) {}

  Result<void> read(const engine::Profile& profile, const Limits& limits, bool is_decrypted);
  void note_hints();
  void note_protection();

  xml::Document document_;
  Envelope envelope_;
  MediaType media_;
  engine::Addressing addressing_;
  engine::RmHeaders rm_;
  engine::Hints hints_;
};

/// Whether messages of the profile are protected at all.
bool is_protected(const engine::Profile& profile);

}  // namespace parley::soap
