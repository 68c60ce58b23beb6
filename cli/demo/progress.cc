#include "cli/demo/progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "cli/demo/outcome.h"

namespace parley::cli {
namespace {

constexpr double kTerminalPause = 0.1;
constexpr double kLogPause = 5;
constexpr std::size_t kBar = 24;

}  // namespace

Progress::Progress(std::uint64_t messages)
    : messages_(messages), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(const Sample& sample, std::uint64_t kills_client, std::uint64_t kills_service) {
  if (sample.second < next_second_) {
    return;
  }
  next_second_ = sample.second + (is_terminal_ ? kTerminalPause : kLogPause);
  const std::uint64_t full = std::min<std::uint64_t>(kBar, sample.delivered * kBar / messages_);
  const std::string bar =
      std::string(full, '#') + std::string(kBar - static_cast<std::size_t>(full), '.');
  std::fprintf(stderr,
               "%s%5.1f s [%s] sent %s, delivered %s, acknowledged %s, again %s, dropped %s; kills "
               "%llu + %llu%s",
               is_terminal_ ? "\r" : "", sample.second, bar.c_str(), grouped(sample.sent).c_str(),
               grouped(sample.delivered).c_str(), grouped(sample.acknowledged).c_str(),
               grouped(sample.resent).c_str(), grouped(sample.duplicates).c_str(),
               static_cast<unsigned long long>(kills_client),
               static_cast<unsigned long long>(kills_service), is_terminal_ ? " \x1b[K" : "\n");
  is_line_open_ = is_terminal_;
}

void Progress::finish() {
  if (is_line_open_) {
    std::fputc('\n', stderr);
    is_line_open_ = false;
  }
}

}  // namespace parley::cli
