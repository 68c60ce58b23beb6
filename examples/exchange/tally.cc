// The functions with a visible state are the old ones, and the only ones that can be kept on disk.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tally.h"

#include <array>
#include <cstring>

#include <openssl/sha.h>

namespace exchange {
namespace {

SHA256_CTX state_in(const parley::Bytes& midstate) {
  SHA256_CTX state;
  std::memcpy(&state, midstate.data(), sizeof state);
  return state;
}

parley::Bytes octets_of(const SHA256_CTX& state) {
  parley::Bytes octets(sizeof state);
  std::memcpy(octets.data(), &state, sizeof state);
  return octets;
}

}  // namespace

Tally::Tally() {
  SHA256_CTX state{};
  SHA256_Init(&state);
  midstate_ = octets_of(state);
}

std::optional<Tally> Tally::from_record(parley::ByteView record) {
  Tally tally;
  if (record.size() != sizeof tally.count_ + tally.midstate_.size()) {
    return std::nullopt;
  }
  std::memcpy(&tally.count_, record.data(), sizeof tally.count_);
  std::memcpy(tally.midstate_.data(), record.data() + sizeof tally.count_, tally.midstate_.size());
  // A length beyond the block would be written past its end.
  return state_in(tally.midstate_).num < SHA256_CBLOCK ? std::optional(tally) : std::nullopt;
}

parley::Bytes Tally::to_record() const {
  parley::Bytes record(sizeof count_);
  std::memcpy(record.data(), &count_, sizeof count_);
  record.insert(record.end(), midstate_.begin(), midstate_.end());
  return record;
}

void Tally::add(std::uint64_t number, std::string_view text) {
  SHA256_CTX state = state_in(midstate_);
  const std::string line = std::to_string(number) + ':' + std::string(text) + '\n';
  SHA256_Update(&state, line.data(), line.size());
  midstate_ = octets_of(state);
  ++count_;
}

std::string Tally::digest() const {
  SHA256_CTX state = state_in(midstate_);
  std::array<parley::Byte, SHA256_DIGEST_LENGTH> value{};
  SHA256_Final(value.data(), &state);
  return parley::to_hex(value);
}

}  // namespace exchange
