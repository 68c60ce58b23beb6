#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "cli/body_reader.h"
#include "host/node.h"

namespace parley::cli {

struct SendingSettings {
  std::string action;
  bool expects_reply = false;
  /// The bodies have the tickets 1, 2, 3, … in the order of the input, so what was accepted in an
  /// earlier run is not sent again.
  bool resumes = false;
  Limits limits;
  Duration wait{0};       ///< for one answer, or for the last acknowledgement
  char separator = '\n';  ///< after each answer on standard output
};

/// Sends the bodies of a reader in one conversation, many at a time, and prints what is answered in
/// the order of the requests.
class Sending {
 public:
  Sending(host::Node& node, host::Conversation conversation, const SendingSettings& settings)
      : node_(node), conversation_(conversation), settings_(settings) {}

  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  ~Sending();

  /// Until the input is at its end, everything is durable, and every answer is printed. Throws
  /// Failure.
  void run(BodyReader& reader);

  std::uint64_t sent() const { return sent_; }

  /// Accepted in an earlier run.
  std::uint64_t skipped() const { return skipped_; }

  std::uint64_t faults() const { return faults_; }

 private:
  struct Asked {
    engine::Ticket ticket;
    bool is_old = false;  ///< of an earlier run: its answer may have been printed then
  };

  void send(Bytes body, engine::Ticket ticket);
  void wait_for_calls(std::uint64_t calls_left);
  void print_answer(const Asked& asked);
  void consume(const engine::DeliveryName& name);

  host::Node& node_;
  host::Conversation conversation_;
  const SendingSettings& settings_;
  std::deque<Asked> asked_;
  std::uint64_t sent_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t faults_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t calls_ = 0;  ///< whose outcome is open
  std::optional<Error> first_error_;
};

}  // namespace parley::cli
