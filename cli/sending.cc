#include "cli/sending.h"

#include <cstdio>

#include "cli/body_element.h"
#include "cli/failure.h"
#include "cli/node_flags.h"

namespace parley::cli {
namespace {

constexpr std::uint64_t kCallsMax = 256;
constexpr std::size_t kAskedMax = 64;

}  // namespace

Sending::~Sending() {
  // The calls under way refer to this object.
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return calls_ == 0; });
}

void Sending::run(BodyReader& reader) {
  const auto status = conversation_.status();
  if (!status) {
    throw Failure(ExitCode::internal, "the conversation is gone");
  }
  const std::uint64_t last = status->last_ticket.value;
  std::uint64_t ticket = settings_.resumes ? 0 : last;
  while (std::optional<Bytes> document = reader.next()) {
    ++ticket;
    const bool is_old = ticket <= last;
    if (is_old) {
      ++skipped_;
    } else {
      Result<Bytes> body = body_element(std::move(*document), settings_.limits);
      send(need(std::move(body), reader.place()), engine::Ticket{ticket});
    }
    if (settings_.expects_reply) {
      asked_.push_back({engine::Ticket{ticket}, is_old});
    }
    if (asked_.size() >= kAskedMax) {
      print_answer(asked_.front());
      asked_.pop_front();
    }
  }
  wait_for_calls(0);
  for (; !asked_.empty(); asked_.pop_front()) {
    print_answer(asked_.front());
  }
}

void Sending::send(Bytes body, engine::Ticket ticket) {
  wait_for_calls(kCallsMax - 1);
  {
    const std::lock_guard lock(mutex_);
    ++calls_;
  }
  ++sent_;
  node_.send(conversation_.id(),
             {ticket, settings_.action, std::move(body), settings_.expects_reply},
             [this](const Result<void>& accepted) {
               const std::lock_guard lock(mutex_);
               --calls_;
               if (!accepted && !first_error_) {
                 first_error_ = accepted.error();
               }
               changed_.notify_all();
             });
}

void Sending::wait_for_calls(std::uint64_t calls_left) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return calls_ <= calls_left; });
  if (first_error_) {
    throw Failure(*first_error_, "sending");
  }
}

void Sending::print_answer(const Asked& asked) {
  // Before it is accepted, nothing would be known of an answer.
  wait_for_calls(0);
  const std::string place = "request " + std::to_string(asked.ticket.value);
  const Result<engine::Delivery> answer = conversation_.answer_of(asked.ticket, settings_.wait);
  if (!answer && answer.error().code() == ErrorCode::not_found && asked.is_old) {
    return;
  }
  if (!answer && answer.error().code() == ErrorCode::timed_out) {
    throw Failure(
        ExitCode::unfinished,
        place + ": no answer came in time; with --store and --resume the same command goes on");
  }
  if (!answer && answer.error().code() == ErrorCode::not_found) {
    throw Failure(ExitCode::undelivered, place + ": no answer will come; see the lines above");
  }
  const engine::Delivery& delivery = need(answer, place);
  if (delivery.is_fault) {
    ++faults_;
    log_line(place + ": fault " + delivery.fault.subcode + ": " + delivery.fault.reason);
  } else {
    std::fwrite(delivery.body.data(), 1, delivery.body.size(), stdout);
    std::fputc(settings_.separator, stdout);
    if (std::fflush(stdout) != 0) {
      throw Failure(ExitCode::environment,
                    "standard output cannot be written; the answer is kept in the store");
    }
  }
  consume(delivery.name);
}

void Sending::consume(const engine::DeliveryName& name) {
  {
    const std::lock_guard lock(mutex_);
    ++calls_;
  }
  node_.consumed(name, {}, [this](const Result<void>&) {
    const std::lock_guard lock(mutex_);
    --calls_;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return calls_ == 0; });
}

}  // namespace parley::cli
