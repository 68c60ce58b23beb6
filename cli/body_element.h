#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace parley::cli {

/// The one element of an XML document, without declaration, comments and white space around it:
/// what a message carries. Errors: body_invalid.
Result<Bytes> body_element(Bytes document, const Limits& limits);

}  // namespace parley::cli
