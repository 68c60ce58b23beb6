#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/http/http_server.h"
#include "bindings/http/io_loop.h"
#include "bindings/http/tls.h"
#include "bindings/http/wire_tap.h"
#include "engine/message.h"

namespace parley::http {

struct ClientSettings {
  Limits limits;  ///< envelope_bytes_max, http_header_bytes_max, http_idle_ms_max,
                  ///< http_exchange_ms_max
  Duration connect_timeout = std::chrono::seconds(5);
  std::uint64_t connections_per_address_max = 64;
  std::uint64_t queue_max =
      4096;  ///< requests of one address that wait for a connection; refused beyond
  std::shared_ptr<TlsContext> tls;  ///< for https addresses; null = the system's authorities
  std::string user_agent = "parley";
  WireTap tap;  ///< may be empty
};

/// A request of ours.
struct Post {
  std::string address;  ///< http:// or https:// URL
  std::string content_type;
  std::string soap_action;  ///< SOAP 1.1; else empty
  Bytes bytes;
  /// Asks for the document at the address instead, and sends nothing.
  bool is_get = false;
};

/// What came back, whatever its status.
struct PostAnswer {
  Response response;
  engine::Channel channel;
};

/// Sends POST requests over kept-alive connections, each carrying one request at a time. All calls,
/// and the callbacks, are on the loop's thread.
class HttpClient {
 public:
  /// Errors: invalid_argument (not an http or https URL), network_failed (also a TLS certificate
  /// that is not accepted), timed_out, limit_exceeded (an answer above its limits), busy (queue
  /// full).
  using Done = std::function<void(Result<PostAnswer>)>;

  HttpClient(IoLoop& loop, ClientSettings settings);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  /// Closes everything at once; callbacks that wait are not called any more.
  ~HttpClient();

  /// Sends once. A kept-alive connection that turns out to be closed before any octet of an answer
  /// came is replaced by a fresh one at once (IB-131); that is the only repetition.
  void post(Post post, Done done);

  std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::http
