#include "store/leveldb/disk_key.h"

#include "base/check.h"
#include "store/key_space.h"

namespace parley::store {
namespace {

constexpr char kHeader = 0;
constexpr char kShard = 1;
constexpr char kOwner = 'e';
constexpr std::size_t kShardPrefix = 3;

std::string shard_prefix(std::uint32_t shard) {
  PARLEY_CHECK(shard <= kShardsMax);
  return {kShard, static_cast<char>(shard >> 8), static_cast<char>(shard & 0xff)};
}

KeyRange range(std::uint32_t shard, Byte prefix) {
  const std::string begin = shard_prefix(shard) + static_cast<char>(prefix);
  return KeyRange{begin, prefix_end(begin)};
}

std::string_view name_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::shard_counters:
      return "shard counters";
    case KeyKind::replay_seen:
      return "replay seen";
    case KeyKind::report:
      return "report";
    case KeyKind::conversation:
      return "conversation";
    case KeyKind::context:
      return "context";
    case KeyKind::source:
      return "source";
    case KeyKind::destination:
      return "destination";
    case KeyKind::outbox_counters:
      return "outbox counters";
    case KeyKind::outbox_entry:
      return "outbox entry";
    case KeyKind::inbox_entry:
      return "inbox entry";
    case KeyKind::outbox_body:
      return "outbox body";
    case KeyKind::inbox_body:
      return "inbox body";
    case KeyKind::record:
      return "application record";
  }
  return "unknown kind";
}

}  // namespace

std::string header_key() { return std::string(1, kHeader); }

std::string owner_key(std::uint32_t shard) { return shard_prefix(shard) + kOwner; }

std::string disk_key(std::uint32_t shard, ByteView key) {
  std::string result = shard_prefix(shard);
  result.append(as_text(key));
  return result;
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    const auto last = static_cast<unsigned char>(end.back());
    if (last != 0xff) {
      end.back() = static_cast<char>(last + 1);
      return end;
    }
    end.pop_back();
  }
  return end;
}

KeyRange state_range(std::uint32_t shard) { return range(shard, kStatePrefix); }

KeyRange body_range(std::uint32_t shard) { return range(shard, kBodyPrefix); }

Result<DiskKey> parse_disk_key(std::string_view key) {
  DiskKey parsed;
  if (key == header_key()) {
    return parsed;
  }
  if (key.size() <= kShardPrefix || key.front() != kShard) {
    return Error(ErrorCode::store_corrupt, "key of a record");
  }
  const ByteView octets = as_bytes(key);
  parsed.shard = static_cast<std::uint32_t>(octets[1]) << 8 | octets[2];
  const ByteView rest = octets.subspan(kShardPrefix);
  if (rest.front() == kStatePrefix) {
    parsed.kind = DiskKey::Kind::state;
  } else if (rest.front() == kBodyPrefix) {
    parsed.kind = DiskKey::Kind::body;
  } else if (rest.front() == kOwner && rest.size() == 1) {
    parsed.kind = DiskKey::Kind::owner;
    return parsed;
  } else {
    return Error(ErrorCode::store_corrupt, "key of a record");
  }
  parsed.key.assign(rest.begin(), rest.end());
  return parsed;
}

std::string describe_key(std::string_view key) {
  const auto parsed = parse_disk_key(key);
  if (!parsed) {
    return "unknown key " + to_hex(as_bytes(key));
  }
  if (parsed->kind == DiskKey::Kind::header) {
    return "header";
  }
  std::string text = "shard " + std::to_string(parsed->shard);
  if (parsed->kind == DiskKey::Kind::owner) {
    return text + ", owner";
  }
  constexpr std::size_t kFixed = 1 + 8 + 1;  // range, conversation, kind
  const ByteView octets = parsed->key;
  if (octets.size() < kFixed) {
    return text + ", key " + to_hex(octets);
  }
  std::uint64_t conversation = 0;
  for (const Byte octet : octets.subspan(1, 8)) {
    conversation = conversation << 8 | octet;
  }
  if (conversation != 0) {
    text += ", conversation " + std::to_string(conversation);
  }
  text += ", ";
  text += name_of(static_cast<KeyKind>(octets[kFixed - 1]));
  const ByteView name = octets.subspan(kFixed);
  return name.empty() ? text : text + " " + to_hex(name);
}

}  // namespace parley::store
