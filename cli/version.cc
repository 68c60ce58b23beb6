#include <cstdio>

#include "cli/commands.h"

namespace parley::cli {
namespace {

class VersionCommand final : public Command {
 public:
  std::string name() const override { return "version"; }

  std::string summary() const override { return "Print the version"; }

  void declare(Flags&) override {}

  ExitCode run() override {
    std::printf("parley %s\n", PARLEY_VERSION);
    return ExitCode::done;
  }
};

}  // namespace

std::unique_ptr<Command> make_version_command() {
  return std::make_unique<VersionCommand>();
}

}  // namespace parley::cli
