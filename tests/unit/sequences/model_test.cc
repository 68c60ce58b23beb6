#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "sequences/rm_destination.h"
#include "sequences/rm_source.h"

// A source and a destination, joined by a channel that loses, doubles and reorders, with crashes of
// both sides at any moment: memory is thrown away, and the last committed record is taken up. What
// leaves a side leaves only after its commit, as the engine guarantees.

namespace parley::sequences {
namespace {

struct Packet {
  enum class Kind {
    message,
    ack,
    ack_request,
    close,
    close_response,
    terminate,
    terminate_response
  };
  Kind kind = Kind::message;
  Arrival arrival;
  Acknowledgement ack;
  std::optional<std::uint64_t> last;
};

class Model {
 public:
  Model(std::uint64_t seed, RmVersion version, bool is_in_order, DeliveryAssurance assurance)
      : random_(seed), version_(version) {
    settings_.in_order = is_in_order;
    settings_.assurance = assurance;
    settings_.retransmit_adaptive = seed % 2;
    settings_.retransmit_base_ms = 100;
    settings_.retransmit_margin_ms = 50;
    settings_.peer_ack_interval_ms = 20;
    settings_.ack_interval_ms = 20;
    settings_.retransmit_max_ms = 500;
    settings_.lifecycle_retry_ms = 100;
    settings_.retransmit_tries_max = 0;
    settings_.lifecycle_tries_max = 0;
    settings_.inactivity_ms = 0;
    settings_.keep_alive_ms = 0;
    settings_.buffer_poll_ms = 60;
    settings_.tombstone_ms = 1000000000;
    settings_.nack_send = (seed / 2) % 2;
    settings_.window = 1 + random_() % 6;
    settings_.buffer = 1 + random_() % 4;
    limits_.ack_ranges_max = 2 + random_() % 3;
    total_ = 1 + random_() % 12;
    loss_percent_ = random_() % 35;
    crash_percent_ = random_() % 4;
    SourceState source = RmSource::open({version, "urn:m", "", ""}, settings_).value();
    source_.emplace(source, settings_, limits_, MonoTime{0});
    source_->apply(source_->decide_created({"urn:s", {}}, WallTime{0}).value().state);
    DestinationOpening opening;
    opening.version = version;
    opening.identifier = "urn:s";
    opening.acks_to = "http://source";
    destination_.emplace(RmDestination::open(opening, settings_, WallTime{0}).value(), settings_,
                         limits_, MonoTime{0});
    commit_source();
    commit_destination();
  }

  void run() {
    for (; ms_ < 400000 && !is_over(); ms_ += 1 + static_cast<std::int64_t>(random_() % 40)) {
      step_source();
      step_destination();
      carry(to_destination_, [this](const Packet& packet) { at_destination(packet); });
      carry(to_source_, [this](const Packet& packet) { at_source(packet); });
      crash();
    }
    REQUIRE(is_over());  // L1, L2
    check_outcome();
  }

 private:
  Now now() const { return Now{WallTime{ms_}, MonoTime{ms_}}; }

  bool chance(std::uint64_t percent) { return random_() % 100 < percent; }

  bool is_over() const {
    return source_->phase() == SourcePhase::none && destination_->is_drained() &&
           destination_->phase() == DestinationPhase::terminated;
  }

  void commit_source() {
    // Collapsed equals folded: a machine made from the last record is the machine.
    source_disk_ = source_->state();
    REQUIRE(RmSource(source_disk_, settings_, limits_, MonoTime{ms_}).state() == source_disk_);
  }

  void commit_destination() {
    destination_disk_ = destination_->state();
    REQUIRE(RmDestination(destination_disk_, settings_, limits_, MonoTime{ms_}).state() ==
            destination_disk_);
  }

  void post(std::vector<Packet>& channel, const Packet& packet) {
    if (!chance(loss_percent_)) {
      channel.push_back(packet);
      if (chance(20)) {
        channel.push_back(packet);
      }
    }
  }

  template <class Take>
  void carry(std::vector<Packet>& channel, const Take& take) {
    while (!channel.empty() && chance(70)) {
      const std::size_t i = random_() % channel.size();
      const Packet packet = channel[i];
      channel.erase(channel.begin() + static_cast<std::ptrdiff_t>(i));
      take(packet);
    }
  }

