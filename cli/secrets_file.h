#pragma once

#include <string>
#include <vector>

#include "bindings/soap/inspect.h"

namespace parley::cli {

/// The secrets of a recording: a `secrets.jsonl` (one JSON object a line) or one JSON document.
/// Every object in it, however deep, with a text `identifier` and a base64 text `secret` is a
/// context; an `instance` is heeded. Throws Failure (input).
std::vector<soap::InspectKeys::Context> read_secrets(const std::string& path);

}  // namespace parley::cli
