#include "tests/vectors/arguments.h"

#include <cstdlib>
#include <string_view>

namespace parley::vectors {

std::optional<Arguments> Arguments::parse(int argc, char* argv[]) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--tally") {
      arguments.with_tally = true;
    } else if (argument == "--keys" && i + 1 < argc) {
      arguments.keys = argv[++i];
    } else if (argument == "--shared" && i + 2 < argc) {
      const char* const named = std::getenv("PARLEY_SHARED");
      const std::filesystem::path root = named != nullptr ? named : argv[i + 2];
      arguments.roots.push_back(root / argv[i + 1]);
      arguments.is_left_out = !std::filesystem::exists(arguments.roots.back());
      i += 2;
    } else if (argument.starts_with("--")) {
      return std::nullopt;
    } else {
      arguments.roots.emplace_back(argument);
    }
  }
  return arguments.roots.empty() ? std::nullopt : std::optional(arguments);
}

}  // namespace parley::vectors
