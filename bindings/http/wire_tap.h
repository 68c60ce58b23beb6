#pragma once

#include <functional>
#include <string_view>

#include "base/bytes.h"

namespace parley::http {

/// Sees every whole HTTP message as it crosses the wire, inside of TLS: the head with its empty
/// line, and the body as it is after any transfer coding. On the loop's thread.
using WireTap = std::function<void(bool is_outgoing, std::string_view head, ByteView body)>;

}  // namespace parley::http
