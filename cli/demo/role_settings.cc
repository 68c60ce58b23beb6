#include "cli/demo/role_settings.h"

#include <chrono>
#include <cstdio>

#include "cli/failure.h"

namespace parley::cli {
namespace {

// A network that loses every sixth message, and answers within milliseconds, deserves to be asked
// again sooner than the Internet.
engine::Profile demo_profile() {
  engine::Profile profile;
  sequences::RmSettings& rm = profile.rm_settings;
  rm.window = 512;
  rm.buffer = 1024;
  rm.retransmit_base_ms = 400;
  rm.retransmit_margin_ms = 100;
  rm.retransmit_max_ms = 1000;
  rm.retransmit_tries_max = 0;
  rm.retransmit_batch = 128;
  rm.peer_ack_interval_ms = 50;
  rm.ack_interval_ms = 50;
  rm.lifecycle_retry_ms = 300;
  rm.lifecycle_tries_max = 0;
  rm.buffer_poll_ms = 300;
  return profile;
}

void note_event(Board& board, const engine::Event& event) {
  using engine::EventKind;
  switch (event.kind) {
    case EventKind::message_sent:
      raise(board.sent, event.number);
      break;
    case EventKind::message_retransmitted:
      ++board.resent;
      break;
    case EventKind::message_acknowledged:
      raise(board.acknowledged, event.number);
      break;
    case EventKind::message_accepted:
      ++board.accepted;
      break;
    case EventKind::duplicate_dropped:
      ++board.duplicates;
      break;
    case EventKind::context_established:
      ++board.contexts;
      break;
    case EventKind::sequence_created:
      ++board.sequences;
      break;
    default:
      break;
  }
}

}  // namespace

std::uint64_t shared_clock_ms() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

host::NodeSettings node_settings(const DemoFiles& files, Side side, Board& board) {
  host::CredentialFiles credentials;
  credentials.certificate = files.certificate(side);
  credentials.key = files.key(side);
  credentials.trust = files.authority();
  credentials.peer_certificate = side == Side::client ? files.certificate(Side::service) : "";
  host::NodeSettings settings;
  settings.store = files.store(side);
  settings.credentials = need(host::read_credentials(credentials), "the demo's keys");
  settings.profiles = {demo_profile()};
  settings.exchange_timeout = Duration(2000);
  settings.engine.establish_timeout_ms = 1000;
  settings.engine.establish_retry_ms = 200;
  settings.engine.establish_retry_ms_max = 500;
  settings.engine.establish_tries_max = 0;
  settings.engine.lifecycle_retry_ms = 300;
  settings.on_event = [&board](const engine::Event& event) { note_event(board, event); };
  settings.on_report = [&board](const store::ReportFact::Value& report) {
    board.losses += report.kind == store::ReportKind::conversation_ended ? 0 : 1;
  };
  settings.log = [](std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  };
  return settings;
}

}  // namespace parley::cli
