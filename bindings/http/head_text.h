#pragma once

// Heavy: for the source files of this room alone.

#include <sstream>
#include <string>

#include <boost/beast/http/message.hpp>

#include "base/limits.h"

namespace parley::http {

/// A head as it goes over the wire, with its empty line.
template <bool is_request, class Fields>
std::string head_text(const boost::beast::http::header<is_request, Fields>& head) {
  std::ostringstream text;
  text << head;
  return text.str();
}

/// What a connection holds at most of what it cannot read yet: a head, or a part of a body. A line
/// that does not end fails with it.
inline std::size_t unparsed_max(const Limits& limits) {
  constexpr std::size_t kReadSize = 65536;
  return static_cast<std::size_t>(limits.http_header_bytes_max) + kReadSize;
}

}  // namespace parley::http
