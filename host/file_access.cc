#include "host/file_access.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::host {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }

  bool is_open() const { return number_ >= 0; }

  int number() const { return number_; }

 private:
  int number_;
};

Result<void> write_all(int file, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return Error(ErrorCode::io_failed, "writing a key file");
    }
    content = content.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<crypto::SecretBytes> read_secret_file(const std::string& path,
                                             std::size_t size_max,
                                             Readers readers) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_failed, "opening a file");
  }

  struct stat status {};

  if (fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error(ErrorCode::io_failed, "not a plain file");
  }
  if (readers == Readers::owner_only && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error(ErrorCode::key_unusable, "others may read it (chmod 600)");
  }
  if (static_cast<std::uint64_t>(status.st_size) > size_max) {
    return Error(ErrorCode::too_large, "a file");
  }
  crypto::SecretBytes content(static_cast<std::size_t>(status.st_size));
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got =
        read(file.number(), content.writable().data() + size, content.size() - size);
    if (got < 0 && errno != EINTR) {
      return Error(ErrorCode::io_failed, "reading a file");
    }
    if (got == 0) {
      break;
    }
    size += got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  content.shrink(size);
  return content;
}

Result<void> write_new_secret_file(const std::string& path, ByteView content) {
  // Under another name first, so that a crash leaves no half of a key behind.
  std::string draft = path + ".XXXXXX";
  {
    const Descriptor file(mkostemp(draft.data(), O_CLOEXEC));  // with mode 0600
    if (!file.is_open()) {
      return Error(ErrorCode::io_failed, "making a key file");
    }
    auto written = write_all(file.number(), content);
    if (written && fsync(file.number()) != 0) {
      written = Error(ErrorCode::io_failed, "syncing a key file");
    }
    if (!written) {
      unlink(draft.c_str());
      return written;
    }
  }
  const bool is_linked = link(draft.c_str(), path.c_str()) == 0;
  const bool exists = errno == EEXIST;
  unlink(draft.c_str());
  if (!is_linked) {
    return Error(exists ? ErrorCode::already_exists : ErrorCode::io_failed, "naming a key file");
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor folder(
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || fsync(folder.number()) != 0) {
    return Error(ErrorCode::io_failed, "syncing the folder of a key file");
  }
  return {};
}

}  // namespace parley::host
