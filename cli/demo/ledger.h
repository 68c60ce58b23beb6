#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/demo/notes.h"
#include "host/node_settings.h"

namespace parley::cli {

/// What the service knows of the notes that it got.
struct Totals {
  std::uint64_t count = 0;       ///< deliveries
  std::uint64_t doubled = 0;     ///< of numbers that it had already
  std::uint64_t disordered = 0;  ///< below a number that it had
  std::uint64_t highest = 0;
  ChainDigest digest;
};

/// "<d:Totals …/>", and back. Errors of the way back: malformed_value.
std::string to_xml(const Totals& totals);
Result<Totals> read_totals(std::string_view xml);

/// The service's own records: one of the totals, and one of each number so that a double is noticed
/// whatever the engine says. They are written in the batch that ends the delivery. Errors: those of
/// the records; malformed_value for what is no note.
Result<Totals> enter(const Bytes& note, host::Records& records);

/// Errors: those of the records; malformed_value.
Result<Totals> totals_of(host::Records& records);

}  // namespace parley::cli