  void step_source() {
    RmSource& source = *source_;
    while (source.last_assigned() < total_ && chance(60)) {
      const auto fact = source.decide_number(version_ == RmVersion::rm_1_0 &&
                                             source.last_assigned() + 1 == total_);
      if (!fact) {
        break;
      }
      REQUIRE(fact->number == source.last_assigned() + 1);  // S1
      source.apply(*fact, MonoTime{ms_});
    }
    if (source.last_assigned() == total_ && source.is_complete()) {
      const SourcePhase ready =
          version_ == RmVersion::rm_1_0 ? SourcePhase::created : SourcePhase::closed;
      if (source.phase() == ready) {
        const auto decision = source.decide_terminate("urn:t").value();
        source.apply(decision.state);
      } else if (source.phase() == SourcePhase::created) {
        source.apply(source.decide_close("urn:c").value().state);
      }
    }
    commit_source();
    const SourceDue due = source.due(now());
    REQUIRE_FALSE(due.event);
    for (const std::uint64_t number : due.retransmit) {
      REQUIRE(source.phase() == SourcePhase::created);  // S11
      Packet packet;
      packet.arrival = {number, version_ == RmVersion::rm_1_0 && number == total_, false};
      post(to_destination_, packet);
      source.record_sent(number, MonoTime{ms_}, Jitter{static_cast<std::uint32_t>(random_())});
    }
    if (due.ack_request) {
      Packet packet;
      packet.kind = Packet::Kind::ack_request;
      post(to_destination_, packet);
      source.record_ack_request(MonoTime{ms_});
    }
    if (due.lifecycle || (version_ == RmVersion::rm_1_0 && source.phase() == SourcePhase::none)) {
      Packet packet;
      packet.kind =
          source.phase() == SourcePhase::closing ? Packet::Kind::close : Packet::Kind::terminate;
      packet.last = version_ == RmVersion::rm_1_0 ? std::nullopt : source.last_msg_number();
      post(to_destination_, packet);
      source.record_lifecycle_sent(MonoTime{ms_}, Jitter{});
    }
    // The timers tell of themselves: nothing is due without a deadline that has come.
    if (!source.due(now()).retransmit.empty()) {
      REQUIRE(source.deadline(now()) <= now().mono);
    }
  }

  void step_destination() {
    RmDestination& destination = *destination_;
    REQUIRE(destination.buffered() <= std::min<std::uint64_t>(settings_.buffer, 4));  // S17
    if (chance(70)) {
      commit_destination();  // a delivery leaves after the commit of what it rests on
      for (const std::uint64_t number : destination.deliverable(1 + random_() % 3)) {
        const bool at_most_once = settings_.assurance == DeliveryAssurance::at_most_once;
        destination.record_delivered(number);
        delivered_in_life_.push_back(number);
        ++deliveries_[number];
        if (!at_most_once) {
          unconsumed_.insert(number);
        }
      }
    }
    while (!unconsumed_.empty() && chance(60)) {
      const std::uint64_t number = *unconsumed_.begin();
      unconsumed_.erase(unconsumed_.begin());
      destination.apply(destination.decide_consumed(number).value());
      processed_.push_back(number);  // in the batch of the fact
      commit_destination();
    }
    if (destination.due(now()).ack) {
      send_ack();
    }
  }

  void send_ack() {
    commit_destination();
    const AckContent content = destination_->acknowledgement();
    const IntervalSet stated = IntervalSet::from(content.ranges, SIZE_MAX).value();
    REQUIRE(stated.includes(acked_ever_));  // S2, S19: never retracted
    acked_ever_ = stated;
    if (content.is_final) {
      if (!final_) {
        final_ = stated;
      }
      REQUIRE(stated == *final_);  // S8
    }
    Packet packet;
    packet.kind = Packet::Kind::ack;
    packet.ack = {content.ranges, content.is_final, content.buffer_remaining};
    post(to_source_, packet);
    destination_->record_ack();
  }

  void at_destination(const Packet& packet) {
    RmDestination& destination = *destination_;
    if (packet.kind == Packet::Kind::message) {
      const auto decision = destination.decide_arrival(packet.arrival);
      if (!decision) {
        REQUIRE(destination.phase() == DestinationPhase::terminated);
        return;
      }
      if (decision->accepted) {
        REQUIRE(destination.phase() == DestinationPhase::created);  // S10
        destination.apply(*decision->accepted, MonoTime{ms_});
      }
      destination.note_arrival(*decision, MonoTime{ms_});
    } else if (packet.kind == Packet::Kind::ack_request) {
      destination.request_ack(MonoTime{ms_});
    } else if (packet.kind == Packet::Kind::close || packet.kind == Packet::Kind::terminate) {
      const bool is_close = packet.kind == Packet::Kind::close;
      const auto decision = is_close
                                ? destination.decide_peer_close(packet.last, WallTime{ms_})
                                : destination.decide_peer_terminate(packet.last, WallTime{ms_});
      REQUIRE(decision);
      REQUIRE_FALSE(decision->actions.has(DestinationAction::fault_terminated));
      destination.apply(decision->state);
      if (version_ == RmVersion::rm_1_1) {
        send_ack();
        Packet answer;
        answer.kind = is_close ? Packet::Kind::close_response : Packet::Kind::terminate_response;
        post(to_source_, answer);
      }
    }
    if (chance(50)) {
      commit_destination();
    }
  }

