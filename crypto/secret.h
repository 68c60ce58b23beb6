#pragma once

#include <cstddef>
#include <utility>

#include "base/bytes.h"

namespace parley::crypto {

/// Overwrites memory in a way that the compiler may not leave out.
void wipe(MutableByteView bytes) noexcept;

/// Whether both hold the same octets, in time that depends on their sizes only.
bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

/// Key material of any size, wiped when it goes. Moves, is copied only by `clone`, and has no
/// operator==, no output and no growth, so that it can neither leak nor leave a trace by accident.
class SecretBytes {
 public:
  SecretBytes() = default;

  /// `size` zero octets, to be filled through `writable`.
  explicit SecretBytes(std::size_t size);

  static SecretBytes copy_of(ByteView bytes);

  /// Takes the octets and leaves `bytes` wiped and empty.
  static SecretBytes take(Bytes&& bytes);

  SecretBytes(SecretBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  SecretBytes clone() const { return copy_of(view()); }

  /// The first `size` octets alone; `size` is at most the present one.
  void shrink(std::size_t size);

  std::size_t size() const { return size_; }

  bool empty() const { return size_ == 0; }

  ByteView view() const { return {data_, size_}; }

  MutableByteView writable() { return {data_, size_}; }

  /// In constant time.
  bool equals(const SecretBytes& other) const { return equal_in_constant_time(view(), other.view()); }

 private:
  Byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A secret that was sealed (crypto/sealing.h): may be copied, stored and compared like any bytes.
struct SealedSecret {
  Bytes sealed;

  bool empty() const { return sealed.empty(); }

  friend bool operator==(const SealedSecret&, const SealedSecret&) = default;
};

}  // namespace parley::crypto
