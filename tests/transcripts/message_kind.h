#pragma once

#include <functional>
#include <set>
#include <string>

#include "bindings/soap/inspect.h"

namespace parley::transcripts {

/// What kind of message it is, as lines of text to compare: its action, what it says in which
/// headers, its body's element, and how each part is protected. Identifiers are named by `name`.
std::set<std::string> kind_of(const soap::InspectReport& report,
                              const std::function<std::string(const std::string&)>& name);

/// In words, what `written` lacks of `recorded` or has beyond it; empty = they are of one kind.
/// Every message may acknowledge more than another of its kind (RM-044) and name where its answer
/// is to go, and a bare acknowledgement need not say what it relates to, nor that it wants no
/// answer (IB-057).
std::string difference(const std::set<std::string>& recorded, const std::set<std::string>& written);

}  // namespace parley::transcripts
