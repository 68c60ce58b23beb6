#include "store/key_space.h"

#include <string_view>
#include <type_traits>
#include <variant>

namespace parley::store {
namespace {

class KeyWriter {
 public:
  KeyWriter(ConversationId conversation, KeyKind kind) {
    key_.push_back(is_body_kind(kind) ? kBodyPrefix : kStatePrefix);
    number(conversation.value);
    key_.push_back(static_cast<Byte>(kind));
  }

  KeyWriter& number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      key_.push_back(static_cast<Byte>(value >> shift));
    }
    return *this;
  }

  KeyWriter& octets(ByteView bytes) {
    key_.insert(key_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  KeyWriter& text_then_number(std::string_view text, std::uint64_t value) {
    octets(as_bytes(text));
    key_.push_back(0);
    return number(value);
  }

  Bytes take() { return std::move(key_); }

 private:
  Bytes key_;
};

constexpr ConversationId kShard{0};

struct KindOf {
  KeyKind operator()(const ShardCounters&) const { return KeyKind::shard_counters; }
  KeyKind operator()(const ConversationFact&) const { return KeyKind::conversation; }
  KeyKind operator()(const ContextFact&) const { return KeyKind::context; }
  KeyKind operator()(const SourceFact&) const { return KeyKind::source; }
  KeyKind operator()(const DestinationFact&) const { return KeyKind::destination; }
  KeyKind operator()(const OutboxCounters&) const { return KeyKind::outbox_counters; }
  KeyKind operator()(const OutboxEntry&) const { return KeyKind::outbox_entry; }
  KeyKind operator()(const InboxEntry&) const { return KeyKind::inbox_entry; }
  KeyKind operator()(const ReportFact&) const { return KeyKind::report; }
  KeyKind operator()(const ReplaySeen&) const { return KeyKind::replay_seen; }
  KeyKind operator()(const OutboxBody&) const { return KeyKind::outbox_body; }
  KeyKind operator()(const InboxBody&) const { return KeyKind::inbox_body; }
  KeyKind operator()(const Record&) const { return KeyKind::record; }
};

struct KeyOf {
  Bytes operator()(const ShardCounters&) const {
    return KeyWriter(kShard, KeyKind::shard_counters).take();
  }
  Bytes operator()(const ConversationFact& f) const {
    return KeyWriter(f.conversation, KeyKind::conversation).take();
  }
  Bytes operator()(const ContextFact& f) const {
    return KeyWriter(f.conversation, KeyKind::context).take();
  }
  Bytes operator()(const SourceFact& f) const {
    return KeyWriter(f.conversation, KeyKind::source).number(f.slot).take();
  }
  Bytes operator()(const DestinationFact& f) const {
    return KeyWriter(f.conversation, KeyKind::destination).octets(as_bytes(f.sequence)).take();
  }
  Bytes operator()(const OutboxCounters& f) const {
    return KeyWriter(f.conversation, KeyKind::outbox_counters).take();
  }
  Bytes operator()(const OutboxEntry& f) const {
    return KeyWriter(f.conversation, KeyKind::outbox_entry).number(f.position.value).take();
  }
  Bytes operator()(const InboxEntry& f) const {
    return KeyWriter(f.name.conversation, KeyKind::inbox_entry)
        .text_then_number(f.name.sequence, f.name.number)
        .take();
  }
  Bytes operator()(const ReportFact& f) const {
    return KeyWriter(kShard, KeyKind::report).number(f.report).take();
  }
  Bytes operator()(const ReplaySeen& f) const {
    return KeyWriter(kShard, KeyKind::replay_seen).octets(f.digest).take();
  }
  Bytes operator()(const OutboxBody& f) const { return outbox_body_key(f.conversation, f.position); }
  Bytes operator()(const InboxBody& f) const { return inbox_body_key(f.name); }
  Bytes operator()(const Record& f) const { return record_key(f.name); }
};

}  // namespace

KeyKind kind_of(const Fact& fact) { return std::visit(KindOf{}, fact); }

Bytes key_of(const Fact& fact) { return std::visit(KeyOf{}, fact); }

Bytes outbox_body_key(ConversationId conversation, Position position) {
  return KeyWriter(conversation, KeyKind::outbox_body).number(position.value).take();
}

Bytes inbox_body_key(const DeliveryName& name) {
  return KeyWriter(name.conversation, KeyKind::inbox_body)
      .text_then_number(name.sequence, name.number)
      .take();
}

Bytes record_key(ByteView name) { return KeyWriter(kShard, KeyKind::record).octets(name).take(); }

bool is_deletion(const Fact& fact) {
  return std::visit(
      [](const auto& f) {
        if constexpr (std::is_same_v<std::decay_t<decltype(f)>, ShardCounters>) {
          return false;
        } else {
          return !f.value.has_value();
        }
      },
      fact);
}

}  // namespace parley::store
