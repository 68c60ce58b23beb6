#include "cli/demo/message_cost.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "bench/bare.h"
#include "bench/message_bench.h"
#include "cli/demo/notes.h"

namespace parley::cli {
namespace {

constexpr int kRounds = 21;
constexpr int kCalls = 100;

template <class F>
double microseconds(F call) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) {
      call();
    }
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - begin;
    rounds.push_back(spent.count() / kCalls);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

DemoOutcome::Cost measure_cost() {
  bench::MessageBench message("Basic256", true, kNoteBytes);
  bench::BareCryptography bare(message.octets(), bench::BareCryptography::Cipher::aes_256_cbc, false);
  DemoOutcome::Cost cost;
  cost.bare_protect_us = microseconds([&] { bare.protect(); });
  cost.protect_us = microseconds([&] { message.protect(); });
  cost.bare_open_us = microseconds([&] { bare.open(); });
  cost.open_us = microseconds([&] { message.open(); });
  return cost;
}

}  // namespace parley::cli
