#include "tests/sim/model.h"

#include <algorithm>

#include "tests/support/sim_station.h"

namespace parley::sim {

using sequences::DeliveryAssurance;
using store::ReportKind;

void Model::reported(MessageName name, ReportKind kind) {
  const auto [found, is_new] = reported_.emplace(name, kind);
  if (!is_new && found->second != kind) {
    throw Station::Violation{"two different reports about " + to_text(name)};
  }
  if (plan_.is_lossless()) {
    throw Station::Violation{"a report of loss without reason about " + to_text(name)};
  }
}

bool Model::is_all_accepted(std::size_t conversation) const {
  for (std::uint64_t ticket = 1; ticket <= plan_.workloads[conversation].size(); ++ticket) {
    if (!accepted_.contains({conversation, ticket})) {
      return false;
    }
  }
  return true;
}

// The whole of it: everything that was accepted is processed once, in its order, and answered once;
// or it was reported.
void Model::check() const {
  std::map<MessageName, std::uint64_t> times;
  for (const MessageName& name : processed_) {
    ++times[name];
  }
  for (std::size_t c = 0; c < plan_.workloads.size(); ++c) {
    for (std::uint64_t ticket = 1; ticket <= plan_.workloads[c].size(); ++ticket) {
      check_message({c, ticket}, times[{c, ticket}]);
    }
  }
  check_order();
}

void Model::check_message(MessageName name, std::uint64_t times) const {
  const auto violation = [&](const char* what) {
    throw Station::Violation{"message " + to_text(name) + " " + what};
  };
  const PlannedMessage& message = plan_.workloads[name.conversation][name.ticket - 1];
  const bool is_at_most_once =
      plan_.profile().rm_settings.assurance == DeliveryAssurance::at_most_once;
  const auto report = reported_.find(name);
  const auto answer = answered_.find(name);
  const std::uint64_t answers = answer == answered_.end() ? 0 : answer->second;
  const bool is_reported = report != reported_.end();
  // A client that has vanished hears of nothing any more.
  const bool is_told = plan_.misfortune != Misfortune::client_vanishes;
  if (times > 1) {
    violation("was processed twice (S5)");
  }
  if (answers > 1) {
    violation("was answered twice");
  }
  if (is_told && !accepted_.contains(name)) {
    violation("was never accepted");
  }
  // What was acknowledged and then lost with its disk, nobody can tell.
  // And what a receiver discards with an incomplete sequence was acknowledged before (2.3): the end of
  // the sequence is what is reported.
  const bool may_vanish =
      plan_.misfortune == Misfortune::service_forgets ||
      (!plan_.is_lossless() && plan_.profile().rm_settings.incomplete !=
                                   sequences::IncompleteBehavior::no_discard);
  if (is_reported && report->second == ReportKind::not_delivered && times > 0) {
    violation("was reported as not delivered, and processed");
  }
  if (is_told && !is_reported && !is_at_most_once && !may_vanish && times == 0) {
    violation("was lost (S7, L1)");
  }
  if (is_told && !is_reported && message.is_request && !may_vanish && answers == 0) {
    violation("was never answered (L1)");
  }
}

void Model::check_order() const {
  // A sequence that ends early is followed by another, and between sequences there is no order; within
  // one it is checked at each delivery.
  if (!plan_.is_lossless() || !plan_.profile().rm_settings.in_order) {
    return;
  }
  std::map<std::size_t, std::uint64_t> last;
  for (const MessageName& name : processed_) {
    std::uint64_t& before = last[name.conversation];
    if (name.ticket <= before) {
      throw Station::Violation{"message " + to_text(name) + " was processed out of order (S6)"};
    }
    before = name.ticket;
  }
}

}  // namespace parley::sim
