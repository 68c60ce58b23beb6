#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <parley.h>

namespace exchange {

/// How many Notes were delivered, and the SHA-256 over "number:text\n" of each, in their order. As
/// a record it holds the digest's midstate, so that it goes on after a crash where it stopped.
class Tally {
 public:
  Tally();

  /// Nothing for a record that is none.
  static std::optional<Tally> from_record(parley::ByteView record);
  parley::Bytes to_record() const;

  void add(std::uint64_t number, std::string_view text);

  std::uint64_t count() const { return count_; }

  /// Lower-case hexadecimal.
  std::string digest() const;

 private:
  std::uint64_t count_ = 0;
  parley::Bytes midstate_;
};

}  // namespace exchange
