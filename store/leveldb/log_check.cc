#include "store/leveldb/log_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace parley::store {
namespace {

constexpr std::size_t kBlock = 32768;
constexpr std::size_t kHeader = 7;  // checksum 4, length 2, type 1; little-endian

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1) != 0 ? value >> 1 ^ 0x82f63b78U : value >> 1;
    }
    table[i] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

// CRC-32C over type and payload, in the masked form that the log holds.
std::uint32_t masked_checksum(ByteView type_and_payload) {
  std::uint32_t crc = 0xffffffffU;
  for (const Byte octet : type_and_payload) {
    crc = kTable[(crc ^ octet) & 0xff] ^ crc >> 8;
  }
  crc ^= 0xffffffffU;
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

std::uint32_t checksum_of(ByteView header) {
  return static_cast<std::uint32_t>(header[0]) | static_cast<std::uint32_t>(header[1]) << 8 |
         static_cast<std::uint32_t>(header[2]) << 16 | static_cast<std::uint32_t>(header[3]) << 24;
}

bool fits_one_bit_away(ByteView block_rest, std::size_t length) {
  for (std::size_t bit = 0; bit < 16; ++bit) {
    const std::size_t other = length ^ std::size_t{1} << bit;
    if (kHeader + other <= block_rest.size() &&
        masked_checksum(block_rest.subspan(kHeader - 1, other + 1)) == checksum_of(block_rest)) {
      return true;
    }
  }
  return false;
}

}  // namespace

LogTail check_log(ByteView log) {
  const std::size_t last_block = log.size() / kBlock * kBlock;
  ByteView rest = log.subspan(last_block);
  while (rest.size() >= kHeader) {
    const std::size_t length = static_cast<std::size_t>(rest[4]) | static_cast<std::size_t>(rest[5])
                                                                       << 8;
    if (kHeader + length > rest.size()) {
      return fits_one_bit_away(rest, length) ? LogTail::damaged : LogTail::torn;
    }
    rest = rest.subspan(kHeader + length);
  }
  return std::all_of(rest.begin(), rest.end(), [](Byte octet) { return octet == 0; })
             ? LogTail::whole
             : LogTail::torn;
}

}  // namespace parley::store
