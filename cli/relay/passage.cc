#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "cli/relay/http_frame.h"
#include "cli/relay/relay_state.h"

namespace parley::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kReadSize = 16384;
constexpr std::size_t kMessageSizeMax = std::size_t{16} << 20;
/// A message that takes longer than this has no reader any more.
constexpr Duration kExchangeMax{60000};

/// A socket that knows whole HTTP messages. Every call ends by its callback or, after `close`, not
/// at all; the callback gets nothing when the connection fails.
class Leg : public std::enable_shared_from_this<Leg> {
 public:
  using Got = std::function<void(std::optional<HttpFrame>)>;
  using Done = std::function<void(bool)>;

  explicit Leg(tcp::socket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  explicit Leg(asio::io_context& io) : socket_(io), timer_(io) {}

  void connect(const tcp::endpoint& target, Done done) {
    socket_.async_connect(target, [self = shared_from_this(), done](const auto& error) {
      boost::system::error_code ignored;
      self->socket_.set_option(tcp::no_delay(true), ignored);
      self->end(done, !error);
    });
  }

  /// The next whole message; it is at the front of `bytes` then.
  void read(Got got) {
    const auto frame = first_frame(bytes_, has_ended_);
    if (!frame || frame->has_value() || has_ended_ || bytes_.size() > kMessageSizeMax) {
      got(frame ? *frame : std::nullopt);
      return;
    }
    if (!has_continued_ && expects_continue(bytes_)) {
      has_continued_ = true;
      write("HTTP/1.1 100 Continue\r\n\r\n", [self = shared_from_this(), got](bool ok) {
        ok ? self->read_more(got) : got(std::nullopt);
      });
      return;
    }
    read_more(got);
  }

  /// Removes the message from the front of what came.
  std::string take(const HttpFrame& frame) {
    std::string message = bytes_.substr(0, frame.size);
    bytes_.erase(0, frame.size);
    has_continued_ = false;
    return message;
  }

  void write(std::string message, Done done) {
    auto kept = std::make_shared<std::string>(std::move(message));
    asio::async_write(socket_, asio::buffer(*kept),
                      [self = shared_from_this(), kept, done](const auto& error, std::size_t) {
                        self->end(done, !error);
                      });
  }

  /// Fails the calls under way after `time`, and those that come later.
  void limit(Duration time) {
    timer_.expires_after(time);
    timer_.async_wait([weak = weak_from_this()](const auto& error) {
      const auto self = weak.lock();
      if (!error && self) {
        boost::system::error_code ignored;
        self->socket_.close(ignored);
      }
    });
  }

  void close() {
    is_closed_ = true;
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  bool has_bytes() const { return !bytes_.empty(); }

 private:
  void read_more(const Got& got) {
    auto block = std::make_shared<std::string>(kReadSize, '\0');
    socket_.async_read_some(asio::buffer(*block), [self = shared_from_this(), block, got](
                                                      const auto& error, std::size_t size) {
      if (self->is_closed_) {
        return;
      }
      self->bytes_.append(*block, 0, size);
      self->has_ended_ = static_cast<bool>(error);
      if (error && self->bytes_.empty()) {
        got(std::nullopt);
        return;
      }
      self->read(got);
    });
  }

  void end(const Done& done, bool ok) const {
    if (!is_closed_) {
      done(ok);
    }
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::string bytes_;
  bool has_ended_ = false;
  bool has_continued_ = false;
  bool is_closed_ = false;
};

/// One client's connection: request by request, each with its verdict.
class Passage : public std::enable_shared_from_this<Passage> {
 public:
  Passage(Relay::State& relay, tcp::socket client)
      : relay_(relay), client_(std::make_shared<Leg>(std::move(client))), timer_(relay.io) {
    ++relay_.passages;
  }

  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  ~Passage() { --relay_.passages; }

  void next() {
    client_->read([self = shared_from_this()](std::optional<HttpFrame> frame) {
      if (!frame) {
        self->end();
        return;
      }
      self->number_ = ++self->relay_.requests;
      self->keeps_alive_ = frame->keeps_alive;
      self->request_ = self->client_->take(*frame);
      self->judge(Direction::request);
    });
  }

 private:
  /// Waits as long as the verdict says, then carries it out.
  void judge(Direction direction) {
    const Verdict verdict = relay_.plan.judge(direction, number_);
    relay_.late += verdict.is_late ? 1 : 0;
    timer_.expires_after(verdict.delay);
    timer_.async_wait([self = shared_from_this(), direction, verdict](const auto& error) {
      if (error) {
        return;
      }
      switch (verdict.fate) {
        case Fate::drop:
          ++self->relay_.dropped;
          self->end();
          return;
        case Fate::cut:
          ++self->relay_.cut;
          self->is_cut_ = true;
          break;
        case Fate::duplicate:
          ++self->relay_.duplicated;
          send_copy(self->relay_, self->request_, verdict.copy_delay);
          break;
        case Fate::pass:
          break;
      }
      direction == Direction::request ? self->forward() : self->give_back();
    });
  }

  void forward() {
    if (server_) {
      send(true);
      return;
    }
    server_ = std::make_shared<Leg>(relay_.io);
    server_->limit(kExchangeMax);
    server_->connect(relay_.target, [self = shared_from_this()](bool ok) {
      ok ? self->send(false) : self->end();
    });
  }

  void send(bool is_reused) {
    server_->limit(kExchangeMax);
    const std::string part = is_cut_ ? request_.substr(0, request_.size() / 2) : request_;
    server_->write(part, [self = shared_from_this(), is_reused](bool ok) {
      if (self->is_cut_) {
        self->end();
      } else if (ok) {
        self->await(is_reused);
      } else {
        self->failed(is_reused);
      }
    });
  }

  void await(bool is_reused) {
    server_->read([self = shared_from_this(), is_reused](std::optional<HttpFrame> frame) {
      if (!frame) {
        self->failed(is_reused && !self->server_->has_bytes());
        return;
      }
      self->keeps_alive_ = self->keeps_alive_ && frame->keeps_alive;
      self->response_ = self->server_->take(*frame);
      self->judge(Direction::response);
    });
  }

  /// A kept connection that the server had closed already says nothing about the request.
  void failed(bool may_repeat) {
    server_->close();
    server_ = nullptr;
    may_repeat ? forward() : end();
  }

  void give_back() {
    const std::string part = is_cut_ ? response_.substr(0, response_.size() / 2) : response_;
    client_->write(part, [self = shared_from_this()](bool ok) {
      if (!ok || self->is_cut_ || !self->keeps_alive_) {
        self->end();
        return;
      }
      self->next();
    });
  }

  void end() {
    client_->close();
    if (server_) {
      server_->close();
    }
  }

  Relay::State& relay_;
  std::shared_ptr<Leg> client_;
  std::shared_ptr<Leg> server_;
  asio::steady_timer timer_;
  std::string request_;
  std::string response_;
  std::uint64_t number_ = 0;
  bool keeps_alive_ = true;
  bool is_cut_ = false;
};

}  // namespace

void start_passage(Relay::State& relay, tcp::socket client) {
  std::make_shared<Passage>(relay, std::move(client))->next();
}

void send_copy(Relay::State& relay, std::string request, Duration delay) {
  auto timer = std::make_shared<asio::steady_timer>(relay.io, delay);
  timer->async_wait([&relay, timer, request = std::move(request)](const auto& failed) {
    if (failed) {
      return;
    }
    auto leg = std::make_shared<Leg>(relay.io);
    leg->limit(kExchangeMax);
    leg->connect(relay.target, [leg, request](bool ok) {
      if (!ok) {
        leg->close();
        return;
      }
      leg->write(request, [leg](bool written) {
        if (!written) {
          leg->close();
          return;
        }
        leg->read([leg](const auto&) { leg->close(); });
      });
    });
  });
}

}  // namespace parley::cli
