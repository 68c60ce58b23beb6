#include "store/leveldb/record_seal.h"

#include <utility>

namespace parley::store {

RecordSeal::RecordSeal(crypto::SealingKey key, Bytes store_id)
    : key_(std::move(key)), store_id_(std::move(store_id)) {}

Bytes RecordSeal::seal(std::string_view key, ByteView plain, crypto::Entropy& entropy) const {
  Bytes value = key_.seal(plain, bound_to(key, kRecordVersion), entropy);
  value.insert(value.begin(), kRecordVersion);
  return value;
}

Result<crypto::SecretBytes> RecordSeal::open(std::string_view key, std::string_view value) const {
  if (value.empty() || value.front() == 0) {
    return Error(ErrorCode::store_corrupt, "version of a record");
  }
  const auto version = static_cast<std::uint8_t>(value.front());
  if (version > kRecordVersion) {
    return Error(ErrorCode::store_version, "version of a record");
  }
  return key_.open(as_bytes(value.substr(1)), bound_to(key, version));
}

Bytes RecordSeal::bound_to(std::string_view key, std::uint8_t version) const {
  Bytes bound;
  bound.reserve(store_id_.size() + 1 + key.size());
  bound = store_id_;
  bound.push_back(version);
  const ByteView octets = as_bytes(key);
  bound.insert(bound.end(), octets.begin(), octets.end());
  return bound;
}

}  // namespace parley::store
