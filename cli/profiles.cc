#include <cstdio>

#include "cli/commands.h"
#include "cli/named_profiles.h"
#include "host/spoken.h"

namespace parley::cli {
namespace {

void print_list() {
  for (const NamedProfile& profile : named_profiles()) {
    std::printf("%-10s %.*s\n", std::string(profile.name).c_str(),
                static_cast<int>(profile.about.size()), profile.about.data());
    for (const std::string& line : host::unspoken(settings_of(profile.name).profile)) {
      std::printf("           %s\n", line.c_str());
    }
  }
}

class ProfilesCommand final : public Command {
 public:
  std::string name() const override { return "profiles"; }

  std::string summary() const override { return "List the named profiles, or the values of one"; }

  std::string details() const override {
    return "A profile is a set of values under a name: what one kind of peer expects, and habits "
           "that suit it. 'parley serve' and 'parley send' take one as --profile NAME, and each of "
           "the values as --set NAME=VALUE. With a NAME this prints the values of that profile, "
           "one NAME=VALUE a line: those that both peers must agree on, and those that differ from "
           "the defaults.";
  }

  void declare(Flags& flags) override {
    flags.text("NAME", "", name_, "the profile to print");
    flags.toggle("--all", all_, "print the defaults too");
  }

  ExitCode run() override {
    if (name_.empty()) {
      print_list();
      return ExitCode::done;
    }
    const Settings settings = settings_of(name_);
    for (const SettingValue& value : values_of(settings)) {
      if (all_ || value.is_agreed_on || !value.is_default) {
        std::printf("%s=%s\n", value.name.c_str(), value.value.c_str());
      }
    }
    return ExitCode::done;
  }

 private:
  std::string name_;
  bool all_ = false;
};

}  // namespace

std::unique_ptr<Command> make_profiles_command() {
  return std::make_unique<ProfilesCommand>();
}

}  // namespace parley::cli
