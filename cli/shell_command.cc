#include "cli/shell_command.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace parley::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether a "NAME=value" of the same name is in the list.
bool is_among(const std::vector<std::string>& list, std::string_view one) {
  const std::string_view name = one.substr(0, one.find('=') + 1);
  return std::any_of(list.begin(), list.end(),
                     [name](const std::string& other) { return other.starts_with(name); });
}

// Both ends of a pipe; closed when it goes.
class Pipe {
 public:
  Pipe() { is_open_ = ::pipe2(ends_, O_CLOEXEC) == 0; }

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  ~Pipe() {
    close(0);
    close(1);
  }

  bool is_open() const { return is_open_; }

  int end(int which) const { return ends_[which]; }

  void close(int which) {
    if (ends_[which] >= 0) {
      ::close(ends_[which]);
      ends_[which] = -1;
    }
  }

 private:
  int ends_[2] = {-1, -1};
  bool is_open_;
};

// The command, in a process group of its own.
class Running {
 public:
  Running(const std::string& command,
          const std::vector<std::string>& more,
          const Pipe& in,
          const Pipe& out) {
    const char* const argv[] = {"/bin/sh", "-c", command.c_str(), nullptr};
    std::vector<char*> environment;
    for (const std::string& one : more) {
      environment.push_back(const_cast<char*>(one.c_str()));
    }
    for (char** one = environ; *one != nullptr; ++one) {
      if (!is_among(more, *one)) {
        environment.push_back(*one);
      }
    }
    environment.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in.end(0), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out.end(1), STDOUT_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    // The signals that this program waits for or ignores are none of the command's business.
    sigset_t none;
    sigset_t ours;
    sigemptyset(&none);
    sigemptyset(&ours);
    sigaddset(&ours, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &ours);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (::posix_spawn(&pid_, argv[0], &files, &attributes, const_cast<char**>(argv),
                      environment.data()) != 0) {
      pid_ = 0;
    }
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }

  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  ~Running() {
    if (pid_ > 0) {
      ::kill(-pid_, SIGKILL);
      while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  bool has_started() const { return pid_ > 0; }

  /// False while it runs.
  bool has_ended(int& status) {
    int raw = 0;
    if (::waitpid(pid_, &raw, WNOHANG) != pid_) {
      return false;
    }
    pid_ = 0;
    status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return true;
  }

 private:
  pid_t pid_ = 0;
};

int left_ms(Clock::time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  return left <= 0 ? 0 : static_cast<int>(left);
}

// Feeds and drains both pipes at once, so that neither side waits for the other for ever.
Result<void> converse(Pipe& in,
                      Pipe& out,
                      ByteView input,
                      Bytes& output,
                      const CommandLimits& limits,
                      Clock::time_point end) {
  ::fcntl(in.end(1), F_SETFL, O_NONBLOCK);
  if (input.empty()) {
    in.close(1);
  }
  while (true) {
    pollfd watched[2] = {{out.end(0), POLLIN, 0}, {in.end(1), POLLOUT, 0}};
    const int left = left_ms(end);
    if (left == 0) {
      return Error(ErrorCode::timed_out, "command");
    }
    if (::poll(watched, 2, left) <= 0) {
      continue;
    }
    if (watched[1].revents != 0) {
      const ssize_t written = ::write(in.end(1), input.data(), input.size());
      if (written > 0) {
        input = input.subspan(static_cast<std::size_t>(written));
      }
      // A command need not read all that it is given.
      if (input.empty() || (written < 0 && errno == EPIPE)) {
        in.close(1);
      }
    }
    if (watched[0].revents != 0) {
      Byte block[16384];
      const ssize_t got = ::read(out.end(0), block, sizeof block);
      if (got == 0) {
        return {};
      }
      if (got > 0) {
        output.insert(output.end(), block, block + got);
      }
      if (output.size() > limits.output_bytes) {
        return Error(ErrorCode::too_large, "output of a command");
      }
    }
  }
}

}  // namespace

Result<CommandOutcome> run_shell_command(const std::string& command,
                                         ByteView input,
                                         const std::vector<std::string>& environment,
                                         const CommandLimits& limits) {
  Pipe in;
  Pipe out;
  if (!in.is_open() || !out.is_open()) {
    return Error(ErrorCode::io_failed, "command");
  }
  const Clock::time_point end = Clock::now() + limits.time;
  Running running(command, environment, in, out);
  if (!running.has_started()) {
    return Error(ErrorCode::io_failed, "command");
  }
  in.close(0);
  out.close(1);
  CommandOutcome outcome;
  PARLEY_TRY(converse(in, out, input, outcome.output, limits, end));
  // It has closed its output; that does not mean that it has ended.
  while (!running.has_ended(outcome.status)) {
    if (left_ms(end) == 0) {
      return Error(ErrorCode::timed_out, "command");
    }
    ::poll(nullptr, 0, 5);
  }
  return outcome;
}

}  // namespace parley::cli
