#pragma once

#include "base/bytes.h"
#include "store/fact.h"

// The keys, as octets in the order in which recovery applies them:
//
//   key          = state-key | body-key
//   state-key    = 's' conversation kind name
//   body-key     = 'b' conversation kind name
//   conversation = 8 octets, most significant first; 0 = the shard itself
//   kind         = 1 octet, the enumerators below: parents sort before their children
//   name         = what else the fact is named by: numbers as 8 octets, most significant first;
//                  a text, when a number follows it, as its octets and a zero octet
//
// So all of a conversation lies together, state apart from bodies.

namespace parley::store {

enum class KeyKind : Byte {
  shard_counters = 1,
  replay_seen = 2,
  report = 3,
  conversation = 16,
  context = 17,
  source = 18,
  destination = 19,
  outbox_counters = 20,
  outbox_entry = 21,
  inbox_entry = 22,
  outbox_body = 48,
  inbox_body = 49,
  record = 50,
};

inline constexpr Byte kStatePrefix = 's';
inline constexpr Byte kBodyPrefix = 'b';

KeyKind kind_of(const Fact& fact);

/// The key that `fact` sets or deletes.
Bytes key_of(const Fact& fact);

// Keys of bodies, for reading them.
Bytes outbox_body_key(ConversationId conversation, Position position);
Bytes inbox_body_key(const DeliveryName& name);
Bytes record_key(ByteView name);

/// Whether the key lies in the range that recovery leaves alone.
constexpr bool is_body_kind(KeyKind kind) { return static_cast<Byte>(kind) >= 48; }

}  // namespace parley::store
