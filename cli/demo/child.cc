#include "cli/demo/child.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/failure.h"

extern char** environ;

namespace parley::cli {
namespace {

std::string own_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0 || static_cast<std::size_t>(size) == sizeof path) {
    throw Failure(ExitCode::environment, "the program cannot find itself; mount /proc");
  }
  return {path, static_cast<std::size_t>(size)};
}

pid_t wait_for(pid_t pid, int* status, int options) {
  pid_t ended = 0;
  do {
    ended = ::waitpid(pid, status, options);
  } while (ended < 0 && errno == EINTR);
  return ended;
}

}  // namespace

Child::~Child() {
  kill();
}

void Child::start(const std::vector<std::string>& arguments, const std::string& log) {
  const std::string program = own_path();
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int failed = ::posix_spawn(&pid_, program.c_str(), &files, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) {
    pid_ = 0;
    throw Failure(ExitCode::environment,
                  std::string("another process cannot be started: ") + std::strerror(failed));
  }
}

void Child::kill() {
  if (is_running()) {
    ::kill(pid_, SIGKILL);
    wait_for(pid_, nullptr, 0);
    pid_ = 0;
  }
}

void Child::terminate() {
  if (is_running()) {
    ::kill(pid_, SIGTERM);
  }
}

std::optional<int> Child::poll() {
  int status = 0;
  if (!is_running() || wait_for(pid_, &status, WNOHANG) != pid_) {
    return std::nullopt;
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void die_with_parent() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

}  // namespace parley::cli
