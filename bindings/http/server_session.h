#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "bindings/http/server_state.h"

namespace parley::http {

/// A session over TCP, or over TLS when `tls` is given.
std::shared_ptr<ServerSession> make_session(std::shared_ptr<HttpServer::State> server,
                                            boost::asio::ip::tcp::socket socket,
                                            const std::shared_ptr<TlsContext>& tls);

}  // namespace parley::http
