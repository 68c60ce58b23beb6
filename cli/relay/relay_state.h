#pragma once

// Heavy: for the source files of the relay alone.

#include <atomic>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "cli/relay/relay.h"

namespace parley::cli {

/// What the connections of a relay share. They live in what the loop waits for, so they go with it.
struct Relay::State {
  explicit State(const RelaySettings& settings) : plan(settings.faults) {}

  void accept();

  FaultPlan plan;
  std::uint64_t passages = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> dropped = 0;
  std::atomic<std::uint64_t> duplicated = 0;
  std::atomic<std::uint64_t> cut = 0;
  std::atomic<std::uint64_t> late = 0;

  boost::asio::ip::tcp::endpoint target;
  boost::asio::io_context io{1};
  boost::asio::ip::tcp::acceptor acceptor{io};
};

/// The way of one client's connection through the relay.
void start_passage(Relay::State& relay, boost::asio::ip::tcp::socket client);

/// Sends `request` to the target on a connection of its own, and throws the response away.
void send_copy(Relay::State& relay, std::string request, Duration delay);

}  // namespace parley::cli
