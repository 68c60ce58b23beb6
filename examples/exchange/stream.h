#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <string>

#include "exchange_body.h"
#include "json_lines.h"
#include "options.h"

namespace exchange {

/// One conversation with the service and its calls. How far it has come is kept as a record of the
/// application, in one batch with the end of each answer; so after a crash it goes on where it
/// stopped, and calls nothing twice.
class Stream {
 public:
  /// `profile` is this stream's own, so that its conversation can be found again.
  Stream(parley::Node& node,
         const Options& options,
         const Cell& cell,
         std::string profile,
         std::string sender)
      : node_(node),
        options_(options),
        is_reliable_(cell.is_reliable()),
        is_foreign_(cell.is_foreign()),
        profile_(std::move(profile)),
        sender_(std::move(sender)) {}

  /// All calls, from where an earlier run stopped; then ends the conversation.
  CallResult run();

 private:
  /// What is remembered.
  struct Progress {
    std::uint64_t answered = 0;
    std::uint64_t faults = 0;
    bool has_total = false;
    bool total_ok = false;

    std::uint64_t done() const { return answered + faults; }
  };

  parley::Result<void> talk(CallResult& result);
  parley::Result<void> echo(parley::Conversation& conversation, CallResult& result);
  parley::Result<void> send_notes(parley::Conversation& conversation);
  parley::Result<void> renew_before(std::uint64_t number, parley::Conversation& conversation);
  parley::Result<void> await_renewal(parley::Conversation& conversation);
  parley::Result<void> ask_total(parley::Conversation& conversation, CallResult& result);
  parley::Result<parley::Delivery> ask(parley::Conversation& conversation,
                                       parley::Ticket ticket,
                                       std::string_view operation,
                                       parley::Bytes body);
  parley::Result<void> remember(const parley::Delivery& answer, const Progress& progress);
  parley::Result<Progress> recall() const;
  parley::Bytes note_body(std::uint64_t number) const;
  std::string text_of(std::uint64_t number) const;
  void end_conversation(CallResult& result);

  parley::Node& node_;
  const Options& options_;
  const bool is_reliable_;
  const bool is_foreign_;
  const std::string profile_;
  const std::string sender_;
  Progress progress_;
  std::string old_instance_;  ///< of the key that was to be replaced
};

}  // namespace exchange
