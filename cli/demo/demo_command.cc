#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "cli/commands.h"
#include "cli/demo/demo_run.h"
#include "cli/demo/message_cost.h"
#include "cli/failure.h"
#include "cli/file_output.h"

namespace parley::cli {
namespace {

// A new folder for one run, gone after it unless something went wrong.
class RunFolder {
 public:
  RunFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Failure(ExitCode::environment, name + ": " + std::strerror(errno) +
                                               "; let TMPDIR name a folder that can be written");
    }
    path_ = name;
  }

  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  ~RunFolder() {
    if (!is_kept_) {
      std::error_code ignored;
      std::filesystem::remove_all(path_, ignored);
    }
  }

  const std::string& path() const { return path_; }

  void keep() { is_kept_ = true; }

 private:
  std::string path_;
  bool is_kept_ = false;
};

/// Either process; started by the demonstration itself.
class RoleCommand final : public Command {
 public:
  RoleCommand(Side side, ExitCode (*role)(const RoleSettings&)) : side_(side), role_(role) {}

  std::string name() const override { return std::string(name_of(side_)); }

  std::string summary() const override { return "One side of the demonstration"; }

  bool is_hidden() const override { return true; }

  void declare(Flags& flags) override {
    flags.text("--folder", "DIR", settings_.folder, "keys, stores and boards", Need::required);
    flags.number("--port", port_, "of the service, or of the network before it");
    flags.number("--seed", settings_.seed, "of the messages");
    flags.number("--messages", settings_.messages, "how many there are");
  }

  ExitCode run() override {
    die_with_parent();
    if (port_ == 0 || port_ > UINT16_MAX) {
      throw Failure(ExitCode::usage, "--port: it takes a number from 1 to 65535");
    }
    settings_.port = static_cast<std::uint16_t>(port_);
    return role_(settings_);
  }

 private:
  Side side_;
  ExitCode (*role_)(const RoleSettings&);
  RoleSettings settings_;
  std::uint64_t port_ = 0;
};

class DemoCommand final : public Command {
 public:
  std::string name() const override { return "demo"; }

  std::string summary() const override {
    return "Two programs, a bad network between them, both killed again and again";
  }

  std::string details() const override {
    return "A client sends messages of 1 KiB, signed and encrypted, to a service; a relay between "
           "them loses 15 % of all requests and answers, doubles 10 % of the requests, delays, "
           "reorders, and cuts connections. Both processes die by SIGKILL and go on with the same "
           "conversation from their stores. At the end the service's digest over everything that "
           "it "
           "delivered must be the client's over everything that it sent. The same seed gives the "
           "same kills and the same faults of the network.";
  }

  void declare(Flags& flags) override {
    flags.number("--seed", seed_, "repeats the schedule of faults (a new one each time)");
    flags.toggle("--short", short_, "2,000 messages, and 2 kills of each side");
    flags.text("--picture", "FILE", picture_, "the run as an SVG file (" + picture_ + ")");
    flags.toggle("--keep", keep_, "keep the stores and logs");
  }

  std::vector<std::unique_ptr<Command>> commands() override {
    std::vector<std::unique_ptr<Command>> roles;
    roles.push_back(std::make_unique<RoleCommand>(Side::service, run_service));
    roles.push_back(std::make_unique<RoleCommand>(Side::client, run_client));
    return roles;
  }

  ExitCode run() override {
    RunFolder folder;
    DemoSettings settings;
    settings.folder = folder.path();
    settings.seed = seed_ ? *seed_ : fresh_seed();
    if (short_) {
      settings.messages = 2000;
      settings.kills = 2;
    }
    std::printf("parley demo: seed %llu, %s messages, %llu kills of each side\n",
                static_cast<unsigned long long>(settings.seed), grouped(settings.messages).c_str(),
                static_cast<unsigned long long>(settings.kills));
    std::fflush(stdout);
    const DemoOutcome outcome = play(settings, folder);
    need(write_durably(picture_, as_bytes(to_svg(outcome)), Readers::everybody), picture_);
    std::printf("\n%s\n  picture: %s\n", to_table(outcome).c_str(), picture_.c_str());
    const std::vector<std::string> problems = outcome.problems();
    if (keep_ || !problems.empty()) {
      folder.keep();
      std::printf("  stores and logs: %s\n", folder.path().c_str());
    }
    if (!problems.empty()) {
      throw Failure(ExitCode::unsound,
                    all_of(problems) + "; repeat it with --seed " + std::to_string(settings.seed));
    }
    return ExitCode::done;
  }

 private:
  static DemoOutcome play(const DemoSettings& settings, RunFolder& folder) {
    try {
      DemoRun demo(settings);
      demo.play();
      DemoOutcome outcome = demo.outcome();
      outcome.cost = measure_cost();
      return outcome;
    } catch (const Failure& failure) {
      if (failure.code() != ExitCode::unfinished) {
        folder.keep();
      }
      throw;
    }
  }

  static std::uint64_t fresh_seed() {
    return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) %
           1000000;
  }

  static std::string all_of(const std::vector<std::string>& problems) {
    std::string all;
    for (const std::string& problem : problems) {
      all += all.empty() ? problem : ", " + problem;
    }
    return all;
  }

  std::optional<std::uint64_t> seed_;
  bool short_ = false;
  bool keep_ = false;
  std::string picture_ = "parley-demo.svg";
};

}  // namespace

std::unique_ptr<Command> make_demo_command() {
  return std::make_unique<DemoCommand>();
}

}  // namespace parley::cli
