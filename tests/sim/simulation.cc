#include "tests/sim/simulation.h"

#include <utility>
#include <variant>

namespace parley::sim {
namespace {

// After the calm everything has to end: contexts by their lifetime, sequences by their tombstones.
constexpr std::int64_t kEndMsMax = 6 * 3600 * 1000;
constexpr std::uint64_t kStepsMax = 400'000;

/// Only to a client that listens, and there.
bool may_send_by_itself(const Plan& plan, const std::string& address) {
  const engine::Profile& profile = plan.profile();
  const bool listens = profile.reply == engine::ReplyMode::addressable ||
                       profile.acks == engine::ReplyMode::addressable;
  return listens && address.starts_with(plan.client.reply_address + '/');
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, bool is_traced)
    : plan_(draw_plan(seed)),
      timeline_(is_traced),
      model_(plan_),
      watch_(timeline_),
      client_("client", plan_.client, plan_.client_site, seed * 16 + 1, timeline_, *this),
      service_("service", plan_.service, plan_.service_site, seed * 16 + 3, timeline_, *this),
      network_(plan_.network, seed * 16 + 5, timeline_, client_, service_, watch_),
      client_app_(plan_, timeline_, client_, model_),
      service_app_(plan_, timeline_, service_, model_),
      random_(seed * 16 + 7) {}

std::optional<std::string> Simulation::run() {
  try {
    run_to_the_end();
  } catch (const Station::Violation& violation) {
    return "at " + std::to_string(timeline_.now()) + " ms: " + violation.what;
  }
  return std::nullopt;
}

void Simulation::run_to_the_end() {
  service_.start();
  client_.start();
  plan_misfortune();
  timeline_.at(plan_.calm_ms, [this] {
    network_.calm_down();
    client_.calm_down();
    service_.calm_down();
  });
  while (!is_done()) {
    if (timeline_.now() > kEndMsMax || timeline_.steps() > kStepsMax || !timeline_.step()) {
      throw Station::Violation{"it does not come to an end (L1, L2, L8):" + client_app_.standing()};
    }
  }
  service_app_.read_records();
  client_app_.read_records();
  model_.check();
  if (plan_.misfortune != Misfortune::client_vanishes) {
    check_leftovers(client_);
  }
  check_leftovers(service_);
}

void Simulation::plan_misfortune() {
  timeline_.at(plan_.misfortune_ms, [this] {
    switch (plan_.misfortune) {
      case Misfortune::none:
      case Misfortune::sequence_expires:
        return;
      case Misfortune::service_forgets:
        service_.crash("and forgets everything");
        service_app_.read_records();
        watch_.forgotten(service_);
        service_.forget();
        service_app_.forgot();
        return;
      case Misfortune::client_vanishes:
        client_.crash("for good", true);
        return;
      case Misfortune::patience_ends:
        network_.fail_for(random_.between(1000, 60000));
        return;
    }
  });
}

bool Simulation::is_done() const {
  const bool is_client_done = plan_.misfortune == Misfortune::client_vanishes
                                  ? timeline_.now() > plan_.misfortune_ms
                                  : client_app_.is_done() && client_.is_idle() &&
                                        client_.station().engine().conversations().empty();
  return is_client_done && service_.is_idle() &&
         service_.station().engine().conversations().empty() && network_.open_exchanges() == 0;
}

// L8: nothing of a conversation outlives it. Digests against replays go when they are old.
void Simulation::check_leftovers(const Site& site) const {
  for (const auto& [key, fact] : site.station().disk()) {
    const bool may_stay = std::holds_alternative<store::ShardCounters>(fact) ||
                          std::holds_alternative<store::ReplaySeen>(fact) ||
                          std::holds_alternative<store::Record>(fact);
    if (!may_stay) {
      throw Station::Violation{"left behind at the " + site.name() + " (L8): " + describe(fact)};
    }
  }
}

void Simulation::take(Site& site, engine::Effect effect) {
  const bool is_client = &site == &client_;
  if (auto* transmit = std::get_if<engine::Transmit>(&effect)) {
    if (!is_client && !may_send_by_itself(plan_, transmit->address)) {
      throw Station::Violation{"the service sends to where nobody asked it to"};
    }
    network_.transmit(site, std::move(*transmit));
  } else if (auto* answer = std::get_if<engine::Answer>(&effect)) {
    network_.answer(site, std::move(*answer));
  } else if (const auto* deliver = std::get_if<engine::Deliver>(&effect)) {
    is_client ? client_app_.deliver(deliver->delivery) : service_app_.deliver(deliver->delivery);
  } else if (auto* ask = std::get_if<engine::Ask>(&effect)) {
    carry_out(site, *ask);
  } else if (const auto* accepted = std::get_if<engine::Accepted>(&effect)) {
    client_app_.accepted(*accepted);
  } else if (const auto* consumed = std::get_if<engine::Consumed>(&effect)) {
    is_client ? client_app_.consumed(*consumed) : service_app_.consumed(*consumed);
  } else if (const auto* report = std::get_if<engine::Report>(&effect)) {
    is_client ? client_app_.report(*report) : service_app_.report(*report);
  } else if (const auto* event = std::get_if<engine::Event>(&effect)) {
    if (timeline_.is_traced()) {
      timeline_.trace("        (" + site.name() + ": " + std::string(name_of(event->kind)) + " " +
                      std::to_string(event->number) + " " + std::string(name_of(event->reason)) +
                      ")");
    }
  }
}

void Simulation::carry_out(Site& site, engine::Ask& ask) {
  timeline_.after(random_.below(20), [&site, question = ask.question, key = std::move(ask.key),
                                      incarnation = site.incarnation()] {
    if (site.is_up() && site.incarnation() == incarnation) {
      auto fact = std::make_shared<Result<store::Fact>>(site.station().read(key));
      site.input([question, fact](engine::Engine& engine, Now now) {
        engine.answer(question, std::move(*fact), now);
      });
    }
  });
}

void Simulation::died(Site& site) {
  network_.died(site);
  &site == &client_ ? client_app_.died() : service_app_.died();
}

void Simulation::started(Site& site) {
  watch_.recovered(site);
  &site == &client_ ? client_app_.started() : service_app_.started();
}

Tally Simulation::tally() const {
  Tally tally;
  for (const Workload& workload : plan_.workloads) {
    tally.messages += workload.size();
  }
  tally.requests = network_.requests();
  tally.retransmissions = watch_.retransmissions();
  tally.crashes = client_.incarnation() + service_.incarnation() - 2;
  tally.steps = timeline_.steps();
  tally.virtual_ms = static_cast<std::uint64_t>(timeline_.now());
  return tally;
}

}  // namespace parley::sim
