#pragma once

#include <cstdint>
#include <string>

#include "base/limits.h"
#include "base/time.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/tokens/timestamp.h"

namespace parley::soap {

/// By what rules a Security header is opened.
struct OpenSettings {
  const Limits& limits;
  AlgorithmPolicy algorithms;
  TimestampSettings timestamps;
  WallTime now;
  /// The label of derived keys that name none, when both sides agreed on another (DK6). Empty = the
  /// usual one.
  std::string default_label;
  /// A reference to something that is not a header block, the Body or a child of the Security
  /// header fails the message, rather than counting for nothing (M91).
  bool strict_targets = false;
  /// Signatures may have the forms of XML Signature in general: for messages that others made by
  /// hand.
  bool generic_signatures = false;
  /// What to do with EncryptedData that the Security header does not list: only tools open it, and
  /// have to try when.
  enum class Unlisted : std::uint8_t { refuse, decrypt_first, decrypt_last };
  Unlisted unlisted = Unlisted::refuse;
};

}  // namespace parley::soap
