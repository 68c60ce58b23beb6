#include "host/task_thread.h"

#include <utility>

namespace parley::host {

TaskThread::TaskThread(Task after_round)
    : after_round_(std::move(after_round)), thread_([this] { run(); }) {}

TaskThread::~TaskThread() {
  stop();
}

void TaskThread::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) {
      return;
    }
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void TaskThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool TaskThread::pause(Duration time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return is_stopping_; });
}

bool TaskThread::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

void TaskThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
    std::deque<Task> round = std::exchange(tasks_, {});
    for (Task& task : round) {
      if (is_stopping_) {
        return;
      }
      lock.unlock();
      task();
      task = nullptr;  // what it captured goes outside the lock
      lock.lock();
    }
    if (is_stopping_) {
      return;
    }
    if (after_round_) {
      lock.unlock();
      after_round_();
      lock.lock();
    }
  }
}

}  // namespace parley::host
