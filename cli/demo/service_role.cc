#include <csignal>

#include "cli/demo/ledger.h"
#include "cli/demo/role_settings.h"
#include "cli/demo/roles.h"
#include "cli/failure.h"
#include "host/node.h"

namespace parley::cli {
namespace {

host::Handled take_note(const engine::Delivery& delivery, host::Records& records, Board& board) {
  ++board.handled;
  const Result<Totals> totals = enter(delivery.body, records);
  if (!totals) {
    return host::Handled::later(Duration(100));
  }
  raise(board.delivered, totals->count);
  return host::Handled::done();
}

host::Handled tell_totals(const engine::Delivery&, host::Records& records) {
  const Result<Totals> totals = totals_of(records);
  return totals ? host::Handled::answer(kTotalAnswer, to_bytes(to_xml(*totals)))
                : host::Handled::later(Duration(100));
}

}  // namespace

ExitCode run_service(const RoleSettings& role) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const DemoFiles files(role.folder);
  const auto board = need(BoardFile::open(files.board(Side::service)), "the service's board");
  Board& counts = **board;
  counts.started_ms = shared_clock_ms();
  counts.recovered_ms = 0;
  host::NodeSettings settings = node_settings(files, Side::service, counts);
  settings.services.push_back({"/demo", {}});
  settings.listen.push_back({"127.0.0.1", role.port, nullptr});
  settings.handlers[kNoteAction] = [&counts](const auto& delivery, auto& records) {
    return take_note(delivery, records, counts);
  };
  settings.handlers[kTotalAction] = tell_totals;
  const auto node = need(host::Node::start(std::move(settings)), "the service");
  counts.recovered_ms = shared_clock_ms();

  int signal = 0;
  sigwait(&ends, &signal);
  node->stop();
  return ExitCode::done;
}

}  // namespace parley::cli
