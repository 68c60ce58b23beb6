#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/time.h"

namespace parley::host {

/// A thread that runs what is posted to it, in order.
class TaskThread {
 public:
  using Task = std::function<void()>;

  /// `after_round` runs whenever all that was waiting has run.
  explicit TaskThread(Task after_round = {});
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;
  /// `stop`.
  ~TaskThread();

  // From any thread.

  /// Dropped after `stop`.
  void post(Task task);

  /// Lets the running task end, drops the others, and ends the thread. Not from a task.
  void stop();

  // From a task.

  /// Sleeps. False = `stop` has been called.
  bool pause(Duration time);

  bool is_stopping() const;

 private:
  void run();

  const Task after_round_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::host
