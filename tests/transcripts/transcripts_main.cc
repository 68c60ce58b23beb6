// Opens recorded conversations of other implementations, message by message, and replays them into
// engines, which take the place of either side: below DIR lies a folder for each, with an
// index.json and the HTTP messages. A line for each, then the closing line.

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "tests/transcripts/engine_replay.h"
#include "tests/transcripts/replay.h"
#include "tests/vectors/arguments.h"

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

int run(const parley::vectors::Arguments& arguments) {
  using namespace parley::transcripts;
  int passed = 0;
  int failed = 0;
  for (const fs::path& root : arguments.roots) {
    for (const fs::path& dir : transcripts_below(root)) {
      const Transcript transcript = read_transcript(dir);
      const ReplayResult result = replay(transcript, arguments.keys);
      const EngineReplayResult engines = replay_into_engines(transcript, result, arguments.keys);
      std::vector<std::string> failures = result.failures;
      failures.insert(failures.end(), engines.failures.begin(), engines.failures.end());
      std::printf("%-34s %4d inspected %4d opened %4d written %4zu failed\n",
                  transcript.cell.c_str(), result.inspected, result.opened, engines.compared,
                  failures.size());
      for (const std::string& failure : failures) {
        std::printf("    %s\n", failure.c_str());
      }
      failed += static_cast<int>(failures.size());
      passed += result.inspected + result.opened + engines.compared;
    }
  }
  if (arguments.with_tally) {
    std::printf("tally: %d passed, %d failed\n", passed, failed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  const auto arguments = parley::vectors::Arguments::parse(argc, argv);
  if (!arguments || arguments->keys.empty()) {
    std::fprintf(stderr, "usage: transcripts --keys KEYS DIR...\n");
    return 2;
  }
  if (arguments->is_left_out) {
    std::printf("left out: the recorded conversations, which are not here\n");
    return parley::vectors::kLeftOut;
  }
  try {
    return run(*arguments);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "transcripts: %s\n", problem.what());
    return 2;
  }
}