  void at_source(const Packet& packet) {
    RmSource& source = *source_;
    if (packet.kind == Packet::Kind::ack) {
      const auto fact = source.decide_acknowledgement(packet.ack);
      if (!fact) {
        REQUIRE(source.phase() == SourcePhase::none);
        return;
      }
      REQUIRE(fact->standing != AckStanding::invalid);
      source.apply(*fact, MonoTime{ms_});
      REQUIRE(acked_ever_.includes(source.acked()));  // S3
    } else if (packet.kind == Packet::Kind::close_response) {
      const auto decision = source.decide(SourceEvent::close_response);
      if (decision) {
        source.apply(decision->state);
      }
    } else if (packet.kind == Packet::Kind::terminate_response) {
      const auto decision = source.decide(SourceEvent::terminate_response);
      REQUIRE(decision);
      source.apply(decision->state);
    }
  }

  void crash() {
    if (chance(crash_percent_)) {
      source_.emplace(source_disk_, settings_, limits_, MonoTime{ms_});
    }
    if (chance(crash_percent_)) {
      destination_.emplace(destination_disk_, settings_, limits_, MonoTime{ms_});
      check_life();
      delivered_in_life_.clear();
      unconsumed_.clear();
    }
  }

  void check_life() const {
    if (settings_.in_order) {
      REQUIRE(std::is_sorted(delivered_in_life_.begin(), delivered_in_life_.end()));  // S6
      REQUIRE(std::adjacent_find(delivered_in_life_.begin(), delivered_in_life_.end()) ==
              delivered_in_life_.end());
    }
  }

  void check_outcome() {
    check_life();
    if (settings_.assurance == DeliveryAssurance::at_most_once) {
      for (const auto& [number, count] : deliveries_) {
        REQUIRE(count == 1);  // S5
      }
      return;
    }
    std::vector<std::uint64_t> expected(total_);
    for (std::uint64_t n = 1; n <= total_; ++n) {
      expected[n - 1] = n;
    }
    if (!settings_.in_order) {
      std::sort(processed_.begin(), processed_.end());
    }
    REQUIRE(processed_ == expected);  // S5, S6, S7: exactly once, all of them, in order
    REQUIRE(source_->is_complete());
    REQUIRE(source_->end() == SequenceEnd::completed);
    if (final_) {
      REQUIRE(source_->acked() == *final_);  // S9
    }
  }

  std::mt19937_64 random_;
  RmVersion version_;
  RmSettings settings_;
  Limits limits_;
  std::uint64_t total_ = 0;
  std::uint64_t loss_percent_ = 0;
  std::uint64_t crash_percent_ = 0;
  std::int64_t ms_ = 0;
  std::optional<RmSource> source_;
  std::optional<RmDestination> destination_;
  SourceState source_disk_;
  DestinationState destination_disk_;
  std::vector<Packet> to_destination_;
  std::vector<Packet> to_source_;
  IntervalSet acked_ever_;
  std::optional<IntervalSet> final_;
  std::vector<std::uint64_t> delivered_in_life_;
  std::map<std::uint64_t, int> deliveries_;
  std::set<std::uint64_t> unconsumed_;
  std::vector<std::uint64_t> processed_;
};

void run_seeds(RmVersion version,
               bool is_in_order,
               DeliveryAssurance assurance,
               std::uint64_t count) {
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    INFO("seed " << seed);
    Model(seed, version, is_in_order, assurance).run();
  }
}

TEST_CASE(
    "Exactly once, in order, over a bad network and across crashes (S1-S3, S5-S11, S17, S19, L1, "
    "L2)") {
  run_seeds(RmVersion::rm_1_1, true, DeliveryAssurance::exactly_once, 1500);
  run_seeds(RmVersion::rm_1_0, true, DeliveryAssurance::exactly_once, 500);
}

TEST_CASE("Exactly once without order, over a bad network and across crashes") {
  run_seeds(RmVersion::rm_1_1, false, DeliveryAssurance::exactly_once, 500);
  run_seeds(RmVersion::rm_1_0, false, DeliveryAssurance::at_least_once, 200);
}

TEST_CASE("At most once over a bad network and across crashes") {
  run_seeds(RmVersion::rm_1_1, true, DeliveryAssurance::at_most_once, 500);
  run_seeds(RmVersion::rm_1_1, false, DeliveryAssurance::at_most_once, 200);
}

}  // namespace
}  // namespace parley::sequences
