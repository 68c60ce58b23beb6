#include "cli/relay/relay.h"

#include <boost/asio/steady_timer.hpp>

#include "cli/relay/relay_state.h"

namespace parley::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::uint64_t kPassagesMax = 4096;
constexpr Duration kAcceptPause{50};

}  // namespace

void Relay::State::accept() {
  acceptor.async_accept([this](const auto& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) {
      return;
    }
    if (error) {
      // Out of descriptors, most likely: wait a little, or this turns into a busy loop.
      auto pause = std::make_shared<asio::steady_timer>(io, kAcceptPause);
      pause->async_wait([this, pause](const auto&) { accept(); });
      return;
    }
    if (passages < kPassagesMax) {
      start_passage(*this, std::move(socket));
    }
    accept();
  });
}

Relay::Relay(std::unique_ptr<State> state) : state_(std::move(state)) {}

Relay::~Relay() = default;

Result<std::unique_ptr<Relay>> Relay::listen(const RelaySettings& settings) {
  auto state = std::make_unique<State>(settings);
  boost::system::error_code error;
  tcp::resolver resolver(state->io);
  const auto found =
      resolver.resolve(settings.target_host, std::to_string(settings.target_port), error);
  if (error || found.empty()) {
    return Error(ErrorCode::network_failed, "name of the relay's target");
  }
  state->target = *found.begin();
  const auto host = asio::ip::make_address(settings.listen_host, error);
  if (error) {
    return Error(ErrorCode::invalid_argument, "the address to listen on is not an IP address");
  }
  const tcp::endpoint endpoint(host, settings.listen_port);
  state->acceptor.open(endpoint.protocol(), error);
  if (!error) {
    state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    state->acceptor.bind(endpoint, error);
  }
  if (!error) {
    state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return Error(ErrorCode::network_failed, "relay: listen");
  }
  state->accept();
  return std::unique_ptr<Relay>(new Relay(std::move(state)));
}

std::uint16_t Relay::port() const {
  boost::system::error_code error;
  return state_->acceptor.local_endpoint(error).port();
}

void Relay::run() {
  state_->io.run();
}

void Relay::stop() {
  state_->io.stop();
}

RelayCounts Relay::counts() const {
  return {state_->requests, state_->dropped, state_->duplicated, state_->cut, state_->late};
}

}  // namespace parley::cli
