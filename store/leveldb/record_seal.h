#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"

namespace parley::store {

/// The newest layout of a record that this program writes, and the newest that it reads.
inline constexpr std::uint8_t kRecordVersion = 1;

/// Seals the values of one store's records: a version in clear, then the sealed octets, bound to the
/// store, the version and the record's key, so that a value opens in no other place.
class RecordSeal {
 public:
  RecordSeal(crypto::SealingKey key, Bytes store_id);

  Bytes seal(std::string_view key, ByteView plain, crypto::Entropy& entropy) const;

  /// Errors: store_version (of a newer program), store_corrupt.
  Result<crypto::SecretBytes> open(std::string_view key, std::string_view value) const;

 private:
  Bytes bound_to(std::string_view key, std::uint8_t version) const;

  crypto::SealingKey key_;
  Bytes store_id_;
};

}  // namespace parley::store
