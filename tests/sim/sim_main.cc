// Runs schedules by their seeds. Closing line: "tally: P passed, F failed".

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/sim/simulation.h"

namespace {

using parley::sim::Simulation;

constexpr std::uint64_t kCount = 20000;
// After so many failures the others add nothing.
constexpr std::uint64_t kFailuresMax = 10;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = kCount;
  bool is_traced = false;
  bool is_valid = true;
};

// For the handler of a failed assertion, which can do no more than print.
std::uint64_t running_seed = 0;
const char* program = "sim";

void on_abort(int) {
  std::fprintf(stderr, "seed %llu: an assertion failed; replay with: %s --seed %llu --trace\n",
               static_cast<unsigned long long>(running_seed), program,
               static_cast<unsigned long long>(running_seed));
  std::fprintf(stderr, "tally: 0 passed, 1 failed\n");
  std::_Exit(1);
}

Arguments parse(int argc, char* argv[]) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--trace") {
      arguments.is_traced = true;
      continue;
    }
    const char* const text = i + 1 < argc ? argv[++i] : "";
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(text, &end, 10);
    arguments.is_valid = arguments.is_valid && end != text && *end == '\0';
    if (option == "--seed") {
      arguments.first = value;
      arguments.count = 1;
    } else if (option == "--from") {
      arguments.first = value;
    } else if (option == "--count") {
      arguments.count = value;
    } else {
      arguments.is_valid = false;
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char* argv[]) {
  program = argv[0];
  const Arguments arguments = parse(argc, argv);
  if (!arguments.is_valid) {
    std::fprintf(stderr, "usage: %s [--seed N | [--from N] [--count N]] [--trace]\n", program);
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  parley::sim::Tally sum;
  for (std::uint64_t i = 0; i < arguments.count && failed < kFailuresMax; ++i) {
    running_seed = arguments.first + i;
    Simulation simulation(running_seed, arguments.is_traced);
    if (arguments.is_traced) {
      std::printf("%s\n", describe(simulation.plan()).c_str());
    }
    const auto failure = simulation.run();
    const parley::sim::Tally tally = simulation.tally();
    sum.messages += tally.messages;
    sum.requests += tally.requests;
    sum.retransmissions += tally.retransmissions;
    sum.crashes += tally.crashes;
    sum.steps += tally.steps;
    sum.virtual_ms += tally.virtual_ms;
    if (!failure) {
      ++passed;
      continue;
    }
    ++failed;
    std::fflush(stdout);
    std::fprintf(stderr, "seed %llu (%s)\n  %s\n  replay with: %s --seed %llu --trace\n",
                 static_cast<unsigned long long>(running_seed), describe(simulation.plan()).c_str(),
                 failure->c_str(), program, static_cast<unsigned long long>(running_seed));
  }
  std::fflush(stdout);
  std::fprintf(
      stderr,
      "%llu schedules: %llu messages, %llu requests, %llu retransmissions, %llu crashes, "
      "%llu steps, %.1f virtual hours\n",
      static_cast<unsigned long long>(passed + failed),
      static_cast<unsigned long long>(sum.messages), static_cast<unsigned long long>(sum.requests),
      static_cast<unsigned long long>(sum.retransmissions),
      static_cast<unsigned long long>(sum.crashes), static_cast<unsigned long long>(sum.steps),
      static_cast<double>(sum.virtual_ms) / 3600000.0);
  std::fprintf(stderr, "tally: %llu passed, %llu failed\n", static_cast<unsigned long long>(passed),
               static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
