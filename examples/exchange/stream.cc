#include "stream.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

#include "tally.h"

namespace exchange {
namespace {

using parley::Conversation;
using parley::Delivery;
using parley::Error;
using parley::ErrorCode;
using parley::Result;
using parley::Ticket;

/// A peer that says nothing for so long is given up.
constexpr std::chrono::minutes kAnswerMax{2};
constexpr std::chrono::minutes kSettleMax{10};
constexpr std::chrono::seconds kTotalMax{60};
constexpr std::chrono::seconds kRenewalMax{30};
constexpr std::chrono::milliseconds kForeignPause{60};
constexpr std::chrono::milliseconds kTotalPause{200};
constexpr std::chrono::seconds kCloseMax{20};

/// Sends without waiting for each message to be durable, a bounded number at a time.
class Pipeline {
 public:
  static constexpr std::uint64_t kMax = 512;

  explicit Pipeline(parley::Node& node) : node_(node) {}

  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  ~Pipeline() { (void)wait(); }

  void send(const Conversation& conversation, parley::Outgoing outgoing) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return under_way_ < kMax; });
      ++under_way_;
    }
    node_.send(conversation.id(), std::move(outgoing), [this](const Result<void>& sent) {
      const std::lock_guard lock(mutex_);
      --under_way_;
      if (!sent && outcome_) {
        outcome_ = sent;
      }
      changed_.notify_all();
    });
  }

  /// Until all that was sent is durable. The first failure.
  Result<void> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
    return outcome_;
  }

 private:
  parley::Node& node_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t under_way_ = 0;
  Result<void> outcome_;
};

}  // namespace

