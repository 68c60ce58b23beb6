#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <queue>
#include <string>
#include <vector>

namespace parley::sim {

/// The one clock of a schedule and everything that is still to happen, in milliseconds from its
/// beginning. What falls on one millisecond happens in the order in which it was put there.
class Timeline {
 public:
  explicit Timeline(bool is_traced) : is_traced_(is_traced) {}

  std::int64_t now() const { return now_; }

  void at(std::int64_t ms, std::function<void()> action) {
    queue_.push({ms < now_ ? now_ : ms, ++last_, std::move(action)});
  }

  void after(std::uint64_t ms, std::function<void()> action) {
    at(now_ + static_cast<std::int64_t>(ms), std::move(action));
  }

  /// Lets the next thing happen; false if there is none.
  bool step() {
    if (queue_.empty()) {
      return false;
    }
    // The action is moved out of the top, which is popped before it runs and may add others.
    Entry entry = std::move(const_cast<Entry&>(queue_.top()));
    queue_.pop();
    now_ = entry.ms;
    ++steps_;
    entry.action();
    return true;
  }

  std::uint64_t steps() const { return steps_; }

  /// Ask before making a line.
  bool is_traced() const { return is_traced_; }

  void trace(const std::string& line) const {
    std::printf("%9lld  %s\n", static_cast<long long>(now_), line.c_str());
  }

 private:
  struct Entry {
    std::int64_t ms = 0;
    std::uint64_t order = 0;
    std::function<void()> action;

    friend bool operator<(const Entry& a, const Entry& b) {
      return a.ms != b.ms ? a.ms > b.ms : a.order > b.order;
    }
  };

  const bool is_traced_;
  std::int64_t now_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t steps_ = 0;
  std::priority_queue<Entry> queue_;
};

}  // namespace parley::sim
