#pragma once

#include <string>

#include "base/bytes.h"

namespace parley::cli {

/// A message as somebody kept it.
struct MessageFile {
  std::string content_type;  ///< empty = the file has no head
  Bytes envelope;
};

/// Reads an envelope, or a recorded HTTP message: head, empty line, body. "-" = standard input.
/// Throws Failure (input).
MessageFile read_message(const std::string& path);

/// Takes the head off, if there is one.
MessageFile split_message(Bytes recorded);

}  // namespace parley::cli
