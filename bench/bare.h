#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace parley::bench {

/// How many octets of the reference message the cryptography touches.
struct MessageOctets {
  std::vector<std::size_t> signed_parts;  ///< canonical, one for each Reference
  std::size_t signed_info = 0;            ///< canonical
  std::size_t body = 0;                   ///< what is encrypted
  std::size_t wire = 0;
};

/// What one message costs in cryptography alone: the very operations that protect or open the
/// reference message, on plain buffers, with every context made beforehand. This is the measure
/// that all figures are ratios to.
class BareCryptography {
 public:
  enum class Cipher : std::uint8_t { none, aes_256_cbc, aes_256_gcm };

  BareCryptography(const MessageOctets& octets, Cipher cipher, bool sha256);
  ~BareCryptography();
  BareCryptography(const BareCryptography&) = delete;
  BareCryptography& operator=(const BareCryptography&) = delete;

  /// Randomness, a derived key for the MAC and one for the cipher, a digest for each signed part,
  /// one MAC with its key's pads, one encryption with its key schedule, and one pass over what goes
  /// out. No base64, which is no cryptography, and no comparison.
  void protect();
  /// The same the other way round: no randomness, decryption, one pass over what came in. Call
  /// after `protect`.
  void open();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::bench
