#pragma once

#include <optional>

#include "bindings/soap/policy/reading_notes.h"

namespace parley::policy {

/// Whether the assertion asks for a token.
bool is_token(const Assertion& assertion);

/// Reads a token assertion with everything in it, the bootstrap policy of a context included.
TokenRequirement read_token(const Assertion& assertion, ReadingNotes& notes);

}  // namespace parley::policy
