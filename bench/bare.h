#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace parley::bench {

/// What one message costs in cryptography alone: the very operations that protect or open the
/// reference message, on plain buffers, with every context made beforehand. This is the measure
/// that all figures are ratios to.
class BareCryptography {
 public:
  enum class Cipher : std::uint8_t { none, aes_256_cbc, aes_256_gcm };

  /// `body_bytes`: what is encrypted. The other six References cover `header_bytes` together.
  BareCryptography(std::size_t body_bytes, Cipher cipher, bool sha256);
  ~BareCryptography();
  BareCryptography(const BareCryptography&) = delete;
  BareCryptography& operator=(const BareCryptography&) = delete;

  /// Randomness, two derived keys, seven digests, one MAC, one encryption, and one pass over what
  /// goes out; no base64, which is no cryptography.
  void protect();
  /// The same with decryption; needs no randomness. Call after `protect`.
  void open();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::bench
