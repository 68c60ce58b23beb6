#include "bindings/http/io_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bindings/http/asio_context.h"

namespace parley::http {

namespace asio = boost::asio;

IoLoop::IoLoop() : context_(std::make_unique<Context>()) {}

IoLoop::~IoLoop() = default;

void IoLoop::run() {
  const auto guard = asio::make_work_guard(context_->io);
  context_->io.restart();
  context_->io.run();
}

void IoLoop::stop() {
  context_->io.stop();
}

void IoLoop::post(std::function<void()> work) {
  asio::post(context_->io, std::move(work));
}

struct Timer::State {
  explicit State(asio::io_context& io) : timer(io) {}

  asio::steady_timer timer;
  std::uint64_t generation =
      0;  // an expiry that was already queued when the timer was set again is stale
};

Timer::Timer(IoLoop& loop) : state_(std::make_shared<State>(loop.context().io)) {}

Timer::~Timer() {
  cancel();
}

void Timer::after(Duration delay, std::function<void()> work) {
  const std::uint64_t generation = ++state_->generation;
  state_->timer.expires_after(std::max(delay, Duration::zero()));
  state_->timer.async_wait([state = state_, generation, work = std::move(work)](const auto& error) {
    if (!error && state->generation == generation) {
      work();
    }
  });
}

void Timer::cancel() {
  ++state_->generation;
  state_->timer.cancel();
}

}  // namespace parley::http
