#pragma once

// Heavy: for the source files of this room alone.

#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bindings/http/http_server.h"

namespace parley::http {

/// One connection of a client, whatever it runs over.
class ServerSession {
 public:
  virtual ~ServerSession() = default;
  virtual void start() = 0;
  virtual void answer(Response response) = 0;
  /// Closes the connection if nothing is under way on it, else after the answer.
  virtual void finish() = 0;
  virtual void abort() = 0;
};

/// What the sessions of a server share.
struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  struct Listener {
    boost::asio::ip::tcp::acceptor acceptor;
    std::shared_ptr<TlsContext> tls;
  };

  State(boost::asio::io_context& context, ServerSettings settings_in, Callbacks callbacks_in)
      : io(context),
        settings(std::move(settings_in)),
        callbacks(std::move(callbacks_in)),
        drain_timer(context) {}

  void accept(const std::shared_ptr<Listener>& listener);

  engine::ExchangeId mint() { return {++last_exchange}; }

  /// Hands the request over. False = too busy.
  bool dispatch(const std::shared_ptr<ServerSession>& session, Request request);
  /// The session gave its exchange up.
  void lose(engine::ExchangeId exchange);
  void forget(const std::shared_ptr<ServerSession>& session);
  void drain(Duration limit, std::function<void()> done);
  void finish_drain();
  void shut_down();

  boost::asio::io_context& io;
  ServerSettings settings;
  Callbacks callbacks;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::set<std::shared_ptr<ServerSession>> sessions;
  std::unordered_map<std::uint64_t, std::shared_ptr<ServerSession>> exchanges;
  std::uint64_t last_exchange = 0;
  bool is_draining = false;
  std::function<void()> drained;
  boost::asio::steady_timer drain_timer;
};

}  // namespace parley::http
