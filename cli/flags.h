#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"

namespace parley::cli {

enum class Need : std::uint8_t { optional, required };

/// Where a command declares what may stand on its line. A name with dashes ("--store",
/// "-q,--quiet") is a flag; without them it is what stands by position. `value` names the value in
/// --help. The targets must outlive the parse, and hold the defaults before it.
class Flags {
 public:
  virtual ~Flags() = default;

  virtual void text(const std::string& name,
                    const std::string& value,
                    std::string& target,
                    const std::string& help,
                    Need need = Need::optional) = 0;
  /// Tells an empty text from none.
  virtual void text(const std::string& name,
                    const std::string& value,
                    std::optional<std::string>& target,
                    const std::string& help) = 0;
  /// May be given again and again.
  virtual void texts(const std::string& name,
                     const std::string& value,
                     std::vector<std::string>& target,
                     const std::string& help,
                     Need need = Need::optional) = 0;
  virtual void number(const std::string& name, std::uint64_t& target, const std::string& help) = 0;
  virtual void number(const std::string& name,
                      std::optional<std::uint64_t>& target,
                      const std::string& help) = 0;
  /// Only one of `values`.
  virtual void choice(const std::string& name,
                      const std::vector<std::string>& values,
                      std::string& target,
                      const std::string& help) = 0;
  virtual void toggle(const std::string& name, bool& target, const std::string& help) = 0;
};

/// One command of the program. Everything it does beyond reading its line lies in the library.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::string name() const = 0;
  /// One line, without a full stop.
  virtual std::string summary() const = 0;

  /// More paragraphs for --help.
  virtual std::string details() const { return {}; }

  /// Left out of the list of commands.
  virtual bool is_hidden() const { return false; }

  virtual void declare(Flags& flags) = 0;

  /// A command with commands below it runs only when none of those was named.
  virtual std::vector<std::unique_ptr<Command>> commands() { return {}; }

  /// Throws Failure.
  virtual ExitCode run() = 0;
};

/// Reads the line, runs the command that it names, prints what failed on one line of standard
/// error.
int run_program(std::vector<std::unique_ptr<Command>> commands, int argc, char* argv[]);

}  // namespace parley::cli
