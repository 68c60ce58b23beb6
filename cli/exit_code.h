#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace parley::cli {

// How the program ends: X(name, number, text). The one table; --help and docs/program.md show it.
// clang-format off
#define PARLEY_EXIT_CODES(X)                                                                          \
  X(done,        0,  "done")                                                                          \
  X(unsound,     1,  "the answer is no: a message is not sound, a store is damaged, a demo lost something") \
  X(usage,       2,  "the command line is wrong")                                                     \
  X(input,       3,  "a file, a key or a value that was given cannot be used")                        \
  X(environment, 4,  "the disk, the network or the store failed")                                     \
  X(peer,        5,  "the peer refused, answered with a fault, or broke the rules")                   \
  X(unfinished,  6,  "not all was acknowledged or answered in time; with --store the same command goes on") \
  X(undelivered, 7,  "messages were given up, or their outcome is unknown")                           \
  X(internal,    70, "a promise of Parley was broken; please report it")
// clang-format on

enum class ExitCode : std::uint8_t {
#define PARLEY_X(name, number, text) name = number,
  PARLEY_EXIT_CODES(PARLEY_X)
#undef PARLEY_X
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;
  std::string_view text;
};

std::span<const ExitCodeRow> exit_code_rows();

/// By who is to blame.
ExitCode exit_code_of(const Error& error);

}  // namespace parley::cli
