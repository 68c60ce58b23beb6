#pragma once

#include "bindings/soap/policy/reading_notes.h"

namespace parley::policy {

/// Reads an assertion that names parts or elements of a message. False: it is none.
bool read_parts(const Assertion& assertion, ProtectedParts& out, ReadingNotes& notes);

}  // namespace parley::policy
