#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/catch_pch.h"

namespace parley::cli {

/// What a run of the program left.
struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs the program under test with `input` on its standard input, until it ends.
Ran run_parley(const std::vector<std::string>& arguments, const std::string& input = {});

/// A run that is still going on. Its output goes to files.
class Background {
 public:
  explicit Background(const std::vector<std::string>& arguments);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  /// Kills it.
  ~Background();

  /// Waits until standard error holds a line that begins so; returns the rest of it.
  std::string wait_for_line(const std::string& begin);

  void kill();
  /// SIGTERM, and waits for the end.
  int terminate();
  int wait();

  std::string out() const;
  std::string err() const;

 private:
  std::filesystem::path folder_;
  int pid_ = 0;
};

/// A new folder that goes with the test.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  std::string file(const std::string& name) const { return (path_ / name).string(); }

  std::string write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& path);

/// A file below tests/data.
std::string data_file(const std::string& name);
/// A file of the source tree.
std::string source_file(const std::string& name);

/// "parley open: …" and nothing else: the one line of a failure.
bool is_one_line(const std::string& err);

}  // namespace parley::cli
