#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace parley::vectors {

/// The command line of a runner of suites:
///
///     runner [--tally] [--keys DIR] DIR...
///     runner [--tally] --shared NAME ROOT
///
/// The second form is for our own tests: the folder NAME below the one that PARLEY_SHARED names,
/// else below ROOT; it need not be there.
struct Arguments {
  std::vector<std::filesystem::path> roots;
  std::filesystem::path keys;
  bool with_tally = false;
  bool is_left_out = false;  ///< the shared folder is not there

  /// Nothing for a command line that is none of these.
  static std::optional<Arguments> parse(int argc, char* argv[]);
};

/// What a test that did not run exits with.
inline constexpr int kLeftOut = 77;

}  // namespace parley::vectors
