#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace parley::cli {

/// What a command of the operator's has done with one message.
struct CommandOutcome {
  int status = 0;  ///< exit status; 128 + the signal that ended it
  Bytes output;    ///< of its standard output
};

struct CommandLimits {
  Duration time{60000};
  std::size_t output_bytes = std::size_t{10} << 20;
  std::string secret_variable;  ///< of our environment, which the command does not get; may be empty
};

/// Runs `command` by /bin/sh with `input` on its standard input and "NAME=value" texts in its
/// environment, in place of what has their names there, until it ends. What is left of it is killed, with all that it started, at a limit.
/// Errors: timed_out, too_large (output), io_failed (it cannot be started).
Result<CommandOutcome> run_shell_command(const std::string& command,
                                         ByteView input,
                                         const std::vector<std::string>& environment,
                                         const CommandLimits& limits);

}  // namespace parley::cli
