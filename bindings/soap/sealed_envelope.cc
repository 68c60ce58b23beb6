#include "bindings/soap/sealed_envelope.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/message_reading.h"
#include "bindings/soap/security/token_reference.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/context_token.h"
#include "bindings/soap/tokens/derived_key_token.h"
#include "bindings/soap/xop.h"
#include "crypto/secret.h"

namespace parley::soap {
namespace {

/// The context that a reference from outside names; nothing for every other reference.
std::optional<contexts::ContextName> context_of(const xml::Element& reference) {
  const xml::Element inner = reference ? reference.child(uri::kWsse, "Reference") : xml::Element();
  if (!inner) {
    return std::nullopt;
  }
  const std::string_view uri = inner.attribute("", "URI").value_or("");
  if (uri.empty() || uri.front() == '#') {
    return std::nullopt;
  }
  contexts::ContextName name{std::string(uri), {}};
  for (const uri::SecureConversation& family : uri::kSecureConversation) {
    if (const auto instance = inner.attribute(family.ns, "Instance")) {
      name.instance = *instance;
    }
  }
  return name;
}

/// The context that a child of the Security header names.
std::optional<contexts::ContextName> context_named_by(const xml::Element& child) {
  if (is_context_token(child)) {
    auto token = read_context_token(child);
    return token ? std::optional(std::move(token->name)) : std::nullopt;
  }
  if (is_derived_key_token(child)) {
    return context_of(child.child(uri::kWsse, "SecurityTokenReference"));
  }
  if (child.is(uri::kDs, "Signature")) {
    const xml::Element key_info = child.child(uri::kDs, "KeyInfo");
    return key_info ? context_of(key_info.child(uri::kWsse, "SecurityTokenReference"))
                    : std::nullopt;
  }
  return std::nullopt;
}

void wipe_all(std::span<Bytes> texts) {
  for (Bytes& text : texts) {
    crypto::wipe(text);
  }
}

}  // namespace

bool is_protected(const engine::Profile& profile) {
  return profile.sc && profile.protect != engine::Protection::none;
}

Result<std::unique_ptr<SealedEnvelope>> SealedEnvelope::make(Bytes wire,
                                                             std::string_view content_type,
                                                             const engine::Profile& profile,
                                                             const Limits& limits,
                                                             xml::Index room) {
  MediaType media;
  media.soap = profile.soap;
  if (!content_type.empty()) {
    PARLEY_ASSIGN_OR_RETURN(const ContentType type, read_content_type(content_type));
    if (type.is_multipart()) {
      PARLEY_ASSIGN_OR_RETURN(UnpackedMessage unpacked, unpack(std::move(wire), type, limits));
      media = std::move(unpacked.media);
      wire = std::move(unpacked.envelope);
    } else {
      PARLEY_ASSIGN_OR_RETURN(media, read_media_type(type));
    }
  }
  PARLEY_ASSIGN_OR_RETURN(xml::Document document,
                          xml::Document::parse(std::move(wire), limits, std::move(room)));
  std::unique_ptr<SealedEnvelope> sealed(new SealedEnvelope(std::move(document)));
  sealed->media_ = std::move(media);
  PARLEY_TRY(sealed->read(profile, limits, false));
  sealed->note_hints();
  return sealed;
}

SealedEnvelope::~SealedEnvelope() {
  wipe_all(document_.decrypted_texts());
  wipe_all(document_.unescaped_values());
}

xml::Index SealedEnvelope::take_room() {
  wipe_all(document_.unescaped_values());
  return document_.take_room();
}

Result<void> SealedEnvelope::read_decrypted(const OpenedSecurity& opened,
                                            const engine::Profile& profile,
                                            const Limits& limits) {
  const auto is_frame = [&](const xml::Element& element) {
    return element == envelope_.header || element == document_.root();
  };
  const bool has_changed =
      std::any_of(opened.decrypted.begin(), opened.decrypted.end(),
                  [&](const DecryptedPart& part) { return is_frame(part.parent); });
  // An EncryptedHeader that nobody decrypted is one that we do not understand.
  const bool has_encrypted = std::any_of(
      envelope_.blocks.begin(), envelope_.blocks.end(),
      [](const xml::Element& block) { return block.is(uri::kWsse11, "EncryptedHeader"); });
  if (!has_changed && !has_encrypted) {
    return {};
  }
  // Nothing that was decrypted is proven yet: what is wrong with it is told as every failure to
  // decrypt (M58).
  const Result<void> read_again = read(profile, limits, true);
  return read_again || !has_changed
             ? read_again
             : Result<void>(Error(ErrorCode::security_failed, "decrypted headers"));
}

Result<void> SealedEnvelope::read(const engine::Profile& profile,
                                  const Limits& limits,
                                  bool is_decrypted) {
  PARLEY_ASSIGN_OR_RETURN(envelope_, read_envelope(document_));
  if (envelope_.soap != profile.soap || media_.soap != profile.soap) {
    return Error(ErrorCode::version_mismatch, "SOAP version");
  }
  if (envelope_.addressing && envelope_.addressing != profile.addressing) {
    return Error(ErrorCode::invalid_addressing, "addressing version");
  }
  PARLEY_TRY(check_understood(envelope_, {.addressing = profile.addressing,
                                          .rm = profile.rm,
                                          .security = is_protected(profile),
                                          .encrypted = !is_decrypted}));
  PARLEY_ASSIGN_OR_RETURN(addressing_, read_addressing_of(envelope_));
  if (!media_.action.empty() && !addressing_.action.empty() &&
      media_.action != addressing_.action) {
    return Error(ErrorCode::invalid_addressing, "the transport names another action");
  }
  PARLEY_ASSIGN_OR_RETURN(rm_, read_rm_of(envelope_, profile, limits));
  return {};
}

void SealedEnvelope::note_hints() {
  hints_.soap = envelope_.soap;
  hints_.action = addressing_.action;
  hints_.message_id = addressing_.message_id;
  hints_.relates_to = addressing_.relates_to;
  hints_.is_fault = is_fault(envelope_);
  if (rm_.sequence) {
    hints_.sequence_identifier = rm_.sequence->identifier;
  }
  note_protection();
}

void SealedEnvelope::note_protection() {
  if (!envelope_.security) {
    return;
  }
  hints_.protection = engine::Hints::Protected::bootstrap;
  for (const xml::Element& child : envelope_.security.children()) {
    if (auto name = context_named_by(child)) {
      hints_.protection = engine::Hints::Protected::context;
      hints_.context = std::move(*name);
      return;
    }
  }
}

}  // namespace parley::soap
