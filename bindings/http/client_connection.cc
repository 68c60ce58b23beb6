#include "bindings/http/client_connection.h"

#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "bindings/http/asio_context.h"
#include "bindings/http/head_text.h"
#include "bindings/http/status.h"

namespace parley::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = beast::http;
using boost::asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using BodyType = bhttp::vector_body<Byte>;

Error error_of(const boost::system::error_code& error) {
  if (error == beast::error::timeout) {
    return Error(ErrorCode::timed_out, "HTTP request");
  }
  if (error == bhttp::error::header_limit || error == bhttp::error::body_limit ||
      error == bhttp::error::buffer_overflow) {
    return Error(ErrorCode::limit_exceeded, "HTTP answer");
  }
  return Error(ErrorCode::network_failed, "HTTP request");
}

template <class Stream>
class Connection final : public ClientConnection,
                         public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Arguments>
  Connection(const ClientSettings& settings,
             Url url,
             boost::asio::io_context& io,
             Arguments&... arguments)
      : settings_(settings),
        url_(std::move(url)),
        resolver_(io),
        stream_(io, arguments...),
        buffer_(unparsed_max(settings.limits)) {}

  void connect(std::function<void(Result<void>)> done) override {
    // A resolver has no deadline of its own; the socket's timer starts with the connection.
    resolver_.async_resolve(
        url_.host, url_.port,
        [self = this->shared_from_this(), done = std::move(done)](const auto& error, auto found) {
          if (error || self->is_closed_) {
            done(Error(ErrorCode::network_failed, "name of the peer"));
            return;
          }
          self->connect_to(found, done);
        });
  }

  void exchange(const Post& post, const Url& url, Done done) override {
    done_ = std::move(done);
    if (is_resting_) {
      is_resting_ = false;
      gone_ = nullptr;
      boost::system::error_code ignored;
      socket().cancel(ignored);
    }
    request_ = {};
    request_.method(post.is_get ? bhttp::verb::get : bhttp::verb::post);
    request_.target(url.target);
    request_.version(11);
    request_.set(bhttp::field::host, host_header(url));
    request_.set(bhttp::field::user_agent, settings_.user_agent);
    if (!post.is_get) {
      request_.set(bhttp::field::content_type, post.content_type);
    }
    if (!post.soap_action.empty() || is_soap_1_1(post.content_type)) {
      request_.set("SOAPAction", '"' + post.soap_action + '"');
    }
    request_.body() = post.bytes;
    request_.prepare_payload();
    if (settings_.tap) {
      settings_.tap(true, head_text(request_), request_.body());
    }
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(settings_.limits.http_header_bytes_max));
    parser_->body_limit(settings_.limits.envelope_bytes_max);
    beast::get_lowest_layer(stream_).expires_after(Duration(settings_.limits.http_exchange_ms_max));
    bhttp::async_write(stream_, request_,
                       [self = this->shared_from_this()](const auto& error, std::size_t) {
                         // A server may answer and close before it has read all: what it said
                         // counts more than the failed write.
                         self->write_failed_ = static_cast<bool>(error);
                         self->read();
                       });
  }

  void rest(std::function<void()> gone) override {
    is_resting_ = true;
    gone_ = std::move(gone);
    beast::get_lowest_layer(stream_).expires_never();
    socket().async_wait(tcp::socket::wait_read,
                        [self = this->shared_from_this()](const auto& error) {
                          // Readable at rest means closed; nothing else can come between two
                          // requests.
                          if (!error && self->is_resting_) {
                            self->leave();
                          }
                        });
    idle_timer_.emplace(resolver_.get_executor(), Duration(settings_.limits.http_idle_ms_max));
    idle_timer_->async_wait([weak = this->weak_from_this()](const auto& error) {
      const auto self = weak.lock();
      if (!error && self && self->is_resting_) {
        self->leave();
      }
    });
  }

  void abort() override {
    if (is_closed_) {
      return;
    }
    is_closed_ = true;
    is_resting_ = false;
    gone_ = nullptr;
    // What waits for an answer keeps this connection, and would for ever.
    const Done dropped = std::exchange(done_, nullptr);
    idle_timer_.reset();
    resolver_.cancel();
    boost::system::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    beast::get_lowest_layer(stream_).close();
  }

 private:
  tcp::socket& socket() { return beast::get_lowest_layer(stream_).socket(); }

  static std::string host_header(const Url& url) {
    const std::string host =
        url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
    return url.port == (url.is_tls ? "443" : "80") ? host : host + ':' + url.port;
  }

  void connect_to(const tcp::resolver::results_type& found,
                  const std::function<void(Result<void>)>& done) {
    auto& lowest = beast::get_lowest_layer(stream_);
    lowest.expires_after(settings_.connect_timeout);
    lowest.async_connect(
        found, [self = this->shared_from_this(), done](const auto& error, const auto&) {
          if (error) {
            done(error == beast::error::timeout ? Error(ErrorCode::timed_out, "connect")
                                                : Error(ErrorCode::network_failed, "connect"));
            return;
          }
          boost::system::error_code ignored;
          self->socket().set_option(tcp::no_delay(true), ignored);
          self->secure(done);
        });
  }

  void secure(const std::function<void(Result<void>)>& done) {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      // The name is checked against the certificate, and told to servers that hold several.
      if (SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str()) != 1) {
        done(Error(ErrorCode::network_failed, "TLS name"));
        return;
      }
      stream_.set_verify_callback(boost::asio::ssl::host_name_verification(url_.host));
      stream_.async_handshake(boost::asio::ssl::stream_base::client,
                              [self = this->shared_from_this(), done](const auto& error) {
                                if (error) {
                                  done(Error(ErrorCode::network_failed, "TLS handshake"));
                                  return;
                                }
                                self->channel_ = {true, self->url_.host};
                                done({});
                              });
    } else {
      done({});
    }
  }

  void read() {
    bhttp::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const auto& error, std::size_t size) {
          // Beast's own limit is lenient by some octets.
          if (!error && size > self->settings_.limits.http_header_bytes_max) {
            self->read_done(bhttp::error::header_limit);
          } else if (error) {
            self->read_done(error);
          } else {
            self->read_body();
          }
        });
  }

  void read_body() {
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = this->shared_from_this()](const auto& error, std::size_t) {
                        self->read_done(error);
                      });
  }

  void read_done(const boost::system::error_code& error) {
    const Done done = std::exchange(done_, nullptr);
    if (!done) {
      return;
    }
    if (error) {
      const bool timed_out = error == beast::error::timeout;
      const bool nothing_came = !parser_->got_some() && buffer_.size() == 0;
      abort();
      done({error_of(error), false, nothing_came && !timed_out});
      return;
    }
    auto message = parser_->release();
    if (settings_.tap) {
      settings_.tap(false, head_text(message), message.body());
    }
    PostAnswer answer;
    answer.channel = channel_;
    answer.response.status = message.result_int();
    const auto type = message[bhttp::field::content_type];
    answer.response.content_type.assign(type.data(), type.size());
    answer.response.bytes = std::move(message.body());
    const bool may_reuse = message.keep_alive() && !write_failed_ && buffer_.size() == 0;
    if (!may_reuse) {
      abort();
    }
    done({std::move(answer), may_reuse, false});
  }

  void leave() {
    const auto gone = std::exchange(gone_, nullptr);
    abort();
    if (gone) {
      gone();
    }
  }

  const ClientSettings& settings_;
  Url url_;
  tcp::resolver resolver_;
  Stream stream_;
  beast::flat_buffer buffer_;  ///< bounded: a chunk's head or trailer may go on for ever
  bhttp::request<BodyType> request_;
  std::optional<bhttp::response_parser<BodyType>> parser_;
  std::optional<boost::asio::steady_timer> idle_timer_;
  engine::Channel channel_;
  Done done_;
  std::function<void()> gone_;
  bool is_resting_ = false;
  bool is_closed_ = false;
  bool write_failed_ = false;
};

}  // namespace

std::shared_ptr<ClientConnection> make_connection(boost::asio::io_context& io,
                                                  const ClientSettings& settings,
                                                  const Url& url) {
  if (url.is_tls) {
    return std::make_shared<Connection<TlsStream>>(settings, url, io,
                                                   settings.tls->state().context);
  }
  return std::make_shared<Connection<PlainStream>>(settings, url, io);
}

}  // namespace parley::http
