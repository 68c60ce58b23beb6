#pragma once

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/catch_pch.h"

namespace parley::http {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A socket that speaks whatever a test wants, however badly.
class RawSocket {
 public:
  explicit RawSocket(int socket) : socket_(socket) { REQUIRE(socket_ >= 0); }

  static RawSocket connected_to(std::uint16_t port) {
    RawSocket raw(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = loopback(port);
    REQUIRE(connect(raw.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return raw;
  }

  RawSocket(RawSocket&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {}

  RawSocket& operator=(RawSocket&&) = delete;
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  ~RawSocket() {
    if (socket_ >= 0) {
      close(socket_);
    }
  }

  /// False when the other side does not take it.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end_sending() const { shutdown(socket_, SHUT_WR); }

  /// Makes the close a reset, not a polite end.
  void cut() {
    const linger hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(std::exchange(socket_, -1));
  }

  /// The next response or request with its body (Content-Length); empty = the connection has ended,
  /// or nothing came in time.
  std::string read_message(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
      if (const std::size_t size = message_size(); size != 0) {
        std::string message = unread_.substr(0, size);
        unread_.erase(0, size);
        return message;
      }
      if (!read_more(end)) {
        return {};
      }
    }
  }

  /// Whether the other side ends the connection in time.
  bool ends(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (read_more(end)) {
    }
    return has_ended_;
  }

 private:
  std::size_t message_size() const {
    const std::size_t head_end = unread_.find("\r\n\r\n");
    if (head_end == std::string::npos) {
      return 0;
    }
    const std::size_t body = head_end + 4;
    const std::size_t field = unread_.find("Content-Length: ");
    const std::size_t length = field < head_end ? std::stoul(unread_.substr(field + 16)) : 0;
    return unread_.size() >= body + length ? body + length : 0;
  }

  bool read_more(std::chrono::steady_clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd wait{socket_, POLLIN, 0};
    if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0) {
      return false;
    }
    char block[65536];
    const ssize_t got = recv(socket_, block, sizeof block, 0);
    if (got <= 0) {
      has_ended_ = true;
      return false;
    }
    unread_.append(block, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string unread_;
  bool has_ended_ = false;
};

/// Listens, for tests of clients.
class RawListener {
 public:
  RawListener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = loopback(0);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(socket_, 64) == 0);
    socklen_t size = sizeof address;
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }

  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  ~RawListener() { close(socket_); }

  std::uint16_t port() const { return port_; }

  RawSocket accept() const { return RawSocket(::accept(socket_, nullptr, nullptr)); }

  /// Whether another connection comes in time.
  bool has_another(std::chrono::milliseconds limit) const {
    pollfd wait{socket_, POLLIN, 0};
    return poll(&wait, 1, static_cast<int>(limit.count())) > 0;
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

/// A POST as clients of ours write it.
inline std::string post_text(std::string_view body, std::string_view fields = {}) {
  return "POST /service HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n" +
         std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

inline std::string body_of(const std::string& message) {
  const std::size_t head_end = message.find("\r\n\r\n");
  return head_end == std::string::npos ? std::string() : message.substr(head_end + 4);
}

/// "200" of a response; empty when there is none.
inline std::string status_in(const std::string& message) {
  return message.size() < 12 ? std::string() : message.substr(9, 3);
}

}  // namespace parley::http
