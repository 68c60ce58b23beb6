#include "bindings/http/server_session.h"

#include <optional>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "bindings/http/asio_context.h"
#include "bindings/http/head_text.h"
#include "bindings/http/url.h"

namespace parley::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = beast::http;
using boost::asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using BodyType = bhttp::vector_body<Byte>;

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

/// The readable name of an accepted client certificate; empty without one.
std::string peer_of(TlsStream& stream) {
  SSL* native = stream.native_handle();
  X509* certificate = SSL_get1_peer_certificate(native);
  if (certificate == nullptr) {
    return {};
  }
  std::string name;
  if (SSL_get_verify_result(native) == X509_V_OK) {
    char line[256];
    X509_NAME_oneline(X509_get_subject_name(certificate), line, sizeof line);
    name = line;
  }
  X509_free(certificate);
  return name;
}

template <class Stream>
class Session final : public ServerSession, public std::enable_shared_from_this<Session<Stream>> {
 public:
  template <class... Arguments>
  explicit Session(std::shared_ptr<HttpServer::State> server, Arguments&&... arguments)
      : server_(std::move(server)),
        stream_(std::forward<Arguments>(arguments)...),
        buffer_(unparsed_max(server_->settings.limits)),
        exchange_timer_(server_->io) {}

  void start() override {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      beast::get_lowest_layer(stream_).expires_after(exchange_time());
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const auto& error) {
                                if (error) {
                                  self->abort();
                                  return;
                                }
                                self->channel_ = {true, peer_of(self->stream_)};
                                self->wait();
                              });
    } else {
      wait();
    }
  }

  void answer(Response response) override {
    if (phase_ != Phase::answering) {
      return;
    }
    exchange_timer_.cancel();
    if (is_watching_) {
      boost::system::error_code ignored;
      beast::get_lowest_layer(stream_).socket().cancel(ignored);
    }
    exchange_ = {};
    write(std::move(response), keep_alive_ && !is_finishing_);
  }

  void finish() override {
    is_finishing_ = true;
    if (phase_ == Phase::idle) {
      abort();
    }
  }

  void abort() override {
    if (phase_ == Phase::closed) {
      return;
    }
    const auto self = this->shared_from_this();  // the server's reference goes below
    phase_ = Phase::closed;
    exchange_timer_.cancel();
    boost::system::error_code ignored;
    tcp::socket& socket = beast::get_lowest_layer(stream_).socket();
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    beast::get_lowest_layer(stream_).close();
    server_->lose(std::exchange(exchange_, {}));
    server_->forget(self);
  }

 private:
  enum class Phase : std::uint8_t { idle, reading, answering, writing, closed };

  Duration exchange_time() const { return Duration(server_->settings.limits.http_exchange_ms_max); }

  /// For the first octet of a request, as long as an idle connection may last.
  void wait() {
    phase_ = Phase::idle;
    if (is_finishing_) {
      abort();
      return;
    }
    if (buffer_.size() != 0) {
      read_head();
      return;
    }
    beast::get_lowest_layer(stream_).expires_after(
        Duration(server_->settings.limits.http_idle_ms_max));
    stream_.async_read_some(buffer_.prepare(kReadSize),
                            [self = this->shared_from_this()](const auto& error, std::size_t size) {
                              if (error) {
                                self->abort();
                                return;
                              }
                              self->buffer_.commit(size);
                              self->read_head();
                            });
  }

  /// The whole request has one deadline, however slowly its octets come.
  void read_head() {
    phase_ = Phase::reading;
    const Limits& limits = server_->settings.limits;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits.http_header_bytes_max));
    parser_->body_limit(limits.envelope_bytes_max);
    beast::get_lowest_layer(stream_).expires_after(exchange_time());
    bhttp::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const auto& error, std::size_t size) {
          if (error) {
            self->refuse(error);
            return;
          }
          self->head_came(size);
        });
  }

  void head_came(std::size_t size) {
    // Beast's own limit is lenient by some octets.
    if (size > server_->settings.limits.http_header_bytes_max) {
      write({431, {}, {}}, false);
      return;
    }
    const auto& request = parser_->get();
    if (request.method() == bhttp::verb::get && server_->callbacks.document) {
      give_document();
      return;
    }
    if (request.method() != bhttp::verb::post) {
      write({405, {}, {}}, false);
      return;
    }
    if (parser_->content_length() &&
        *parser_->content_length() > server_->settings.limits.envelope_bytes_max) {
      write({413, {}, {}}, false);
      return;
    }
    if (beast::iequals(request[bhttp::field::expect], "100-continue")) {
      auto go_on = std::make_shared<bhttp::response<bhttp::empty_body>>(bhttp::status::continue_,
                                                                        request.version());
      bhttp::async_write(stream_, *go_on,
                         [self = this->shared_from_this(), go_on](const auto& error, std::size_t) {
                           if (error) {
                             self->abort();
                             return;
                           }
                           self->read_body();
                         });
      return;
    }
    read_body();
  }

  static std::string origin_of(const bhttp::request<BodyType>& request) {
    const std::string host = text_of(request[bhttp::field::host]);
    if (!is_host(host)) {
      return {};
    }
    return (std::is_same_v<Stream, TlsStream> ? "https://" : "http://") + host;
  }

  /// Documents are at hand, so this is no exchange that could wait or be lost.
  void give_document() {
    const auto& request = parser_->get();
    const std::string target = text_of(request.target());
    const std::size_t mark = target.find('?');
    DocumentRequest asked;
    asked.path = target.substr(0, mark);
    asked.query = mark == std::string::npos ? std::string() : target.substr(mark + 1);
    asked.origin = origin_of(request);
    // What follows a GET as its body is not read, so nothing can follow that.
    const bool has_body = parser_->content_length().value_or(0) != 0 || parser_->chunked();
    const bool keep_alive = request.keep_alive() && !has_body && !is_finishing_;
    write(server_->callbacks.document(asked).value_or(Response{404, {}, {}}), keep_alive);
  }

  void read_body() {
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = this->shared_from_this()](const auto& error, std::size_t) {
                        if (error) {
                          self->refuse(error);
                          return;
                        }
                        self->request_came();
                      });
  }

  void request_came() {
    beast::get_lowest_layer(stream_).expires_never();
    auto message = parser_->release();
    if (server_->settings.tap) {
      server_->settings.tap(false, head_text(message), message.body());
    }
    keep_alive_ = message.keep_alive();
    Request request;
    request.path = text_of(message.target().substr(0, message.target().find('?')));
    request.content_type = text_of(message[bhttp::field::content_type]);
    request.soap_action = text_of(message["SOAPAction"]);
    if (request.soap_action.size() >= 2 && request.soap_action.front() == '"' &&
        request.soap_action.back() == '"') {
      request.soap_action = request.soap_action.substr(1, request.soap_action.size() - 2);
    }
    if (server_->callbacks.document) {
      request.origin = origin_of(message);
    }
    request.channel = channel_;
    request.bytes = std::move(message.body());
    phase_ = Phase::answering;
    exchange_ = server_->mint();
    request.exchange = exchange_;
    exchange_timer_.expires_after(exchange_time());
    exchange_timer_.async_wait(
        [weak = this->weak_from_this(), exchange = exchange_](const auto& error) {
          const auto self = weak.lock();
          if (!error && self && self->exchange_ == exchange && self->phase_ == Phase::answering) {
            self->server_->lose(exchange);
            self->answer({503, {}, {}});
          }
        });
    if (!server_->dispatch(this->shared_from_this(), std::move(request))) {
      answer({503, {}, {}});
      return;
    }
    watch();
  }

  /// Notices a client that goes away while its answer is being made.
  void watch() {
    if constexpr (std::is_same_v<Stream, PlainStream>) {
      if (phase_ != Phase::answering || is_watching_ || buffer_.size() != 0) {
        return;
      }
      is_watching_ = true;
      stream_.socket().async_wait(tcp::socket::wait_read,
                                  [self = this->shared_from_this()](const auto& error) {
                                    self->is_watching_ = false;
                                    if (error || self->phase_ != Phase::answering) {
                                      return;
                                    }
                                    boost::system::error_code failed;
                                    if (self->stream_.socket().available(failed) == 0 || failed) {
                                      self->abort();
                                    }
                                  });
    }
  }

  void write(Response response, bool keep_alive) {
    const Phase phase_was = std::exchange(phase_, Phase::writing);
    auto message = std::make_shared<bhttp::response<BodyType>>(
        static_cast<bhttp::status>(response.status), 11);
    if (!response.bytes.empty()) {
      message->set(bhttp::field::content_type, response.content_type);
    }
    if (response.status == 503) {
      message->set(bhttp::field::retry_after, "1");
    }
    if (response.status == 405) {
      message->set(bhttp::field::allow, server_->callbacks.document ? "GET, POST" : "POST");
    }
    message->body() = std::move(response.bytes);
    message->keep_alive(keep_alive);
    message->prepare_payload();
    if (server_->settings.tap && phase_was == Phase::answering) {
      server_->settings.tap(true, head_text(*message), message->body());
    }
    beast::get_lowest_layer(stream_).expires_after(exchange_time());
    bhttp::async_write(
        stream_, *message,
        [self = this->shared_from_this(), message, keep_alive](const auto& error, std::size_t) {
          if (error || self->phase_ == Phase::closed) {
            self->abort();
          } else if (keep_alive) {
            self->wait();
          } else {
            self->linger();
          }
        });
  }

  /// Lets the client read the last answer before the connection goes: what it still sends is thrown
  /// away for a moment, because closing with unread octets would reset the connection.
  void linger() {
    boost::system::error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    beast::get_lowest_layer(stream_).expires_after(kLinger);
    drop_input();
  }

  void drop_input() {
    buffer_.clear();
    beast::get_lowest_layer(stream_).async_read_some(
        buffer_.prepare(kReadSize),
        [self = this->shared_from_this()](const auto& error, std::size_t) {
          if (error || self->phase_ == Phase::closed) {
            self->abort();
            return;
          }
          self->drop_input();
        });
  }

  void refuse(const boost::system::error_code& error) {
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
      write({431, {}, {}}, false);
    } else if (error == bhttp::error::body_limit) {
      write({413, {}, {}}, false);
    } else if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
               error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
      write({400, {}, {}}, false);
    } else {
      abort();
    }
  }

  static constexpr std::size_t kReadSize = 16384;
  static constexpr Duration kLinger{1000};

  std::shared_ptr<HttpServer::State> server_;
  Stream stream_;
  beast::flat_buffer buffer_;  ///< bounded: a chunk's head or trailer may go on for ever
  std::optional<bhttp::request_parser<BodyType>> parser_;
  boost::asio::steady_timer exchange_timer_;
  engine::Channel channel_;
  engine::ExchangeId exchange_;
  Phase phase_ = Phase::idle;
  bool keep_alive_ = false;
  bool is_watching_ = false;
  bool is_finishing_ = false;
};

}  // namespace

std::shared_ptr<ServerSession> make_session(std::shared_ptr<HttpServer::State> server,
                                            tcp::socket socket,
                                            const std::shared_ptr<TlsContext>& tls) {
  if (tls) {
    return std::make_shared<Session<TlsStream>>(std::move(server), std::move(socket),
                                                tls->state().context);
  }
  return std::make_shared<Session<PlainStream>>(std::move(server), std::move(socket));
}

}  // namespace parley::http
