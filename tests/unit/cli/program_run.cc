#include "tests/unit/cli/program_run.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace parley::cli {
namespace {

constexpr std::chrono::seconds kLimit{60};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) {
    FAIL("the environment does not name " << name << "; run this through meson test");
  }
  return value;
}

pid_t start(const std::vector<std::string>& arguments,
            const std::string& in,
            const std::string& out,
            const std::string& err) {
  const std::string program = variable("PARLEY_PROGRAM");
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, program.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  REQUIRE(failed == 0);
  return pid;
}

// A program that hangs fails its test instead of hanging it.
int wait_for(pid_t pid) {
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      FAIL("the program did not end");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "parley-cli-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

}  // namespace

Ran run_parley(const std::vector<std::string>& arguments, const std::string& input) {
  const Folder folder;
  const std::string in = folder.write("in", input);
  Ran ran;
  ran.status = wait_for(start(arguments, in, folder.file("out"), folder.file("err")));
  ran.out = folder.read("out");
  ran.err = folder.read("err");
  return ran;
}

Background::Background(const std::vector<std::string>& arguments) : folder_(new_folder()) {
  pid_ = start(arguments, "/dev/null", (folder_ / "out").string(), (folder_ / "err").string());
}

Background::~Background() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Background::wait_for_line(const std::string& begin) {
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (std::chrono::steady_clock::now() < end) {
    const std::string text = "\n" + err();
    const std::size_t at = text.find("\n" + begin);
    const std::size_t line_end = at == std::string::npos ? at : text.find('\n', at + 1);
    if (line_end != std::string::npos) {
      return text.substr(at + 1 + begin.size(), line_end - at - 1 - begin.size());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL("no line begins with " << begin << " in: " << err());
  return {};
}

void Background::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

int Background::terminate() {
  ::kill(pid_, SIGTERM);
  return wait();
}

int Background::wait() {
  const pid_t pid = pid_;
  pid_ = 0;
  return wait_for(pid);
}

std::string Background::out() const {
  return read_text(folder_ / "out");
}

std::string Background::err() const {
  return read_text(folder_ / "err");
}

Folder::Folder() : path_(new_folder()) {}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name, std::ios::binary) << content;
  return file(name);
}

std::string Folder::read(const std::string& name) const {
  return read_text(path_ / name);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string data_file(const std::string& name) {
  return variable("PARLEY_SOURCE") + "/tests/data/" + name;
}

std::string source_file(const std::string& name) {
  return variable("PARLEY_SOURCE") + "/" + name;
}

bool is_one_line(const std::string& err) {
  return err.starts_with("parley") && err.find('\n') == err.size() - 1;
}

}  // namespace parley::cli
