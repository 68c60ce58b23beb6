#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "bench/bare.h"

namespace parley::bench {

/// The reference message under a context, protected and opened by the SOAP binding: addressing
/// headers and a Sequence, with Timestamp and Body seven signed parts, and a body of `body_bytes`.
class MessageBench {
 public:
  MessageBench(const std::string& suite, bool encrypt, std::size_t body_bytes);
  ~MessageBench();
  MessageBench(const MessageBench&) = delete;
  MessageBench& operator=(const MessageBench&) = delete;

  /// One message out. Aborts when it fails.
  void protect();
  /// The message of the last `protect`, in. Aborts when it fails or the body differs.
  void open();
  /// The gate alone, over that message.
  void parse();

  /// Of that message.
  MessageOctets octets() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::bench
