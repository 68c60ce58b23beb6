#include <atomic>
#include <thread>

#include "cli/demo/ledger.h"
#include "cli/demo/role_settings.h"
#include "cli/demo/roles.h"
#include "cli/failure.h"
#include "host/node.h"

namespace parley::cli {
namespace {

// So many messages may wait in the client at one time: it works while it sends, and does not pour
// everything into its outbox at once.
constexpr std::uint64_t kWaitingMax = 1024;
constexpr std::uint64_t kCallsMax = 256;
constexpr Duration kPause{2};
constexpr Duration kSettleLimit = std::chrono::minutes(5);
constexpr Duration kCloseLimit = std::chrono::seconds(5);

// The message with number n has ticket n, so that after a crash the client may ask how far it came.
class Sender {
 public:
  Sender(host::Node& node, host::Conversation conversation, const RoleSettings& role)
      : node_(node), conversation_(conversation), role_(role) {}

  void run() {
    std::uint64_t next = last_ticket() + 1;
    while (next <= role_.messages) {
      check();
      if (calls_ >= kCallsMax || next > acknowledged() + kWaitingMax) {
        std::this_thread::sleep_for(kPause);
        continue;
      }
      send(next++);
    }
    while (calls_ > 0) {
      check();
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  void send(std::uint64_t number) {
    ++calls_;
    engine::Outgoing note{engine::Ticket{number}, kNoteAction, make_note(role_.seed, number),
                          false};
    node_.send(conversation_.id(), std::move(note), [this](const Result<void>& accepted) {
      has_failed_ = has_failed_ || !accepted;
      --calls_;
    });
  }

  void check() const {
    if (has_failed_) {
      throw Failure(ExitCode::environment, "a message was not accepted; see the log");
    }
  }

  engine::ConversationStatus status() const {
    const auto status = conversation_.status();
    if (!status) {
      throw Failure(ExitCode::internal, "the conversation is gone");
    }
    return *status;
  }

  std::uint64_t last_ticket() const { return status().last_ticket.value; }

  std::uint64_t acknowledged() const {
    const engine::ConversationStatus now = status();
    return now.last_ticket.value - now.backlog - now.under_way;
  }

  host::Node& node_;
  host::Conversation conversation_;
  const RoleSettings& role_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<bool> has_failed_ = false;
};

ChainDigest digest_of_all(const RoleSettings& role) {
  ChainDigest digest;
  for (std::uint64_t number = 1; number <= role.messages; ++number) {
    digest.add(number, text_of_note(make_note(role.seed, number)));
  }
  return digest;
}

// Asks the service, over the same conversation, what it has got.
Totals ask_totals(host::Conversation& conversation, host::Node& node, const RoleSettings& role) {
  const engine::Ticket ticket{role.messages + 1};
  need(
      conversation.send(engine::Outgoing{
          ticket, kTotalAction, to_bytes("<d:Total xmlns:d=\"urn:parley:demo\"></d:Total>"), true}),
      "the question for the totals");
  const engine::Delivery answer =
      need(conversation.answer_of(ticket, kSettleLimit), "the answer with the totals");
  std::atomic<bool> is_consumed = false;
  node.consumed(answer.name, {}, [&](const Result<void>&) { is_consumed = true; });
  while (!is_consumed) {
    std::this_thread::sleep_for(kPause);
  }
  return need(read_totals(as_text(answer.body)), "the answer with the totals");
}

void write_totals(Board& board, const ChainDigest& own, const Totals& totals) {
  for (std::size_t i = 0; i < 4; ++i) {
    board.digest_of_client[i] = own.word(i);
    board.digest_of_service[i] = totals.digest.word(i);
  }
  board.total_count = totals.count;
  board.total_doubled = totals.doubled;
  board.total_disordered = totals.disordered;
  board.total_is_known = 1;
}

}  // namespace

ExitCode run_client(const RoleSettings& role) {
  const DemoFiles files(role.folder);
  const auto board = need(BoardFile::open(files.board(Side::client)), "the client's board");
  Board& counts = **board;
  counts.started_ms = shared_clock_ms();
  counts.recovered_ms = 0;
  const auto node =
      need(host::Node::start(node_settings(files, Side::client, counts)), "the client");
  counts.recovered_ms = shared_clock_ms();
  host::Conversation conversation =
      need(node->conversation("http://127.0.0.1:" + std::to_string(role.port) + "/demo"),
           "the conversation");
  Sender(*node, conversation, role).run();
  need(conversation.wait_settled(kSettleLimit), "waiting for the last acknowledgement");
  write_totals(counts, digest_of_all(role), ask_totals(conversation, *node, role));
  // A courtesy: nothing depends on the end of the conversation any more.
  static_cast<void>(conversation.close(kCloseLimit));
  node->stop();
  return ExitCode::done;
}

}  // namespace parley::cli
