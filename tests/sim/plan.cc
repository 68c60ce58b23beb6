#include "tests/sim/plan.h"

#include <algorithm>

namespace parley::sim {
namespace {

using sequences::DeliveryAssurance;
using sequences::IncompleteBehavior;

NetworkPlan draw_network(Random& random, bool is_protected) {
  NetworkPlan network;
  if (random.chance(15)) {
    return network;  // a good one
  }
  network.loss = random.below(30);
  network.duplicate = random.below(25);
  network.cut = random.below(15);
  network.straggle = random.below(15);
  network.latency_ms_max = random.between(1, 150);
  network.timeout_ms = random.between(500, 8000);
  if (is_protected && random.chance(40)) {
    network.tamper = random.below(10);
    network.forge = random.below(15);
  }
  return network;
}

SitePlan draw_site(Random& random) {
  SitePlan site;
  if (random.chance(70)) {
    site.crashes_max = random.between(1, 4);
    site.crash_odds = random.between(10, 300);
    site.down_ms_max = random.chance(80) ? 500 : 6000;
  }
  site.commit_ms_max = random.chance(30) ? 0 : random.between(1, 60);
  site.gather_ms_max = random.chance(50) ? 0 : random.between(1, 30);
  site.failed_commit_percent = random.chance(20) ? 40 : 0;
  site.skew_ms = random.chance(30) ? static_cast<std::int64_t>(random.below(60000)) - 30000 : 0;
  return site;
}

AppPlan draw_app(Random& random) {
  AppPlan app;
  app.think_ms_max = random.chance(80) ? random.below(60) : random.between(500, 3000);
  app.decline_percent = random.chance(25) ? random.between(1, 20) : 0;
  app.repeat_percent = random.chance(30) ? 10 : 0;
  app.closes_early = random.chance(50);
  return app;
}

sequences::RmSettings draw_rm(Random& random) {
  sequences::RmSettings rm;
  const std::uint64_t assurance = random.below(10);
  rm.assurance = assurance == 0   ? DeliveryAssurance::at_most_once
                 : assurance == 1 ? DeliveryAssurance::at_least_once
                                  : DeliveryAssurance::exactly_once;
  rm.in_order = random.chance(75);
  if (random.chance(15)) {
    rm.incomplete = random.chance(50) ? IncompleteBehavior::discard_following_first_gap
                                      : IncompleteBehavior::discard_entire_sequence;
  }
  rm.retransmit_base_ms = random.between(100, 2000);
  rm.retransmit_margin_ms = random.between(50, 400);
  rm.retransmit_max_ms = random.between(2000, 20000);
  rm.retransmit_adaptive = random.below(2);
  rm.retransmit_tries_max = 0;
  rm.retransmit_batch = random.between(1, 32);
  rm.window = random.chance(50) ? random.between(1, 6) : 64;
  rm.buffer = random.chance(40) ? random.between(1, 4) : 64;
  if (rm.incomplete == IncompleteBehavior::discard_entire_sequence) {
    rm.buffer = 64;  // nothing is delivered before the end, so all of it has to fit (RM-123)
  }
  rm.lifecycle_retry_ms = random.between(200, 2000);
  rm.lifecycle_tries_max = 0;
  rm.ack_interval_ms = random.chance(30) ? 0 : random.between(1, 300);
  rm.peer_ack_interval_ms = rm.ack_interval_ms;
  rm.ack_count = random.between(1, 16);
  rm.nack_send = random.below(2);
  rm.buffer_remaining_send = random.below(2);
  rm.buffer_poll_ms = random.between(100, 2000);
  rm.inactivity_ms = 0;
  rm.keep_alive_ms = random.chance(50) ? 0 : random.between(1000, 10000);
  rm.keep_alive_retry_ms = 1000;
  rm.tombstone_ms = random.between(60000, 120000);
  return rm;
}

StationSetup draw_setup(Random& random, std::string principal, const engine::Profile& profile) {
  StationSetup setup;
  setup.principal = std::move(principal);
  setup.profiles = {profile};
  engine::EngineSettings& settings = setup.settings;
  settings.establish_retry_ms = random.between(100, 1000);
  settings.establish_retry_ms_max = 5000;
  settings.establish_timeout_ms = random.between(2000, 15000);
  settings.establish_tries_max = 0;
  settings.lifecycle_retry_ms = random.between(200, 2000);
  settings.exchanges_out_max = random.chance(30) ? random.between(1, 4) : 64;
  settings.unnumbered_timeout_ms = random.between(2000, 20000);
  settings.redelivery_ms = random.between(10, 500);
  settings.window_bytes_max = random.chance(30) ? random.below(400) : 1 << 20;
  settings.tombstone_ms = profile.rm_settings.tombstone_ms;
  settings.cancel_on_close = random.chance(85) ? 1 : 0;
  contexts::ContextSettings& contexts = setup.contexts;
  contexts.context_lifetime_ms = random.chance(50) ? random.between(15000, 40000) : 600000;
  contexts.context_lifetime_ms_max = contexts.context_lifetime_ms;
  contexts.context_rollover_ms = random.between(2000, 20000);
  Limits& limits = setup.limits;
  limits.ack_ranges_max = random.chance(30) ? random.between(2, 4) : 128;
  limits.turn_inputs_max = random.chance(30) ? random.between(2, 6) : 256;
  limits.turns_in_flight_max = random.between(1, 4);
  limits.exchange_hold_ms_max = random.chance(30) ? random.between(50, 500) : 20000;
  return setup;
}

/// Which of the two families is spoken; drawn apart, so that all else of a seed stays as it is.
void draw_family(std::uint64_t seed, engine::Profile& profile) {
  Random random(seed ^ 0x66616d696c79);
  if (profile.rm && random.chance(30)) {
    profile.rm = sequences::RmVersion::rm_1_0;
    if (random.chance(50)) {
      profile.addressing = engine::AddressingVersion::addressing_2004_08;
    }
  }
  if (profile.sc && random.chance(30)) {
    profile.sc = contexts::TrustFamily::feb_2005;
  }
}

Workload draw_workload(Random& random, bool may_request, std::uint64_t share) {
  Workload workload(random.between(1, 24 / share));
  const std::uint64_t request_percent = may_request ? random.below(3) * 50 : 0;
  const std::uint64_t pause_ms_max = random.chance(20) ? 3000 : random.between(1, 400);
  for (PlannedMessage& message : workload) {
    message.is_request = random.chance(request_percent);
    message.is_refused = message.is_request && random.chance(10);
    message.size = random.below(random.chance(10) ? 600 : 60);
    message.pause_ms = random.chance(60) ? 0 : random.below(pause_ms_max);
  }
  return workload;
}

/// How answers travel: the same for all that goes back, or acknowledgements apart from replies.
/// Only from this seed on, so that all before stay as they are.
constexpr std::uint64_t kFirstRoutedSeed = 1'000'000;

void draw_routes(std::uint64_t seed, Random& random, engine::Profile& profile) {
  using enum engine::ReplyMode;
  if (seed < kFirstRoutedSeed) {
    return;
  }
  const engine::ReplyMode mode = random.chance(50) ? addressable : polled;
  const std::uint64_t mix = random.below(4);
  profile.reply = mix == 0 ? anonymous : mode;
  profile.acks = mix == 1 ? anonymous : mode;
}

void draw_misfortune(Random& random, Plan& plan) {
  if (random.chance(70)) {
    return;
  }
  static constexpr Misfortune kAll[] = {Misfortune::service_forgets, Misfortune::client_vanishes,
                                        Misfortune::patience_ends, Misfortune::sequence_expires};
  plan.misfortune = kAll[random.below(4)];
  plan.misfortune_ms = static_cast<std::int64_t>(random.between(50, 4000));
  for (StationSetup* setup : {&plan.client, &plan.service}) {
    sequences::RmSettings& rm = setup->profiles.front().rm_settings;
    rm.inactivity_ms = 60000;
    rm.keep_alive_ms = 10000;
    rm.lifecycle_tries_max = 8;
    setup->settings.establish_tries_max = 6;
    if (plan.misfortune == Misfortune::patience_ends) {
      rm.retransmit_tries_max = 3;
      rm.lifecycle_tries_max = 3;
      setup->settings.lifecycle_tries_max = 3;
    } else if (plan.misfortune == Misfortune::sequence_expires) {
      rm.expires_ms = static_cast<std::uint64_t>(plan.misfortune_ms);
    }
    setup->settings.resubmit_after_loss = 0;
  }
}

}  // namespace

bool Plan::is_lossless() const {
  return misfortune == Misfortune::none && profile().rm.has_value();
}

Plan draw_plan(std::uint64_t seed) {
  Random random(seed);
  Plan plan;
  plan.seed = seed;
  engine::Profile profile;
  profile.rm_settings = draw_rm(random);
  if (random.chance(35)) {
    profile.sc.reset();
    profile.protect = engine::Protection::none;
    profile.bootstrap = engine::Bootstrap::none;
    profile.sequence_token_reference = false;
  } else if (random.chance(8)) {
    profile.rm.reset();
  }
  draw_family(seed, profile);
  draw_routes(seed, random, profile);
  plan.client = draw_setup(random, "client", profile);
  plan.client.reply_address = "sim://client/replies";
  plan.service = draw_setup(random, "service", profile);
  plan.network = draw_network(random, profile.sc.has_value());
  plan.client_site = draw_site(random);
  plan.service_site = draw_site(random);
  // A receiver that keeps more ranges than the sender takes is one that breaks its limits.
  plan.client.limits.ack_ranges_max = plan.service.limits.ack_ranges_max;
  for (const StationSetup* setup : {&plan.client, &plan.service}) {
    if (setup->contexts.context_lifetime_ms < 60000) {
      // Clocks that differ by more than a context lives cannot agree on one.
      plan.client_site.skew_ms /= 20;
      plan.service_site.skew_ms /= 20;
    }
  }
  plan.client_app = draw_app(random);
  plan.service_app = draw_app(random);
  const sequences::RmSettings& rm = profile.rm_settings;
  // A reply needs its request delivered before the end, and consumed by the reply.
  const bool may_request = rm.incomplete != IncompleteBehavior::discard_entire_sequence &&
                           rm.assurance != DeliveryAssurance::at_most_once;
  const std::uint64_t conversations = random.chance(20) ? 2 : 1;
  for (std::uint64_t i = 0; i < conversations; ++i) {
    plan.workloads.push_back(draw_workload(random, may_request, conversations));
    plan.service.endpoints.push_back({path_of(i), profile.name});
  }
  plan.calm_ms = static_cast<std::int64_t>(random.between(20000, 60000));
  draw_misfortune(random, plan);
  return plan;
}

std::string describe(const Plan& plan) {
  const engine::Profile& profile = plan.profile();
  const sequences::RmSettings& rm = profile.rm_settings;
  static constexpr const char* kMisfortunes[] = {"none", "service forgets", "client vanishes",
                                                 "patience ends", "sequence expires"};
  static constexpr const char* kModes[] = {"anonymous", "addressable", "polled"};
  std::string text = profile.sc ? "secured" : "plain";
  text += profile.rm == sequences::RmVersion::rm_1_0 ? " RM 1.0" : "";
  text += " " + std::string(kModes[static_cast<std::size_t>(profile.reply)]) + "/" +
          kModes[static_cast<std::size_t>(profile.acks.value_or(profile.reply))];
  text += profile.rm ? " " + std::string(sequences::name_of(rm.assurance)) +
                           (rm.in_order ? " in order" : "") + " " +
                           std::string(sequences::name_of(rm.incomplete))
                     : std::string(" unnumbered");
  text += ", misfortune " + std::string(kMisfortunes[static_cast<std::size_t>(plan.misfortune)]) +
          ", loss " + std::to_string(plan.network.loss) + " %, crashes " +
          std::to_string(plan.client_site.crashes_max) + "+" +
          std::to_string(plan.service_site.crashes_max) + ", window " + std::to_string(rm.window) +
          ", buffer " + std::to_string(rm.buffer) + ", messages";
  for (const Workload& workload : plan.workloads) {
    text += " " + std::to_string(workload.size());
  }
  return text;
}

std::string address_of(std::size_t conversation) {
  return "sim://service" + path_of(conversation);
}

std::string path_of(std::size_t conversation) {
  return "/" + std::to_string(conversation);
}

}  // namespace parley::sim
