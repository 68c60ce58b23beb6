#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace parley::contexts {

// Habits of one side in matters of security contexts: X(name, default, unit, reason). Bounds on what
// a peer may ask for stand in base/limits.h.
// clang-format off
#define PARLEY_CONTEXT_SETTINGS(X)                                                                        \
  X(context_key_bits,             256,      "bits",    "key size asked for, and given where the request names none (SC21)") \
  X(context_lifetime_ms,          36000000, "ms",      "lifetime asked for, and given where the request names none (SC54)") \
  X(context_lifetime_ms_max,      54000000, "ms",      "longest lifetime given, and local cap where an issuer names none (SC23, SC28)") \
  X(context_clock_skew_ms,        300000,   "ms",      "difference of clocks that Created may show (SC23, SC54)") \
  X(context_renew_percent,        60,       "percent", "a key is renewed when this part of its lifetime is over (SC28)") \
  X(context_renew_after_ms,       36000000, "ms",      "or when it is this old, whichever is first (SC28)") \
  X(context_rollover_ms,          300000,   "ms",      "a renewed key is still accepted for this long (SC27)") \
  X(context_renew_grace_ms,       600000,   "ms",      "an expired key may still be renewed for this long (SC29)") \
  X(context_unused_ms_max,        180000,   "ms",      "an issued context that was never used is dropped after (SC52)") \
  X(context_smaller_key_accepted, 0,        "0 or 1",  "take a key smaller than the one asked for (T18)")  \
  X(context_amended_max,          4,        "count",   "credentials that Amend may add to one context; 0 = Amend is not offered (SC34)")
// clang-format on

struct ContextSettings {
#define PARLEY_X(name, value, unit, reason) std::uint64_t name = value;
  PARLEY_CONTEXT_SETTINGS(PARLEY_X)
#undef PARLEY_X

  friend bool operator==(const ContextSettings&, const ContextSettings&) = default;
};

/// A row of the table, for generated documentation and for command lines.
struct ContextSettingRow {
  std::string_view name;
  std::uint64_t ContextSettings::*field;
  std::uint64_t value;
  std::string_view unit;
  std::string_view reason;
};

std::span<const ContextSettingRow> context_setting_rows();

}  // namespace parley::contexts
