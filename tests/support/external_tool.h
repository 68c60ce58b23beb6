#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

// Independent tools that judge what we wrote, run as processes of their own.

namespace parley::test {

/// A folder that goes when this goes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  /// Writes a file and gives its path.
  std::string write(std::string_view name, ByteView content) const;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

struct ToolResult {
  int status = -1;
  Bytes output;        ///< standard output
  std::string errors;  ///< standard error
};

/// Runs the command, whose first word is looked up in PATH.
ToolResult run_tool(const TemporaryFolder& folder, const std::vector<std::string>& command);

/// Whether the tool is installed; else says once that this part is left out.
bool has_tool(std::string_view name);

/// The folder of shared test material: what PARLEY_SHARED names, else ../shared; empty = none, which is said once.
std::filesystem::path shared_folder();

/// The root of the project's own files.
std::filesystem::path source_folder();

Bytes read_file(const std::filesystem::path& path);

}  // namespace parley::test
