#pragma once

// Heavy: for the source files of this room alone.

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "bindings/http/http_client.h"
#include "bindings/http/url.h"

namespace parley::http {

/// One connection to a server, whatever it runs over. Carries one request at a time.
class ClientConnection {
 public:
  struct Outcome {
    Result<PostAnswer> answer;
    bool may_reuse = false;
    /// The connection failed before any octet of an answer came.
    bool failed_unanswered = false;
  };

  using Done = std::function<void(Outcome)>;

  virtual ~ClientConnection() = default;
  virtual void connect(std::function<void(Result<void>)> done) = 0;
  virtual void exchange(const Post& post, const Url& url, Done done) = 0;
  /// Until the next `exchange`: calls `gone` when the server closes, or after the idle time.
  virtual void rest(std::function<void()> gone) = 0;
  virtual void abort() = 0;
};

std::shared_ptr<ClientConnection> make_connection(boost::asio::io_context& io,
                                                  const ClientSettings& settings,
                                                  const Url& url);

}  // namespace parley::http
