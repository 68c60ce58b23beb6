#include "tests/hostile/isolated.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::vectors {
namespace {

// Sanitizers make everything slower and bigger.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
constexpr int kSlowness = kIsSanitized ? 8 : 1;

long resident_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Address space in use, in octets.
rlim_t address_space() {
  std::ifstream in("/proc/self/statm");
  rlim_t pages = 0;
  in >> pages;
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// The verdict as octets: its outcome, then the reason.
std::string pack(const Verdict& verdict) {
  return std::string(1, static_cast<char>('0' + static_cast<int>(verdict.outcome))) + verdict.why;
}

[[noreturn]] void be_child(int out, const std::function<Verdict()>& judge, const Bounds& bounds) {
  limit(RLIMIT_CPU, static_cast<rlim_t>(bounds.cpu_seconds * kSlowness));
  limit(RLIMIT_CORE, 0);
  if (!kIsSanitized) {
    // Memory that is asked for and never touched counts too. Sanitizers reserve terabytes.
    limit(RLIMIT_AS, address_space() + (static_cast<rlim_t>(bounds.reserved_kib) << 10U));
  }
  alarm(static_cast<unsigned>(4 * bounds.cpu_seconds * kSlowness));
  limit(RLIMIT_NOFILE, 0);
  const long before = resident_kib();
  Verdict verdict;
  try {
    verdict = judge();
  } catch (const std::exception& problem) {
    verdict = failed(problem.what());
  }
  if (const long growth = resident_kib() - before; growth > bounds.resident_kib * kSlowness) {
    verdict = failed("took " + std::to_string(growth) + " KiB of memory");
  }
  const std::string packed = pack(verdict);
  const bool is_written = write(out, packed.data(), packed.size()) > 0;
  _exit(is_written ? 0 : 1);
}

std::string read_all(int in) {
  std::string all;
  std::array<char, 4096> buffer{};
  for (ssize_t size = 0; (size = read(in, buffer.data(), buffer.size())) > 0;) {
    all.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return all;
}

Verdict unpack(const std::string& packed, int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return failed(signal == SIGXCPU || signal == SIGKILL || signal == SIGALRM
                      ? "took too long"
                      : std::string("crashed: ") + strsignal(signal));
  }
  const int outcome = packed.empty() ? -1 : packed.front() - '0';
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || outcome < 0 || outcome > 2) {
    return failed("ended without a verdict");
  }
  return {static_cast<Verdict::Outcome>(outcome), packed.substr(1)};
}

}  // namespace

Verdict run_isolated(const std::function<Verdict()>& judge, const Bounds& bounds) {
  std::array<int, 2> pipe_ends{};
  std::fflush(nullptr);
  if (pipe(pipe_ends.data()) != 0) {
    return failed("no pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    be_child(pipe_ends[1], judge, bounds);
  }
  close(pipe_ends[1]);
  if (child < 0) {
    close(pipe_ends[0]);
    return failed("no process");
  }
  const std::string packed = read_all(pipe_ends[0]);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return unpack(packed, status);
}

}  // namespace parley::vectors
