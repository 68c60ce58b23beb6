// Mutated messages for the gate, the codec and the inspection: a bounded number of them, from a
// seed.
//
//     fuzz [--seed N] [--iterations N] [--only ITERATION] CORPUS

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "tests/fuzz/corpus.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/targets.h"

namespace {

using namespace parley;
using namespace parley::fuzz;

constexpr std::size_t kSizeMax = 64 << 10;
constexpr int kFailuresMax = 10;

std::array<char, 128> at_hand{};  ///< what a crash has to say

extern "C" void on_crash(int signal) {
  const ssize_t written = write(2, at_hand.data(), std::strlen(at_hand.data()));
  static_cast<void>(written);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

struct Run {
  std::uint64_t seed = 1;
  std::uint64_t first = 0;
  std::uint64_t iterations = 20'000;
  bool is_shown = false;  ///< of one iteration: its message
};

/// Every iteration has a generator of its own, so that one can be repeated alone.
Bytes message_of(const Corpus& corpus, const Mutator& mutator, const Seed*& seed, Random random) {
  seed = &corpus.seeds()[random.below(corpus.seeds().size())];
  return mutator.mutate(seed->message, seed->elements, random, kSizeMax);
}

int fuzz_all(const Corpus& corpus, const Targets& targets, const Run& run) {
  const Mutator mutator(corpus.dictionary(), corpus.pieces());
  int failures = 0;
  for (std::uint64_t i = run.first; i < run.first + run.iterations; ++i) {
    std::snprintf(at_hand.data(), at_hand.size(),
                  "fuzz: crashed; repeat with --seed %llu --only %llu\n",
                  static_cast<unsigned long long>(run.seed), static_cast<unsigned long long>(i));
    const Seed* seed = nullptr;
    const Bytes message =
        message_of(corpus, mutator, seed, Random(run.seed * 0x9e3779b97f4a7c15ULL + i));
    if (run.is_shown) {
      std::fwrite(message.data(), 1, message.size(), stdout);
      std::printf("\n");
    }
    for (const std::string& problem :
         {Targets::check_document(message), targets.check_codec(message, seed->posture),
          i % 8 == 0 ? Targets::check_inspection(message, seed->posture) : std::string()}) {
      if (!problem.empty() && ++failures <= kFailuresMax) {
        std::printf("    %s; repeat with --seed %llu --only %llu\n", problem.c_str(),
                    static_cast<unsigned long long>(run.seed), static_cast<unsigned long long>(i));
      }
    }
  }
  std::printf(
      "tally: %llu passed, %d failed\n",
      static_cast<unsigned long long>(run.iterations) - static_cast<unsigned long long>(failures),
      failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  Run run;
  const char* folder = nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::uint64_t value = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
    if (argument == "--seed") {
      run.seed = value;
      ++i;
    } else if (argument == "--iterations") {
      run.iterations = value;
      ++i;
    } else if (argument == "--only") {
      run.first = value;
      run.iterations = 1;
      run.is_shown = true;
      ++i;
    } else {
      folder = argv[i];
    }
  }
  if (folder == nullptr) {
    std::fprintf(stderr, "usage: fuzz [--seed N] [--iterations N] [--only ITERATION] CORPUS\n");
    return 2;
  }
#if !defined(__SANITIZE_ADDRESS__)
  // A sanitizer has more to say.
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS}) {
    std::signal(signal, on_crash);
  }
#endif
  try {
    const Corpus corpus(folder);
    const std::filesystem::path keys = std::filesystem::path(folder) / "vectors/keys";
    return fuzz_all(corpus, Targets(corpus, vectors::read_credentials(keys)), run);
  } catch (const vectors::BadVector& problem) {
    std::fprintf(stderr, "fuzz: %s\n", problem.what());
    return 2;
  }
}
