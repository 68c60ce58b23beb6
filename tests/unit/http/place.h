#pragma once

#include <algorithm>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bindings/http/http_client.h"
#include "bindings/http/http_server.h"
#include "unit/http/raw_client.h"

namespace parley::http {

/// A loop on a thread of its own, with a server that gives back what it gets, or holds it.
class Place {
 public:
  using Documents = std::function<std::optional<Response>(const DocumentRequest&)>;

  explicit Place(ServerSettings settings = {}, Documents documents = {}) {
    if (settings.listen.empty()) {
      settings.listen.push_back({});
    }
    HttpServer::Callbacks callbacks;
    callbacks.document = std::move(documents);
    callbacks.request = [this](Request request) { return take(std::move(request)); };
    callbacks.lost = [this](engine::ExchangeId exchange) {
      const std::lock_guard lock(mutex_);
      lost_.push_back(exchange);
      changed_.notify_all();
    };
    auto listening = HttpServer::listen(loop_, std::move(settings), std::move(callbacks));
    REQUIRE(listening);
    server_ = std::move(*listening);
    thread_ = std::thread([this] { loop_.run(); });
  }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  ~Place() {
    on_loop([this] {
      client_.reset();
      server_.reset();
    });
    loop_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_->ports().front(); }

  RawSocket connect() const { return RawSocket::connected_to(port()); }

  std::string address(const std::string& scheme = "http",
                      const std::string& host = "localhost") const {
    return scheme + "://" + host + ':' + std::to_string(port()) + "/service";
  }

  HttpServer& server() { return *server_; }

  /// Runs on the loop's thread, and waits for it.
  void on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  /// From now on requests wait for `answer`.
  void hold() { is_holding_ = true; }

  void refuse() { is_refusing_ = true; }

  void answer(engine::ExchangeId exchange, Response response) {
    on_loop([&] { server_->answer(exchange, std::move(response)); });
  }

  /// The first `count` requests, in the order in which they came.
  std::vector<Request> requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(10),
                              [&] { return requests_.size() >= count; }));
    return requests_;
  }

  std::size_t request_count() {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }

  std::vector<engine::ExchangeId> lost(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return lost_.size() >= count; }));
    return lost_;
  }

  HttpClient& make_client(ClientSettings settings = {}) {
    on_loop([&] { client_ = std::make_unique<HttpClient>(loop_, std::move(settings)); });
    return *client_;
  }

  void drop_client() {
    on_loop([&] { client_.reset(); });
  }

  std::future<Result<PostAnswer>> post(std::string address, Bytes body) {
    auto promise = std::make_shared<std::promise<Result<PostAnswer>>>();
    auto future = promise->get_future();
    on_loop([&] {
      client_->post(
          {std::move(address), "text/xml", "urn:action", std::move(body)},
          [promise](Result<PostAnswer> answer) { promise->set_value(std::move(answer)); });
    });
    return future;
  }

  /// The answer to one POST.
  Result<PostAnswer> ask(std::string address, Bytes body = to_bytes("question")) {
    return post(std::move(address), std::move(body)).get();
  }

 private:
  bool take(Request request) {
    if (is_refusing_) {
      return false;
    }
    const engine::ExchangeId exchange = request.exchange;
    Response echo{200, "text/xml", request.bytes};
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
      changed_.notify_all();
    }
    if (!is_holding_) {
      loop_.post([this, exchange, echo] { server_->answer(exchange, echo); });
    }
    return true;
  }

  IoLoop loop_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
  std::thread thread_;
  std::atomic<bool> is_holding_ = false;
  std::atomic<bool> is_refusing_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> requests_;
  std::vector<engine::ExchangeId> lost_;
};

}  // namespace parley::http
