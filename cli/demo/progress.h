#pragma once

#include <cstdint>
#include <string>

#include "cli/demo/timeline.h"

namespace parley::cli {

/// What is shown of a run while it lasts, on standard error: one line that is written over and over
/// on a terminal, a line every few seconds elsewhere.
class Progress {
 public:
  explicit Progress(std::uint64_t messages);

  void show(const Sample& sample, std::uint64_t kills_client, std::uint64_t kills_service);

  /// Leaves the line as it is; whatever comes now stands below it.
  void finish();

 private:
  std::uint64_t messages_;
  bool is_terminal_;
  double next_second_ = 0;
  bool is_line_open_ = false;
};

}  // namespace parley::cli