CallResult Stream::run() {
  CallResult result;
  const auto start = std::chrono::steady_clock::now();
  if (const auto talked = talk(result); !talked) {
    result.faults.push_back(talked.error().message());
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  result.elapsed_s = time.count();
  result.sent = options_.count;
  result.answered = progress_.answered;
  if (options_.mode == Mode::note && progress_.has_total) {
    result.total_ok = progress_.total_ok;
  }
  end_conversation(result);
  return result;
}

Result<void> Stream::talk(CallResult& result) {
  PARLEY_ASSIGN_OR_RETURN(progress_, recall());
  const bool is_done =
      options_.mode == Mode::note ? progress_.has_total : progress_.done() >= options_.count;
  if (is_done) {
    return {};
  }
  PARLEY_ASSIGN_OR_RETURN(Conversation conversation, node_.conversation(options_.url, profile_));
  if (options_.mode == Mode::echo) {
    PARLEY_TRY(echo(conversation, result));
  } else {
    PARLEY_TRY(send_notes(conversation));
    PARLEY_TRY(ask_total(conversation, result));
  }
  return await_renewal(conversation);
}

Result<void> Stream::echo(Conversation& conversation, CallResult& result) {
  for (std::uint64_t number = progress_.done() + 1; number <= options_.count; ++number) {
    PARLEY_TRY(renew_before(number, conversation));
    const std::string text = text_of(number);
    PARLEY_ASSIGN_OR_RETURN(const Delivery answer, ask(conversation, Ticket{number}, "Echo",
                                                       body_of("Echo", {{"text", text}})));
    const auto fields = Fields::in(answer.body, "EchoResponse");
    Progress progress = progress_;
    if (!answer.is_fault && fields && fields->text("text") == text) {
      ++progress.answered;
    } else {
      ++progress.faults;
      result.faults.push_back(answer.is_fault ? "fault: " + answer.fault.reason
                                              : "another text than was sent");
    }
    PARLEY_TRY(remember(answer, progress));
  }
  return {};
}

Result<void> Stream::send_notes(Conversation& conversation) {
  const auto status = conversation.status();
  if (!status) {
    return Error(ErrorCode::not_found, "conversation");
  }
  Pipeline pipeline(node_);
  for (std::uint64_t number = status->last_ticket.value + 1; number <= options_.count; ++number) {
    PARLEY_TRY(renew_before(number, conversation));
    parley::Outgoing outgoing{Ticket{number}, action_of("Note"), note_body(number), false};
    if (is_reliable_ && !is_foreign_) {
      pipeline.send(conversation, std::move(outgoing));
    } else {
      // Nothing but waiting keeps messages without numbers in order; and some peers acknowledge a
      // message before their service has it (CXF), so they get as long again, and not too little.
      const auto start = std::chrono::steady_clock::now();
      PARLEY_TRY(conversation.send(std::move(outgoing)));
      PARLEY_TRY(conversation.wait_settled(kAnswerMax));
      if (is_foreign_) {
        const auto taken = std::chrono::steady_clock::now() - start;
        std::this_thread::sleep_for(std::max<std::chrono::nanoseconds>(taken, kForeignPause));
      }
    }
  }
  return pipeline.wait();
}

/// Asks for a new key in the middle, without waiting for it: messages go on under the old one.
Result<void> Stream::renew_before(std::uint64_t number, Conversation& conversation) {
  if (!options_.renews || number != options_.count / 2 + 1) {
    return {};
  }
  if (const auto status = conversation.status()) {
    old_instance_ = status->context_instance;
  }
  return conversation.renew();
}

Result<void> Stream::await_renewal(Conversation& conversation) {
  const auto end = std::chrono::steady_clock::now() + kRenewalMax;
  while (options_.renews) {
    const auto status = conversation.status();
    if (status && status->context_instance != old_instance_) {
      return {};
    }
    if (std::chrono::steady_clock::now() >= end) {
      return Error(ErrorCode::unable_to_renew, "the context");
    }
    std::this_thread::sleep_for(kTotalPause);
  }
  return {};
}

Result<void> Stream::ask_total(Conversation& conversation, CallResult& result) {
  PARLEY_TRY(conversation.wait_settled(kSettleMax));
  Tally expected;
  for (std::uint64_t number = 1; number <= options_.count; ++number) {
    expected.add(number, text_of(number));
  }
  const auto end = std::chrono::steady_clock::now() + kTotalMax;
  // An answer that was consumed before a crash is not there any more: the next question follows.
  std::uint64_t ticket = options_.count;
  if (const auto status = conversation.status()) {
    ticket = std::max(ticket, status->last_ticket.value);
  }
  while (true) {
    ++ticket;
    PARLEY_ASSIGN_OR_RETURN(const Delivery answer, ask(conversation, Ticket{ticket}, "Total",
                                                       body_of("Total", {{"sender", sender_}})));
    const auto fields = Fields::in(answer.body, "TotalResponse");
    if (answer.is_fault || !fields) {
      result.faults.push_back("fault: " + answer.fault.reason);
      return remember(answer, progress_);
    }
    Progress progress = progress_;
    const bool is_late = std::chrono::steady_clock::now() >= end;
    if (fields->number("count").value_or(0) < options_.count && !is_late) {
      // A service may still be at work on what it has acknowledged.
      PARLEY_TRY(remember(answer, progress));
      std::this_thread::sleep_for(kTotalPause);
      continue;
    }
    progress.answered = options_.count;
    progress.has_total = true;
    progress.total_ok =
        fields->number("count") == expected.count() && fields->text("digest") == expected.digest();
    if (!progress.total_ok) {
      result.notes = "the service counted " + std::to_string(fields->number("count").value_or(0)) +
                     " notes of " + std::to_string(options_.count);
    }
    return remember(answer, progress);
  }
}

Result<Delivery> Stream::ask(Conversation& conversation,
                             Ticket ticket,
                             std::string_view operation,
                             parley::Bytes body) {
  // The same ticket again, after a crash, sends nothing again.
  PARLEY_TRY(conversation.send({ticket, action_of(operation), std::move(body), true}));
  return conversation.answer_of(ticket, kAnswerMax);
}

Result<void> Stream::remember(const Delivery& answer, const Progress& progress) {
  std::ostringstream text;
  text << progress.answered << ' ' << progress.faults << ' ' << progress.has_total << ' '
       << progress.total_ok;
  std::promise<Result<void>> durable;
  node_.consumed(answer.name,
                 {{parley::to_bytes("stream " + profile_), parley::to_bytes(text.str())}},
                 [&durable](Result<void> outcome) { durable.set_value(std::move(outcome)); });
  PARLEY_TRY(durable.get_future().get());
  progress_ = progress;
  return {};
}

Result<Stream::Progress> Stream::recall() const {
  PARLEY_ASSIGN_OR_RETURN(const auto record, node_.read("stream " + profile_));
  Progress progress;
  if (record) {
    std::istringstream text{std::string(parley::as_text(*record))};
    text >> progress.answered >> progress.faults >> progress.has_total >> progress.total_ok;
    if (!text) {
      return Error(ErrorCode::store_corrupt, "record of a stream");
    }
  }
  return progress;
}

std::string Stream::text_of(std::uint64_t number) const {
  return std::to_string(number) + ' ' + std::string(options_.size, 'x');
}

parley::Bytes Stream::note_body(std::uint64_t number) const {
  return body_of(
      "Note", {{"sender", sender_}, {"number", std::to_string(number)}, {"text", text_of(number)}});
}

void Stream::end_conversation(CallResult& result) {
  for (const auto& status : node_.conversations()) {
    if (status.what.profile != profile_) {
      continue;
    }
    const auto closed = node_.by_id(status.conversation).close(kCloseMax);
    if (!closed) {
      result.notes += (result.notes.empty() ? "" : "; ") +
                      ("the conversation did not end: " + closed.error().message());
    }
  }
}

}  // namespace exchange
