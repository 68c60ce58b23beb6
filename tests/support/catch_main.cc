// The test program's main, and the closing line that every runner of ours prints.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdio>

namespace {

class ClosingLine : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testRunEnded(const Catch::TestRunStats& stats) override {
    const auto& cases = stats.totals.testCases;
    std::fflush(stdout);
    std::fprintf(stderr, "tally: %llu passed, %llu failed\n",
                 static_cast<unsigned long long>(cases.passed + cases.failedButOk),
                 static_cast<unsigned long long>(cases.failed));
  }
};

CATCH_REGISTER_LISTENER(ClosingLine)

}  // namespace

int main(int argc, char* argv[]) {
  const int result = Catch::Session().run(argc, argv);
  return result == 0 ? 0 : 1;
}
