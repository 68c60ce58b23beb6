// The one file that knows the parser of command lines.

#include <csignal>
#include <cstdio>
#include <map>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/failure.h"
#include "cli/flags.h"
#include "cli/printable.h"

namespace parley::cli {
namespace {

class ParserFlags final : public Flags {
 public:
  explicit ParserFlags(CLI::App& app) : app_(app) {}

  void text(const std::string& name,
            const std::string& value,
            std::string& target,
            const std::string& help,
            Need need) override {
    app_.add_option(name, target, help)
        ->option_text(value + (need == Need::required ? " (required)" : ""))
        ->required(need == Need::required);
  }

  void text(const std::string& name,
            const std::string& value,
            std::optional<std::string>& target,
            const std::string& help) override {
    app_.add_option_function<std::string>(
            name, [&target](const std::string& given) { target = given; }, help)
        ->option_text(value);
  }

  void texts(const std::string& name,
             const std::string& value,
             std::vector<std::string>& target,
             const std::string& help,
             Need need) override {
    const bool is_flag = name.front() == '-';
    app_.add_option(name, target, help)
        ->option_text(value + (need == Need::required ? " (required) ..." : " ..."))
        ->required(need == Need::required)
        ->allow_extra_args(!is_flag);
  }

  void number(const std::string& name, std::uint64_t& target, const std::string& help) override {
    app_.add_option(name, target, help + " (" + std::to_string(target) + ")")
        ->option_text("N")
        ->check(CLI::NonNegativeNumber);
  }

  void number(const std::string& name,
              std::optional<std::uint64_t>& target,
              const std::string& help) override {
    app_.add_option_function<std::uint64_t>(
            name, [&target](const std::uint64_t& given) { target = given; }, help)
        ->option_text("N")
        ->check(CLI::NonNegativeNumber);
  }

  void choice(const std::string& name,
              const std::vector<std::string>& values,
              std::string& target,
              const std::string& help) override {
    std::string shown;
    for (const std::string& value : values) {
      shown += shown.empty() ? value : "|" + value;
    }
    app_.add_option(name, target, help + " (" + target + ")")
        ->option_text(shown)
        ->check(CLI::IsMember(values));
  }

  void toggle(const std::string& name, bool& target, const std::string& help) override {
    app_.add_flag(name, target, help);
  }

 private:
  CLI::App& app_;
};

// Breaks lines between words.
std::string wrapped(const std::string& text) {
  constexpr std::size_t kColumns = 96;
  std::string out;
  std::size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool fits = column == 0 || column + 1 + word.size() <= kColumns;
    out += column == 0 ? "" : fits ? " " : "\n";
    column = fits && column != 0 ? column + 1 + word.size() : word.size();
    out += word;
  }
  return out + "\n";
}

std::string exit_code_text() {
  std::string text = "Exit codes:\n";
  for (const ExitCodeRow& row : exit_code_rows()) {
    char line[256];
    std::snprintf(line, sizeof line, "  %-3d %.*s\n", static_cast<int>(row.code),
                  static_cast<int>(row.text.size()), row.text.data());
    text += line;
  }
  text.pop_back();
  return text;
}

// The parser's commands and ours, side by side.
class Tree {
 public:
  void add(CLI::App& parent, std::unique_ptr<Command> command) {
    std::string description = command->summary() + ".\n";
    if (!command->details().empty()) {
      description += "\n" + wrapped(command->details());
    }
    CLI::App& app = *parent.add_subcommand(command->name(), description);
    app.footer(exit_code_text());
    if (command->is_hidden()) {
      app.group("");
    }
    ParserFlags flags(app);
    command->declare(flags);
    for (std::unique_ptr<Command>& below : command->commands()) {
      add(app, std::move(below));
    }
    commands_.emplace(&app, std::move(command));
  }

  Command& at(const CLI::App& app) const { return *commands_.at(&app); }

 private:
  std::map<const CLI::App*, std::unique_ptr<Command>> commands_;
};

// The list of commands shows their summaries alone.
class ListFormatter final : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* sub) const override {
    const std::string description = sub->get_description();
    std::stringstream out;
    CLI::detail::format_help(out, sub->get_name(), description.substr(0, description.find(".\n")),
                             column_width_);
    return out.str();
  }
};

int say(std::string_view command, std::string_view line, ExitCode code) {
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(command.size()), command.data(),
               printable(line).c_str());
  return static_cast<int>(code);
}

// "parley", "parley store", …
std::string title_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : title_of(*app.get_parent()) + " " + app.get_name();
}

const CLI::App& deepest(const CLI::App& app) {
  const auto selected = app.get_subcommands();
  return selected.empty() ? app : deepest(*selected.back());
}

int run_command(Command& command, const std::string& title) {
  try {
    const ExitCode code = command.run();
    // What was printed and did not arrive was not done.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return say(title, "standard output could not be written", ExitCode::environment);
    }
    return static_cast<int>(code);
  } catch (const Failure& failure) {
    std::fflush(stdout);
    return say(title, failure.what(), failure.code());
  } catch (const std::bad_alloc&) {
    return say(title, "out of memory", ExitCode::environment);
  } catch (const std::exception& unforeseen) {
    return say(title, std::string("unforeseen: ") + unforeseen.what(), ExitCode::internal);
  }
}

}  // namespace

int run_program(std::vector<std::unique_ptr<Command>> commands, int argc, char* argv[]) {
  // A reader that has gone is an error of the write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(
      "Secured, reliable conversations between services: WS-SecureConversation and "
      "WS-ReliableMessaging that outlive a crash of either side.",
      "parley");
  app.formatter(std::make_shared<ListFormatter>());
  app.get_formatter()->column_width(34);
  app.footer("'parley COMMAND --help' tells more.\n\n" + exit_code_text());
  app.require_subcommand(0, 1);
  Tree tree;
  for (std::unique_ptr<Command>& command : commands) {
    tree.add(app, std::move(command));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::ParseError& problem) {
    const std::string title = title_of(deepest(app));
    return say(title, std::string(problem.what()) + "; see '" + title + " --help'",
               ExitCode::usage);
  }
  const CLI::App& selected = deepest(app);
  if (&selected == &app) {
    return say("parley", "which command? see 'parley --help'", ExitCode::usage);
  }
  return run_command(tree.at(selected), title_of(selected));
}

}  // namespace parley::cli
