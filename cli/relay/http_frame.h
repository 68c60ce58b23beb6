#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace parley::cli {

/// The first HTTP message in what a connection has brought so far.
struct HttpFrame {
  std::size_t size = 0;     ///< octets of the message, head and body
  bool keeps_alive = true;  ///< another may follow on the connection
};

/// Requests and responses alike, with Content-Length or chunked; a response with neither lasts
/// until the end of the connection, `has_ended`. Interim responses (100 Continue) are part of the
/// one that they announce. Nothing = not whole yet. Errors: malformed_encoding.
Result<std::optional<HttpFrame>> first_frame(std::string_view bytes, bool has_ended);

/// Whether a request whose head has come waits for "100 Continue".
bool expects_continue(std::string_view bytes);

}  // namespace parley::cli
