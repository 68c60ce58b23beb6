#include <algorithm>
#include <cstdio>

#include "cli/commands.h"
#include "cli/named_profiles.h"
#include "cli/settings_tables.h"

namespace parley::cli {
namespace {

void print_text(const SettingTable& table) {
  std::printf("%s: %s\n", table.title.c_str(), table.about.c_str());
  for (const SettingLine& line : table.lines) {
    std::printf("  %-38s %s (%s): %s\n", line.name.c_str(), line.value.c_str(), line.unit.c_str(),
                line.reason.c_str());
  }
  std::printf("\n");
}

// A bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.insert(at, "\\");
  }
  return text;
}

void print_markdown(const SettingTable& table) {
  const bool is_profile = table.title == "Profile";
  std::printf("\n## %s\n\n%s\n\n| setting | default | %s | why |\n|---|---:|---|---|\n",
              table.title.c_str(), table.about.c_str(), is_profile ? "values" : "unit");
  for (const SettingLine& line : table.lines) {
    std::printf("| `%s` | %s | %s | %s |\n", line.name.c_str(), cell(line.value).c_str(),
                cell(line.unit).c_str(), cell(line.reason).c_str());
  }
}

/// One column for each profile, one row for each value in which any two of them differ.
void print_profiles() {
  std::printf(
      "\n## Named profiles\n\n`--profile NAME` takes all values of a column at once; `--set` then "
      "changes single ones.\nNot named here are the values in which all are alike.\n\n| setting |");
  std::vector<std::vector<SettingValue>> columns;
  for (const NamedProfile& profile : named_profiles()) {
    std::printf(" `%s` |", std::string(profile.name).c_str());
    columns.push_back(values_of(settings_of(profile.name)));
  }
  std::printf("\n|---|");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::printf("---:|");
  }
  std::printf("\n");
  for (std::size_t row = 0; row < columns.front().size(); ++row) {
    const bool differs = std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
      return column[row].value != columns.front()[row].value;
    });
    if (!differs) {
      continue;
    }
    std::printf("| `%s` |", columns.front()[row].name.c_str());
    for (const auto& column : columns) {
      std::printf(" %s |", column[row].value.c_str());
    }
    std::printf("\n");
  }
}

class SettingsCommand final : public Command {
 public:
  std::string name() const override { return "settings"; }

  std::string summary() const override { return "List every setting and limit with its default"; }

  std::string details() const override {
    return "'parley serve' and 'parley send' take them as --set NAME=VALUE.";
  }

  void declare(Flags& flags) override {
    flags.toggle("--markdown", markdown_, "as docs/settings.md has them");
  }

  ExitCode run() override {
    if (markdown_) {
      std::printf(
          "# Settings and limits\n\n"
          "Written by `parley settings --markdown` from the tables in the code; a test compares "
          "the two.\n"
          "`parley serve` and `parley send` take each as `--set NAME=VALUE`; a program that embeds "
          "Parley "
          "finds the\nsame names, without what stands before the dot, in `Profile`, "
          "`Profile::rm_settings`, "
          "`EngineSettings`,\n`ContextSettings` and `Limits`.\n");
    }
    for (const SettingTable& table : setting_tables()) {
      markdown_ ? print_markdown(table) : print_text(table);
    }
    if (markdown_) {
      print_profiles();
    }
    return ExitCode::done;
  }

 private:
  bool markdown_ = false;
};

}  // namespace

std::unique_ptr<Command> make_settings_command() {
  return std::make_unique<SettingsCommand>();
}

}  // namespace parley::cli
