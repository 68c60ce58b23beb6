#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/http/io_loop.h"
#include "bindings/http/tls.h"
#include "bindings/http/wire_tap.h"
#include "engine/ids.h"
#include "engine/message.h"

namespace parley::http {

/// One address to listen on.
struct ListenAddress {
  std::string host = "127.0.0.1";   ///< an IP address; "::" or "0.0.0.0" = all of them
  std::uint16_t port = 0;           ///< 0 = any free one
  std::shared_ptr<TlsContext> tls;  ///< null = plain HTTP
};

/// What a server may be made to do. Sizes and times come from `limits`: envelope_bytes_max (413
/// beyond), http_header_bytes_max (431), http_connections_max (closed at once), http_idle_ms_max,
/// http_exchange_ms_max (for sending a whole request, and again for answering it: 503).
struct ServerSettings {
  std::vector<ListenAddress> listen;
  Limits limits;
  std::uint64_t exchanges_max = 1024;  ///< requests that wait for their answers; 503 beyond
  WireTap tap;                         ///< may be empty; sees whole POST requests and their answers
};

/// Somebody asks for a document (GET), without proof of anything.
struct DocumentRequest {
  std::string path;
  std::string query;  ///< behind the question mark, as written; empty = none
  /// By what scheme and Host the server was reached. The asker wrote it; empty unless it is
  /// "http://" or "https://" with a name or address, and maybe a port.
  std::string origin;
};

/// A request, whole.
struct Request {
  engine::ExchangeId exchange;
  std::string path;  ///< without query
  std::string content_type;
  std::string soap_action;  ///< without quotes; empty = absent
  std::string origin;       ///< as in a DocumentRequest; empty where there are no documents
  engine::Channel channel;
  Bytes bytes;
};

struct Response {
  unsigned status = 202;
  std::string content_type;  ///< empty when there are no bytes
  Bytes bytes;
};

/// Takes POST requests over HTTP/1.0 and 1.1 with keep-alive, and answers them in any order. All
/// calls, and the callbacks, are on the loop's thread. Anything but a bounded, well-formed POST, or
/// GET where there are documents, is answered by the server itself (400, 405, 413, 431) and never
/// seen by the callbacks.
class HttpServer {
 public:
  struct Callbacks {
    /// A request came: `answer` it some time. False = too busy: the server answers 503.
    std::function<bool(Request)> request;
    /// The client has gone before it was answered, or the answer took too long (503 was sent).
    std::function<void(engine::ExchangeId)> lost;
    /// The document that a GET is answered with at once; nothing: 404. Empty: there are no
    /// documents, every GET is answered with 405.
    std::function<std::optional<Response>(const DocumentRequest&)> document;
  };

  /// Errors: network_failed (address in use, or not ours), invalid_argument (nothing to listen on).
  static Result<std::unique_ptr<HttpServer>> listen(IoLoop& loop,
                                                    ServerSettings settings,
                                                    Callbacks callbacks);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Closes everything at once.
  ~HttpServer();

  /// The ports in the order of the addresses.
  std::vector<std::uint16_t> ports() const;

  /// Ends the exchange; nothing if it is over already.
  void answer(engine::ExchangeId exchange, Response response);

  /// Takes no more connections or requests, lets open exchanges be answered, then calls `done`;
  /// after `limit` what is left is closed.
  void drain(Duration limit, std::function<void()> done);

  std::size_t connections() const;
  std::size_t open_exchanges() const;

  struct State;  ///< for the classes of this room

 private:
  explicit HttpServer(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace parley::http
