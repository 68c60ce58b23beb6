#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace parley::cli {

/// Another run of this program, with other arguments; its standard error goes to a file.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills it, if it still runs.
  ~Child();

  /// Throws Failure when it cannot be started. One at a time.
  void start(const std::vector<std::string>& arguments, const std::string& log);

  bool is_running() const { return pid_ > 0; }

  /// SIGKILL: it learns nothing. Waits until it is gone.
  void kill();

  /// SIGTERM: it ends by itself.
  void terminate();

  /// The exit status, once it has ended by itself (128 + the signal when one ended it).
  std::optional<int> poll();

 private:
  pid_t pid_ = 0;
};

/// For the child's side: it goes when whoever started it goes.
void die_with_parent();

}  // namespace parley::cli
