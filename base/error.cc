#include "base/error.h"

namespace parley {

std::string_view name_of(ErrorCode code) {
  switch (code) {
#define PARLEY_X(name, blame, text) \
  case ErrorCode::name:             \
    return #name;
    PARLEY_ERROR_CODES(PARLEY_X)
#undef PARLEY_X
  }
  return "unknown";
}

std::string_view text_of(ErrorCode code) {
  switch (code) {
#define PARLEY_X(name, blame, text) \
  case ErrorCode::name:             \
    return text;
    PARLEY_ERROR_CODES(PARLEY_X)
#undef PARLEY_X
  }
  return "unknown";
}

Blame blame_of(ErrorCode code) {
  switch (code) {
#define PARLEY_X(name, blame, text) \
  case ErrorCode::name:             \
    return Blame::blame;
    PARLEY_ERROR_CODES(PARLEY_X)
#undef PARLEY_X
  }
  return Blame::internal;
}

Blame Error::blame() const { return blame_of(code_); }

std::string Error::message() const {
  std::string line(place());
  if (!line.empty()) {
    line += ": ";
  }
  line += text_of(code_);
  return line;
}

}  // namespace parley
