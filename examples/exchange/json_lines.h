#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cell.h"

// All JSON that is read or printed.

namespace exchange {

/// What came of a call.
struct CallResult {
  std::string cell;
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::vector<std::string> faults;
  std::optional<bool> total_ok;  ///< mode note
  double elapsed_s = 0;
  std::string notes;
};

/// The cells of another peer: what its `about` printed. Throws Refusal.
std::vector<Cell> cells_in(const std::string& file);

/// Each cell with its status: whether it is spoken.
std::string about_line(const std::vector<Cell>& cells);
std::string ready_line(const std::map<std::string, std::string>& urls);
std::string result_line(const CallResult& result);
std::string secret_line(const parley::ExposedSecret& secret);

}  // namespace exchange
