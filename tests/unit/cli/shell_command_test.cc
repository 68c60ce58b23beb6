#include <cstdlib>

#include <catch2/catch.hpp>

#include "cli/shell_command.h"

using namespace parley;
using namespace parley::cli;

TEST_CASE("a command gets our environment, but for what stands in place of it") {
  REQUIRE(::setenv("PARLEY_TEST_KEY", "a secret", 1) == 0);
  REQUIRE(::setenv("PARLEY_TEST_OTHER", "an open word", 1) == 0);
  const auto outcome = run_shell_command("env; cat", as_bytes("the input"),
                                         {"PARLEY_TEST_KEY=", "PARLEY_TEST_MORE=1"}, {});
  REQUIRE(outcome);
  CHECK(outcome->status == 0);
  const std::string_view out = as_text(outcome->output);
  CHECK(out.find("a secret") == std::string_view::npos);
  CHECK(out.find("PARLEY_TEST_OTHER=an open word") != std::string_view::npos);
  CHECK(out.find("PARLEY_TEST_MORE=1") != std::string_view::npos);
  CHECK(out.ends_with("the input"));
}
