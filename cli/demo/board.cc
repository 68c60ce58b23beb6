#include "cli/demo/board.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace parley::cli {

Result<std::unique_ptr<BoardFile>> BoardFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return Error(ErrorCode::io_failed, "board");
  }
  // A new file is all zeros, which is what an empty board is.
  const int failed = ::posix_fallocate(file, 0, sizeof(Board));
  void* const mapped =
      failed != 0 ? MAP_FAILED
                  : ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped == MAP_FAILED) {
    return Error(failed == ENOSPC ? ErrorCode::disk_full : ErrorCode::io_failed, "board");
  }
  return std::unique_ptr<BoardFile>(new BoardFile(static_cast<Board*>(mapped)));
}

BoardFile::~BoardFile() {
  ::munmap(board_, sizeof(Board));
}

}  // namespace parley::cli
