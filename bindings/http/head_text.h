#pragma once

// Heavy: for the source files of this room alone.

#include <sstream>
#include <string>

#include <boost/beast/http/message.hpp>

namespace parley::http {

/// A head as it goes over the wire, with its empty line.
template <bool is_request, class Fields>
std::string head_text(const boost::beast::http::header<is_request, Fields>& head) {
  std::ostringstream text;
  text << head;
  return text.str();
}

}  // namespace parley::http
