#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace parley {

// Every bound on what a peer, a file or an application can make us do: X(name, default, unit, reason).
// Each is tested at its value and one past it. A room takes the bounds it needs from a `Limits`.
// clang-format off
#define PARLEY_LIMITS(X)                                                                              \
  X(envelope_bytes_max,          10485760, "bytes",   "an envelope, before and after decryption")     \
  X(package_parts_max,           64,       "count",   "parts of one MIME package (MTOM), its envelope among them") \
  X(package_head_bytes_max,      4096,     "bytes",   "head of one part")                             \
  X(xml_depth_max,               100,      "levels",  "nesting of elements; RapidXML recurses")       \
  X(xml_attributes_max,          256,      "count",   "attributes and namespace declarations of one element") \
  X(xml_elements_max,            200000,   "count",   "elements of one document")                     \
  X(xml_name_bytes_max,          1024,     "bytes",   "a qualified name")                             \
  X(xml_attribute_bytes_max,     65536,    "bytes",   "one attribute value")                          \
  X(signature_references_max,    30,       "count",   "References of one Signature")                  \
  X(signature_passes_max,        4,        "count",   "times that a message's own octets may be digested for its signatures") \
  X(signature_transforms_max,    5,        "count",   "Transforms of one Reference")                  \
  X(encrypted_items_max,         64,       "count",   "EncryptedData and EncryptedKey of one message") \
  X(security_tokens_max,         32,       "count",   "tokens and signatures of one Security header") \
  X(assertion_values_max,        256,      "count",   "names, audiences, attributes and their values in one SAML assertion") \
  X(assertion_text_bytes_max,    16384,    "bytes",   "all of these in one SAML assertion") \
  X(derived_key_chain_max,       2,        "levels",  "derived keys made from derived keys")          \
  X(derived_key_offset_max,      64,       "bytes",   "Offset, or Generation times Length")           \
  X(derived_key_length_min,      16,       "bytes",   "Length of a derived key in a message; a shorter one could be guessed") \
  X(derived_key_length_max,      64,       "bytes",   "Length of a derived key")                      \
  X(derived_key_label_bytes_max, 128,      "bytes",   "Label of a derived key")                       \
  X(derived_key_nonce_bytes_max, 128,      "bytes",   "Nonce of a derived key")                       \
  X(certificate_chain_max,       8,        "count",   "certificates of one path")                     \
  X(entropy_bytes_min,           16,       "bytes",   "entropy that a requestor sends")               \
  X(entropy_bytes_max,           512,      "bytes",   "entropy that either party sends")              \
  X(context_key_bits_min,        128,      "bits",    "key size of a context")                        \
  X(context_key_bits_max,        512,      "bits",    "key size of a context")                        \
  X(contexts_pending_max,        128,      "count",   "contexts issued and not yet used, per principal") \
  X(instances_per_context_max,   4,        "count",   "keys of one context that are valid at once")   \
  X(ack_ranges_max,              128,      "count",   "ranges kept for one sequence, and accepted in one message") \
  X(identifier_bytes_max,        4096,     "bytes",   "an Identifier, MessageID, action or address") \
  X(source_window_max,           1024,     "count",   "numbered and unacknowledged messages of one sequence") \
  X(destination_buffer_max,      1024,     "count",   "messages that wait for their turn or their consumer") \
  X(sequences_per_principal_max, 1024,     "count",   "sequences that one principal may hold open")   \
  X(conversations_max,           1000000,  "count",   "conversations of one shard")                   \
  X(turn_inputs_max,             256,      "count",   "inputs judged in one turn")                    \
  X(turns_in_flight_max,         4,        "count",   "turns submitted and not yet committed")        \
  X(questions_parked_max,        1024,     "count",   "inputs that wait for an answer")               \
  X(question_wait_ms_max,        10000,    "ms",      "how long an input waits for its answer")       \
  X(replays_kept_max,            900000,   "count",   "digests of unnumbered messages remembered")    \
  X(exchange_hold_ms_max,        20000,    "ms",      "an open exchange is answered with the acknowledgement alone after") \
  X(http_header_bytes_max,       65536,    "bytes",   "head of an HTTP message")                      \
  X(http_connections_max,        4096,     "count",   "connections of one listener")                  \
  X(http_idle_ms_max,            60000,    "ms",      "an idle connection is closed after")           \
  X(http_exchange_ms_max,        30000,    "ms",      "one request and its response")
// clang-format on

struct Limits {
#define PARLEY_X(name, value, unit, reason) std::uint64_t name = value;
  PARLEY_LIMITS(PARLEY_X)
#undef PARLEY_X
};

/// A row of the table, for generated documentation and for tests that walk all of it.
struct LimitRow {
  std::string_view name;
  std::uint64_t Limits::*field;
  std::uint64_t value;
  std::string_view unit;
  std::string_view reason;
};

std::span<const LimitRow> limit_rows();

}  // namespace parley
