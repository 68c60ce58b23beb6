#include "bindings/http/http_server.h"

#include <set>
#include <unordered_map>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bindings/http/asio_context.h"
#include "bindings/http/server_session.h"
#include "bindings/http/server_state.h"

namespace parley::http {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(IoLoop& loop,
                                                       ServerSettings settings,
                                                       Callbacks callbacks) {
  if (settings.listen.empty()) {
    return Error(ErrorCode::invalid_argument, "no address to listen on");
  }
  auto state =
      std::make_shared<State>(loop.context().io, std::move(settings), std::move(callbacks));
  for (const ListenAddress& address : state->settings.listen) {
    boost::system::error_code error;
    const auto ip =
        asio::ip::make_address(address.host == "localhost" ? "127.0.0.1" : address.host, error);
    if (error) {
      return Error(ErrorCode::invalid_argument, "the address to listen on is not an IP address");
    }
    auto listener = std::make_shared<State::Listener>(
        State::Listener{tcp::acceptor(loop.context().io), address.tls});
    const tcp::endpoint endpoint(ip, address.port);
    listener->acceptor.open(endpoint.protocol(), error);
    if (!error) {
      listener->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
      listener->acceptor.bind(endpoint, error);
    }
    if (!error) {
      listener->acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      return Error(ErrorCode::network_failed, "listen");
    }
    state->listeners.push_back(std::move(listener));
  }
  for (const auto& listener : state->listeners) {
    state->accept(listener);
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::~HttpServer() {
  state_->shut_down();
}

std::vector<std::uint16_t> HttpServer::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& listener : state_->listeners) {
    boost::system::error_code error;
    ports.push_back(listener->acceptor.local_endpoint(error).port());
  }
  return ports;
}

void HttpServer::answer(engine::ExchangeId exchange, Response response) {
  const auto found = state_->exchanges.find(exchange.value);
  if (found == state_->exchanges.end()) {
    return;
  }
  const std::shared_ptr<ServerSession> session = found->second;
  state_->exchanges.erase(found);
  session->answer(std::move(response));
  state_->finish_drain();
}

void HttpServer::drain(Duration limit, std::function<void()> done) {
  state_->drain(limit, std::move(done));
}

std::size_t HttpServer::connections() const {
  return state_->sessions.size();
}

std::size_t HttpServer::open_exchanges() const {
  return state_->exchanges.size();
}

}  // namespace parley::http
