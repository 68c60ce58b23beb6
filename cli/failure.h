#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "cli/exit_code.h"

namespace parley::cli {

/// Ends a command: one line that says what failed and what to do about it. Caught by the program,
/// which prints the line and ends with the code.
class Failure final : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& line) : std::runtime_error(line), code_(code) {}

  /// "`what`: the error's own sentence", and what to do where that is known.
  Failure(const Error& error, std::string_view what);

  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// What the operator can do about an error; empty where its sentence says it all.
std::string_view remedy_of(ErrorCode code);

/// The value, or a Failure about `what`.
template <class T>
T need(Result<T> result, std::string_view what) {
  if (!result) {
    throw Failure(result.error(), what);
  }
  return std::move(result).value();
}

inline void need(Result<void> result, std::string_view what) {
  if (!result) {
    throw Failure(result.error(), what);
  }
}

}  // namespace parley::cli
