#include "cli/exit_code.h"
#include "tests/unit/cli/program_run.h"

using namespace parley::cli;

namespace {

const std::vector<std::vector<std::string>> kCommands{{},
                                                      {"serve"},
                                                      {"send"},
                                                      {"open"},
                                                      {"derive"},
                                                      {"store"},
                                                      {"store", "ls"},
                                                      {"store", "show"},
                                                      {"store", "verify"},
                                                      {"profiles"},
                                                      {"settings"},
                                                      {"demo"},
                                                      {"version"}};

std::vector<std::string> with(std::vector<std::string> command, const std::string& argument) {
  command.push_back(argument);
  return command;
}

}  // namespace

TEST_CASE("every command has a --help that shows every exit code") {
  for (const auto& command : kCommands) {
    const Ran ran = run_parley(with(command, "--help"));
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    CHECK(ran.out.find("Usage: parley") != std::string::npos);
    for (const ExitCodeRow& row : exit_code_rows()) {
      CHECK(ran.out.find(std::to_string(static_cast<int>(row.code))) != std::string::npos);
      CHECK(ran.out.find(row.text) != std::string::npos);
    }
  }
}

TEST_CASE("the manual has every command and the table of exit codes as --help has it") {
  const std::string manual = read_text(source_file("docs/program.md"));
  for (const ExitCodeRow& row : exit_code_rows()) {
    const std::string line =
        "| " + std::to_string(static_cast<int>(row.code)) + " | " + std::string(row.text) + " |";
    CHECK(manual.find(line) != std::string::npos);
  }
  for (const auto& command : kCommands) {
    if (!command.empty()) {
      CHECK(manual.find("`parley " + command.front()) != std::string::npos);
    }
  }
}

TEST_CASE("docs/settings.md is what the program prints") {
  const Ran ran = run_parley({"settings", "--markdown"});
  CHECK(ran.status == 0);
  CHECK(ran.out == read_text(source_file("docs/settings.md")));
}

TEST_CASE("a wrong command line is status 2 and one line that says where to look") {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"nonsense"},
      {"derive"},
      {"derive", "--secret"},
      {"derive", "--secret", "00", "--offset", "-1"},
      {"derive", "--secret", "00", "--offset", "many"},
      {"derive", "--secret", "00", "--hash", "md5"},
      {"store"},
      {"store", "show"},
      {"settings", "more"},
      {"send", "http://127.0.0.1:1/x"},
      {"send", "ftp://127.0.0.1/x", "--action", "urn:a"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--lines", "--null"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--resume"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--set", "nonsense=1"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--set", "rm.window=many"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--set", "soap=1.3"},
      {"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--profile", "theirs"},
      {"serve"},
      {"serve", "--address", "here"},
      {"serve", "--address", "http://127.0.0.1:0/x", "--into", "/tmp/x", "--run", "cat"},
      {"open"},
      {"open", "/dev/null", "--context", "secret"},
      {"open", "/dev/null", "--body", "--envelope"},
      {"demo", "client"},
  };
  for (const auto& arguments : wrong) {
    const Ran ran = run_parley(arguments);
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(is_one_line(ran.err));
  }
}

TEST_CASE("what a command line quotes cannot steer the terminal") {
  const Ran ran = run_parley({"\x1b[2Jnonsense\n\xc2\x9b"});
  CHECK(ran.status == 2);
  CHECK(is_one_line(ran.err));
  CHECK(ran.err.find('\x1b') == std::string::npos);
  CHECK(ran.err.find("\\x1b[2J") != std::string::npos);
  CHECK(ran.err.find("\\x9b") != std::string::npos);
}

TEST_CASE("the version is the project's") {
  const Ran ran = run_parley({"version"});
  CHECK(ran.status == 0);
  const std::string build = read_text(source_file("meson.build"));
  REQUIRE(ran.out.starts_with("parley "));
  const std::string version = ran.out.substr(7, ran.out.size() - 8);
  CHECK(build.find("version: '" + version + "'") != std::string::npos);
}
