#pragma once

// Heavy: for the source files of this room alone.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "bindings/http/io_loop.h"
#include "bindings/http/tls.h"

namespace parley::http {

struct IoLoop::Context {
  boost::asio::io_context io{1};
};

struct TlsContext::State {
  explicit State(boost::asio::ssl::context::method method) : context(method) {}

  boost::asio::ssl::context context;
};

}  // namespace parley::http
