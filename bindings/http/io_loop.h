#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace parley::http {

/// One thread's event loop: sockets, timers and posted calls, one after the other. Everything that
/// is made on a loop is used on its thread only; `post` and `stop` alone may be called from any
/// thread.
class IoLoop {
 public:
  IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;
  ~IoLoop();

  /// Runs until `stop`. May be called again after it.
  void run();
  void stop();

  /// Calls `work` on the loop's thread, after all that was posted before.
  void post(std::function<void()> work);

  struct Context;

  /// For the classes of this room.
  Context& context() { return *context_; }

 private:
  std::unique_ptr<Context> context_;
};

/// One deadline on a loop; setting it again replaces the earlier one.
class Timer {
 public:
  explicit Timer(IoLoop& loop);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  /// Calls `work` once, `delay` from now (not before the loop runs; zero or less = at once).
  void after(Duration delay, std::function<void()> work);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::http
