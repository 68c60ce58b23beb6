#include "bench/measured.h"

#include <algorithm>
#include <ctime>

namespace parley::bench {
namespace {

constexpr int kRounds = 15;
constexpr double kRoundUs = 2000;

/// Of this thread only: whatever else runs meanwhile does not count.
double processor_time_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double spent_us(const std::function<void()>& call, int calls) {
  const double start = processor_time_us();
  for (int i = 0; i < calls; ++i) {
    call();
  }
  return processor_time_us() - start;
}

}  // namespace

Measured::Measured(std::function<void()> call) : call_(std::move(call)) {
  while (spent_us(call_, calls_) < kRoundUs) {
    calls_ *= 2;
  }
}

void Measured::round() {
  best_us_ = std::min(best_us_, spent_us(call_, calls_) / calls_);
}

void measure(std::initializer_list<Measured*> all) {
  for (int i = 0; i < kRounds; ++i) {
    for (Measured* const one : all) {
      one->round();
    }
  }
}

}  // namespace parley::bench
