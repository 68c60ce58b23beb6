#include "support/external_tool.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

namespace parley::test {
namespace {

void say_left_out(const std::string& what) {
  static std::set<std::string> said;
  if (said.insert(what).second) {
    std::fprintf(stderr, "left out: %s\n", what.c_str());
  }
}

std::string shell_word(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "parley-test-XXXXXX").string();
  PARLEY_CHECK(mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::write(std::string_view name, ByteView content) const {
  std::ofstream file(folder_ / name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  PARLEY_CHECK(file.good());
  return path(name);
}

ToolResult run_tool(const TemporaryFolder& folder, const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) {
    line += shell_word(word) + " ";
  }
  const std::string output = folder.path("tool.out");
  const std::string errors = folder.path("tool.err");
  line += ">" + shell_word(output) + " 2>" + shell_word(errors) + " </dev/null";
  const int status = std::system(line.c_str());
  ToolResult result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.output = read_file(output);
  result.errors = as_text(read_file(errors));
  return result;
}

bool has_tool(std::string_view name) {
  const std::string question = "command -v " + shell_word(name) + " >/dev/null 2>&1";
  if (std::system(question.c_str()) == 0) {
    return true;
  }
  say_left_out(std::string(name) + " is not installed");
  return false;
}

std::filesystem::path shared_folder() {
  const char* const named = std::getenv("PARLEY_SHARED");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named) : source_folder().parent_path() / "shared";
  if (!std::filesystem::exists(folder)) {
    say_left_out("neither PARLEY_SHARED nor ../shared is a folder with schemas and vectors");
    return {};
  }
  return folder;
}

std::filesystem::path source_folder() { return PARLEY_SOURCE_DIR; }

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace parley::test
