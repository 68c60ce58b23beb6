#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/digest.h"

// The messages of the demonstration.

namespace parley::cli {

inline constexpr const char* kNoteAction = "urn:parley:demo/Note";
inline constexpr const char* kTotalAction = "urn:parley:demo/Total";
inline constexpr const char* kTotalAnswer = "urn:parley:demo/TotalResponse";
inline constexpr std::size_t kNoteBytes = 1024;

/// The body of message `number`: kNoteBytes octets, a function of seed and number.
Bytes make_note(std::uint64_t seed, std::uint64_t number);

/// Nothing if it is no note.
std::optional<std::uint64_t> number_of_note(ByteView body);

/// The text inside.
std::string_view text_of_note(ByteView body);

/// A digest over all messages in their order: SHA-256 of the digest before, the number and the
/// text.
class ChainDigest {
 public:
  ChainDigest() = default;
  /// Goes on from a digest of before.
  explicit ChainDigest(ByteView so_far);

  void add(std::uint64_t number, std::string_view text);

  ByteView view() const { return {bytes_, sizeof bytes_}; }

  /// As four numbers, for a board.
  std::uint64_t word(std::size_t i) const;

 private:
  Byte bytes_[32] = {};
};

}  // namespace parley::cli
