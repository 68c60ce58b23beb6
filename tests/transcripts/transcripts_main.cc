// Opens recorded conversations of other implementations, message by message: below DIR lies a
// folder for each, with an index.json and the HTTP messages. A line for each, then the closing
// line.

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "tests/transcripts/replay.h"
#include "tests/vectors/json.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> transcripts_below(const fs::path& root) {
  std::vector<fs::path> found;
  for (const auto& file : fs::recursive_directory_iterator(root)) {
    if (file.path().filename() == "index.json") {
      found.push_back(file.path().parent_path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

int run(const fs::path& keys, const fs::path& root) {
  int passed = 0;
  int failed = 0;
  for (const fs::path& dir : transcripts_below(root)) {
    const auto transcript = parley::transcripts::read_transcript(dir);
    const auto result = parley::transcripts::replay(transcript, keys);
    std::printf("%-34s %4d inspected %4d opened %4zu failed\n", transcript.cell.c_str(),
                result.inspected, result.opened, result.failures.size());
    for (const std::string& failure : result.failures) {
      std::printf("    %s\n", failure.c_str());
    }
    failed += static_cast<int>(result.failures.size());
    passed += result.inspected + result.opened;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: transcripts KEYS DIR\n");
    return 2;
  }
  try {
    return run(argv[1], argv[2]);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "transcripts: %s\n", problem.what());
    return 2;
  }
}
