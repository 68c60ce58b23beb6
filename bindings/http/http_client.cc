#include "bindings/http/http_client.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include <boost/asio/post.hpp>

#include "bindings/http/asio_context.h"
#include "bindings/http/client_connection.h"
#include "bindings/http/url.h"

namespace parley::http {

struct HttpClient::State : std::enable_shared_from_this<HttpClient::State> {
  /// A request with what becomes of it.
  struct Task {
    Post post;
    Url url;
    Done done;
  };

  /// All connections to one address.
  struct Pool {
    std::vector<std::shared_ptr<ClientConnection>> idle;  // the most recently used last
    std::set<std::shared_ptr<ClientConnection>> open;     // the idle ones too
    std::deque<Task> queue;
  };

  State(boost::asio::io_context& context, ClientSettings settings_in)
      : io(context), settings(std::move(settings_in)) {}

  void post(Task task) {
    Pool& pool = pools[task.url.key()];
    if (!pool.idle.empty()) {
      auto connection = pool.idle.back();
      pool.idle.pop_back();
      exchange(connection, std::move(task), true);
    } else if (pool.open.size() < settings.connections_per_address_max) {
      connect(std::move(task));
    } else if (pool.queue.size() < settings.queue_max) {
      pool.queue.push_back(std::move(task));
    } else {
      fail(task, Error(ErrorCode::busy, "too many requests to one address"));
    }
  }

  void connect(Task task) {
    auto connection = make_connection(io, settings, task.url);
    pools[task.url.key()].open.insert(connection);
    connection->connect([weak = weak_from_this(), connection,
                         task = std::move(task)](const Result<void>& connected) mutable {
      const auto self = weak.lock();
      if (!self) {
        return;
      }
      if (!connected) {
        connection->abort();
        self->close(task.url.key(), connection);
        self->fail(task, connected.error());
        return;
      }
      self->exchange(connection, std::move(task), false);
    });
  }

  void exchange(const std::shared_ptr<ClientConnection>& connection, Task task, bool is_reused) {
    auto shared = std::make_shared<Task>(std::move(task));
    connection->exchange(shared->post, shared->url,
                         [weak = weak_from_this(), connection, shared,
                          is_reused](ClientConnection::Outcome outcome) {
                           if (const auto self = weak.lock()) {
                             self->exchanged(connection, *shared, is_reused, std::move(outcome));
                           }
                         });
  }

  void exchanged(const std::shared_ptr<ClientConnection>& connection,
                 Task& task,
                 bool is_reused,
                 ClientConnection::Outcome outcome) {
    const std::string key = task.url.key();
    if (outcome.failed_unanswered && is_reused) {
      // IB-131: the server had closed the kept connection already; this says nothing about the
      // request.
      pools[key].open.erase(connection);
      connect(std::move(task));
      return;
    }
    if (outcome.may_reuse) {
      Pool& pool = pools[key];
      if (!pool.queue.empty()) {
        Task next = std::move(pool.queue.front());
        pool.queue.pop_front();
        exchange(connection, std::move(next), true);
      } else {
        rest(key, connection);
      }
    } else {
      close(key, connection);
    }
    task.done(std::move(outcome.answer));
  }

  void rest(const std::string& key, const std::shared_ptr<ClientConnection>& connection) {
    pools[key].idle.push_back(connection);
    connection->rest([weak = weak_from_this(), key, plain = std::weak_ptr(connection)] {
      const auto self = weak.lock();
      const auto gone = plain.lock();
      if (self && gone) {
        auto& idle = self->pools[key].idle;
        idle.erase(std::remove(idle.begin(), idle.end(), gone), idle.end());
        self->close(key, gone);
      }
    });
  }

  /// A connection has ended: the next request that waits gets a fresh one.
  void close(const std::string& key, const std::shared_ptr<ClientConnection>& connection) {
    const auto found = pools.find(key);
    if (found == pools.end()) {
      return;
    }
    Pool& pool = found->second;
    pool.open.erase(connection);
    if (!pool.queue.empty()) {
      Task next = std::move(pool.queue.front());
      pool.queue.pop_front();
      connect(std::move(next));
    } else if (pool.open.empty()) {
      pools.erase(found);
    }
  }

  void fail(const Task& task, Error error) const {
    boost::asio::post(io, [weak = weak_from_this(), done = task.done, error] {
      if (weak.lock()) {
        done(error);
      }
    });
  }

  boost::asio::io_context& io;
  ClientSettings settings;
  std::map<std::string, Pool> pools;
};

HttpClient::HttpClient(IoLoop& loop, ClientSettings settings)
    : state_(std::make_shared<State>(loop.context().io, std::move(settings))) {}

HttpClient::~HttpClient() {
  for (auto& [key, pool] : state_->pools) {
    for (const auto& connection : pool.open) {
      connection->abort();
    }
  }
  state_->pools.clear();
}

void HttpClient::post(Post post, Done done) {
  State::Task task{std::move(post), {}, std::move(done)};
  auto url = parse_url(task.post.address);
  if (!url) {
    state_->fail(task, url.error());
    return;
  }
  task.url = std::move(*url);
  if (task.url.is_tls && !state_->settings.tls) {
    auto tls = TlsContext::for_client({});
    if (!tls) {
      state_->fail(task, tls.error());
      return;
    }
    state_->settings.tls = std::move(*tls);
  }
  state_->post(std::move(task));
}

std::size_t HttpClient::connections() const {
  std::size_t count = 0;
  for (const auto& [key, pool] : state_->pools) {
    count += pool.open.size();
  }
  return count;
}

}  // namespace parley::http
