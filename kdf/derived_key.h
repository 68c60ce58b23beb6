#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "kdf/p_sha.h"

namespace parley::kdf {

/// The label when none is given: client label and service label, each by default the same word (DK6).
inline constexpr std::string_view kDefaultLabel = "WS-SecureConversationWS-SecureConversation";
inline constexpr std::uint64_t kDefaultLength = 32;

/// What a DerivedKeyToken says, free of its XML form (secure-conversation.md, section 7).
struct DerivedKeySpec {
  std::optional<std::string> label;         ///< replaces the whole default (DK6)
  Bytes nonce;                              ///< decoded; may be empty (DK7)
  std::optional<std::uint64_t> offset;      ///< octets; excludes `generation` (DK5)
  std::optional<std::uint64_t> generation;  ///< counts blocks of `length` (DK8)
  std::optional<std::uint64_t> length;      ///< octets

  friend bool operator==(const DerivedKeySpec&, const DerivedKeySpec&) = default;
};

/// The octets that a spec names.
/// Errors: token_invalid when Offset and Generation are both there (DK5), when Length is 0, or when
/// anything is above its limit (DK10) — also where Generation times Length would overflow.
Result<crypto::SecretBytes> derive_key(const PShaSource& source, const DerivedKeySpec& spec, const Limits& limits,
                                       std::string_view default_label = kDefaultLabel);

}  // namespace parley::kdf
