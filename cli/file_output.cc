#include "cli/file_output.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace parley::cli {
namespace {

Error last_error(const char* place) {
  return Error(errno == ENOSPC || errno == EDQUOT ? ErrorCode::disk_full : ErrorCode::io_failed,
               place);
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() { static_cast<void>(close()); }

  bool is_open() const { return number_ >= 0; }

  int number() const { return number_; }

  bool close() {
    const int number = number_;
    number_ = -1;
    return number < 0 || ::close(number) == 0;
  }

 private:
  int number_;
};

Result<void> write_all(int file, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return last_error("writing a file");
    }
    if (written > 0) {
      content = content.subspan(static_cast<std::size_t>(written));
    }
  }
  return {};
}

// A new name is durable when its folder is.
Result<void> sync_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.number()) != 0) {
    return last_error("syncing a folder");
  }
  return {};
}

}  // namespace

Result<void> write_durably(const std::string& path, ByteView content, Readers readers) {
  const std::string temporary = path + ".part";
  const mode_t mode = readers == Readers::owner ? 0600 : 0644;
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file.is_open()) {
    return last_error("making a file");
  }
  Result<void> written = write_all(file.number(), content);
  if (written && (::fsync(file.number()) != 0 || !file.close())) {
    written = last_error("writing a file");
  }
  if (written && std::rename(temporary.c_str(), path.c_str()) != 0) {
    written = last_error("naming a file");
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(path);
}

}  // namespace parley::cli
