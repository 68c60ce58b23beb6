#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/security/protector.h"
#include "engine/message.h"
#include "engine/profile.h"

namespace parley::soap {

/// An outgoing message as written, before it is protected: every piece once, in canonical form
/// where it is signed. Wiped when it goes, because the bodies of token requests hold key material.
class MessageLayout {
 public:
  /// Writes `message` in the versions of `profile`. `for_signing`: with an Id on everything, and
  /// with canonical forms. Errors: body_invalid.
  static Result<MessageLayout> make(const engine::Message& message,
                                    const engine::Profile& profile,
                                    bool for_signing,
                                    const Limits& limits);

  MessageLayout(MessageLayout&&) noexcept = default;
  MessageLayout& operator=(MessageLayout&&) = delete;
  ~MessageLayout();

  /// Marks what is to be encrypted by itself: header blocks, and, if `in_body`, pieces of the body.
  /// For layouts for signing; `limits` outlives this. Errors: those of find_hidden.
  Result<void> hide(const engine::EncryptedParts& parts, bool in_body, const Limits& limits);

  bool hides_parts() const { return !visible_head_.empty() || !pieces_.empty(); }

  /// Calls `use` with the pieces, which are valid during the call.
  template <class Use>
  auto with_envelope(Use use) const {
    const std::vector<SignedPart> parts = signed_parts();
    return use(envelope(parts));
  }

  /// The whole message, unprotected.
  Bytes plain() const;

  /// wsa:Action, as given or as it belongs to the body.
  const std::string& action() const { return action_; }

 private:
  /// A canonical form that differs from what was written.
  struct ComputedForm {
    std::size_t block;
    Bytes canonical;
  };

  MessageLayout() = default;

  Result<void> write_body(const engine::Body& body,
                          const engine::Profile& profile,
                          bool for_signing,
                          const Limits& limits);
  Result<void> compute_canonical_body(const Limits& limits);
  Result<void> compute_canonical_blocks(const Limits& limits);
  std::vector<SignedPart> signed_parts() const;
  ByteView written(const WrittenBlock& block) const;
  UnprotectedEnvelope envelope(const std::vector<SignedPart>& parts) const;

  std::string action_;
  std::string_view soap_ns_;
  Bytes head_;
  std::vector<WrittenBlock> blocks_;
  std::vector<ComputedForm> computed_;
  std::vector<HiddenPiece> pieces_;
  Bytes visible_head_;  ///< `head_` without the blocks that are hidden; empty = none is
  const Limits* limits_ = nullptr;
  std::string middle_;
  std::size_t body_open_at_ = 0;  ///< in `middle_`
  Bytes body_;
  Bytes canonical_body_;  ///< with its soap:Body; empty = `body_` is canonical
};

/// Whether an application may send `body`: one element that needs no namespace from outside,
/// without a prolog, and without Ids that are ours. Errors: body_invalid.
Result<void> check_application_body(ByteView body, const Limits& limits);

}  // namespace parley::soap
