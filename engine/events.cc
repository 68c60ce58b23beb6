#include "engine/events.h"

namespace parley::engine {

std::string_view name_of(EventKind kind) {
  switch (kind) {
#define PARLEY_X(name, text) \
  case EventKind::name:      \
    return #name;
    PARLEY_EVENTS(PARLEY_X)
#undef PARLEY_X
  }
  return {};
}

std::string_view text_of(EventKind kind) {
  switch (kind) {
#define PARLEY_X(name, text) \
  case EventKind::name:      \
    return text;
    PARLEY_EVENTS(PARLEY_X)
#undef PARLEY_X
  }
  return {};
}

}  // namespace parley::engine
