#include "bindings/http/server_state.h"

#include "bindings/http/server_session.h"

namespace parley::http {

using boost::asio::ip::tcp;

void HttpServer::State::accept(const std::shared_ptr<Listener>& listener) {
  listener->acceptor.async_accept(
      [weak = weak_from_this(), listener](const auto& error, tcp::socket socket) {
        const auto self = weak.lock();
        if (!self || self->is_draining || !listener->acceptor.is_open()) {
          return;
        }
        if (error) {
          // Out of descriptors, most likely: wait a little, or this turns into a busy loop.
          auto pause =
              std::make_shared<boost::asio::steady_timer>(self->io, std::chrono::milliseconds(50));
          pause->async_wait([weak, listener, pause](const auto&) {
            if (const auto server = weak.lock()) {
              server->accept(listener);
            }
          });
          return;
        }
        if (self->sessions.size() < self->settings.limits.http_connections_max) {
          boost::system::error_code ignored;
          socket.set_option(tcp::no_delay(true), ignored);
          const auto session = make_session(self, std::move(socket), listener->tls);
          self->sessions.insert(session);
          session->start();
        }
        self->accept(listener);
      });
}

bool HttpServer::State::dispatch(const std::shared_ptr<ServerSession>& session, Request request) {
  if (is_draining || exchanges.size() >= settings.exchanges_max) {
    return false;
  }
  const engine::ExchangeId exchange = request.exchange;
  exchanges.emplace(exchange.value, session);
  if (callbacks.request(std::move(request))) {
    return true;
  }
  exchanges.erase(exchange.value);
  return false;
}

void HttpServer::State::lose(engine::ExchangeId exchange) {
  if (exchanges.erase(exchange.value) != 0 && callbacks.lost) {
    callbacks.lost(exchange);
  }
  finish_drain();
}

void HttpServer::State::forget(const std::shared_ptr<ServerSession>& session) {
  sessions.erase(session);
  finish_drain();
}

void HttpServer::State::drain(Duration limit, std::function<void()> done) {
  is_draining = true;
  drained = std::move(done);
  for (const auto& listener : listeners) {
    boost::system::error_code ignored;
    listener->acceptor.close(ignored);
  }
  for (const auto& session : std::set(sessions)) {
    session->finish();
  }
  drain_timer.expires_after(limit);
  drain_timer.async_wait([weak = weak_from_this()](const auto& error) {
    const auto self = weak.lock();
    if (!error && self) {
      for (const auto& session : std::set(self->sessions)) {
        session->abort();
      }
    }
  });
  finish_drain();
}

void HttpServer::State::finish_drain() {
  if (!is_draining || !sessions.empty() || !drained) {
    return;
  }
  drain_timer.cancel();
  boost::asio::post(io, std::exchange(drained, nullptr));
}

void HttpServer::State::shut_down() {
  is_draining = true;
  drained = nullptr;
  callbacks = {};
  exchanges.clear();
  drain_timer.cancel();
  for (const auto& listener : listeners) {
    boost::system::error_code ignored;
    listener->acceptor.close(ignored);
  }
  for (const auto& session : std::set(sessions)) {
    session->abort();
  }
}

}  // namespace parley::http
