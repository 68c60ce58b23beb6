#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace parley::cli {

/// Gives the bodies that stand in files or on standard input, one after the other, and never holds
/// more than one of them.
class BodyReader {
 public:
  enum class Separator : std::uint8_t {
    none,  ///< a file is a body
    line,  ///< each line that is not empty
    zero,  ///< what stands between zero octets
  };

  /// No files, or "-": standard input.
  BodyReader(std::vector<std::string> files, Separator separator, std::size_t body_bytes_max);

  /// Nothing at the end. Throws Failure (input).
  std::optional<Bytes> next();

  /// "orders.xml", or with a separator "orders.txt, body 3": where the last body came from.
  std::string place() const;

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  bool open_next();
  std::optional<Bytes> read_body();

  std::vector<std::string> files_;
  Separator separator_;
  std::size_t body_bytes_max_;
  std::size_t next_file_ = 0;
  File file_{nullptr, nullptr};
  std::string name_;
  std::uint64_t count_ = 0;  ///< bodies of the present file
};

}  // namespace parley::cli
