#include "cli/exit_code.h"

namespace parley::cli {
namespace {

constexpr ExitCodeRow kRows[] = {
#define PARLEY_X(name, number, text) {ExitCode::name, #name, text},
    PARLEY_EXIT_CODES(PARLEY_X)
#undef PARLEY_X
};

}  // namespace

std::span<const ExitCodeRow> exit_code_rows() {
  return kRows;
}

ExitCode exit_code_of(const Error& error) {
  if (error.code() == ErrorCode::key_unusable) {
    return ExitCode::input;
  }
  switch (error.blame()) {
    case Blame::peer_misbehaved:
    case Blame::peer_incompatible:
    case Blame::peer_reported:
      return ExitCode::peer;
    case Blame::application:
      return ExitCode::input;
    case Blame::environment:
      return ExitCode::environment;
    case Blame::internal:
      return ExitCode::internal;
  }
  return ExitCode::internal;
}

}  // namespace parley::cli
