#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace parley::engine {

// Habits of one shard: X(name, default, unit, reason). Those of sequences stand in
// sequences/rm_settings.h, those of contexts in contexts/context_settings.h, bounds on what a peer
// can make us do in base/limits.h.
// clang-format off
#define PARLEY_ENGINE_SETTINGS(X)                                                                     \
  X(establish_timeout_ms,      15000,   "ms",    "a try to establish a context is given up after")    \
  X(establish_retry_ms,        1000,    "ms",    "first pause before the next try; doubles")          \
  X(establish_retry_ms_max,    60000,   "ms",    "longest pause between tries")                       \
  X(establish_tries_max,       20,      "count", "tries to establish a context before what waits for it is reported; 0 = no end") \
  X(token_requests_max,        256,     "count", "requests to us as a token service that wait until the service knows of its context") \
  X(token_delivery_ms,         10000,   "ms",    "and are refused after")                             \
  X(lifecycle_retry_ms,        2000,    "ms",    "a renewal, cancellation or lifecycle message without an answer is repeated after; doubles") \
  X(lifecycle_tries_max,       8,       "count", "and given up after so many")                        \
  X(unnumbered_timeout_ms,     60000,   "ms",    "outcome of an unnumbered message is unknown without an answer after") \
  X(unnumbered_window,         16,      "count", "unnumbered messages of one conversation under way at once") \
  X(exchanges_out_max,         64,      "count", "requests of one conversation under way at once")    \
  X(redelivery_ms,             1000,    "ms",    "a declined delivery comes again after, where the application names no time") \
  X(redeliveries_max,          100,     "count", "then the delivery is given up and reported")        \
  X(reply_pause_ms,            50,      "ms",    "a reply to an address leaves no sooner: a peer can lose one that overtakes the end of its request's exchange (CXF)") \
  X(poll_ms,                   100,     "ms",    "first pause between polls for messages; doubles while there are none (MC-045)") \
  X(poll_ms_max,               5000,    "ms",    "longest pause between polls (MC-045)")               \
  X(hint_interval_ms,          30000,   "ms",    "an unsecured fault is looked into at most this often (SC50)") \
  X(window_bytes_max,          16777216,"bytes", "bodies of one conversation kept in memory, for retransmission and for delivery each; the rest is read again") \
  X(tombstone_ms,              600000,  "ms",    "an ended sequence is remembered for (RM-066)")      \
  X(cancel_on_close,           1,       "0 or 1","closing a conversation cancels its context (SC39)")  \
  X(resubmit_after_loss,       0,       "0 or 1","messages of unknown outcome go again under a new context, at the risk of doubling") \
  X(reports_kept_max,          100000,  "count", "reports that wait for the application; sending is refused beyond")
// clang-format on

struct EngineSettings {
#define PARLEY_X(name, value, unit, reason) std::uint64_t name = value;
  PARLEY_ENGINE_SETTINGS(PARLEY_X)
#undef PARLEY_X
};

/// A row of the table, for generated documentation and for command lines.
struct EngineSettingRow {
  std::string_view name;
  std::uint64_t EngineSettings::*field;
  std::uint64_t value;
  std::string_view unit;
  std::string_view reason;
};

std::span<const EngineSettingRow> engine_setting_rows();

}  // namespace parley::engine
