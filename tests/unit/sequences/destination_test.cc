#include <catch2/catch.hpp>

#include "sequences/rm_destination.h"

namespace parley::sequences {
namespace {

using A = DestinationAction;
using E = DestinationEvent;
using Numbers = std::vector<std::uint64_t>;

constexpr Now now_at(std::int64_t ms) {
  return Now{WallTime{1000000 + ms}, MonoTime{ms}};
}

MonoTime at(std::int64_t ms) {
  return MonoTime{ms};
}

struct Fixture {
  RmSettings settings;
  Limits limits;
  DestinationOpening opening{RmVersion::rm_1_1,  "urn:d", "urn:m1", "urn:offer", "urn:sct",
                             "http://peer/acks", "",      {}};

  RmDestination open() const {
    return RmDestination(RmDestination::open(opening, settings, now_at(0).wall).value(), settings,
                         limits, at(0));
  }
};

// What a host does with a Sequence header; a body would be kept if it is fresh.
ArrivalDecision arrive(RmDestination& destination, Arrival arrival, std::int64_t ms = 0) {
  const auto decision = destination.decide_arrival(arrival).value();
  if (decision.accepted) {
    destination.apply(*decision.accepted, at(ms));
  }
  destination.note_arrival(decision, at(ms));
  return decision;
}

ArrivalKind arrive(RmDestination& destination, std::uint64_t number, std::int64_t ms = 0) {
  return arrive(destination, Arrival{number, false, false}, ms).kind;
}

Numbers deliver(RmDestination& destination) {
  const Numbers numbers = destination.deliverable(SIZE_MAX);
  for (const std::uint64_t number : numbers) {
    destination.record_delivered(number);
  }
  return numbers;
}

void consume(RmDestination& destination, const Numbers& numbers) {
  for (const std::uint64_t number : numbers) {
    destination.apply(destination.decide_consumed(number).value());
  }
}

TEST_CASE("RM-011, RM-020: what is opened, and what is refused") {
  Fixture f;
  const auto lifetime = [&](std::optional<Duration> asked, std::uint64_t longest) {
    f.opening.expires = asked;
    f.settings.expires_ms = longest;
    return RmDestination::open(f.opening, f.settings, WallTime{0})->expires;
  };
  CHECK_FALSE(lifetime({}, 0));
  CHECK_FALSE(lifetime(Duration(0), 0));
  CHECK(lifetime(Duration(2000), 0) == WallTime{2000});
  CHECK(lifetime(Duration(2000), 500) == WallTime{500});
  CHECK(lifetime(Duration(2000), 5000) == WallTime{2000});
  CHECK(lifetime({}, 5000) == WallTime{5000});
  CHECK(lifetime(Duration::max(), 0));
  f.opening.acks_to = "http://www.w3.org/2005/08/addressing/none";
  CHECK_FALSE(RmDestination::open(f.opening, f.settings, WallTime{0}));
  f.opening.acks_to = "";
  CHECK_FALSE(RmDestination::open(f.opening, f.settings, WallTime{0}));
}

TEST_CASE("RM-025, flaw 1: a repeated CreateSequence is recognised within its context only") {
  Fixture f;
  const RmDestination destination = f.open();
  CHECK(destination.is_repeat("urn:m1", "urn:offer", "urn:sct"));
  CHECK(destination.is_repeat("urn:m1", "", "urn:sct"));
  CHECK(destination.is_repeat("urn:m2", "urn:offer", "urn:sct"));
  CHECK_FALSE(destination.is_repeat("urn:m2", "urn:offer2", "urn:sct"));
  CHECK_FALSE(destination.is_repeat("urn:m1", "urn:offer", "urn:sct2"));
  CHECK_FALSE(destination.is_repeat("", "", "urn:sct"));
  CHECK(destination.decide(E::create, WallTime{0})->actions.has(A::send_created));
}

TEST_CASE("S6, scenario 17: reverse arrival is delivered in order, and nothing before its turn") {
  Fixture f;
  RmDestination destination = f.open();
  for (std::uint64_t n = 8; n >= 2; --n) {
    CHECK(arrive(destination, n) == ArrivalKind::fresh);
    CHECK(deliver(destination).empty());
  }
  arrive(destination, 1);
  CHECK(deliver(destination) == Numbers{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(deliver(destination).empty());
}

TEST_CASE("Without order, what has come is delivered") {
  Fixture f;
  f.settings.in_order = false;
  RmDestination destination = f.open();
  arrive(destination, 5);
  arrive(destination, 2);
  CHECK(deliver(destination) == Numbers{2, 5});
  arrive(destination, 1);
  CHECK(deliver(destination) == Numbers{1});
}

TEST_CASE("RM-083, S5: a duplicate is acknowledged at once, never delivered, never a fault") {
  Fixture f;
  RmDestination destination = f.open();
  arrive(destination, 1);
  deliver(destination);
  destination.record_ack();
  const auto again = arrive(destination, Arrival{1, false, false});
  CHECK(again.kind == ArrivalKind::duplicate);
  CHECK_FALSE(again.accepted);
  CHECK(destination.due(now_at(0)).ack);  // flaw 7: an acknowledgement that was lost is made again
  CHECK(destination.acknowledgement().ranges == NumberRanges{{1, 1}});
  CHECK(deliver(destination).empty());
  consume(destination, {1});
  CHECK(destination.decide_consumed(1).error().code() == ErrorCode::not_found);
  CHECK(arrive(destination, 1) == ArrivalKind::duplicate);
  CHECK(deliver(destination).empty());
}

TEST_CASE("RM-131, S7: what is not consumed is delivered again after a crash, and what is never") {
  Fixture f;
  RmDestination destination = f.open();
  for (std::uint64_t n = 1; n <= 4; ++n) {
    arrive(destination, n);
  }
  deliver(destination);
  consume(destination, {1, 3});
  RmDestination recovered(destination.state(), f.settings, f.limits, at(0));
  CHECK(deliver(recovered) == Numbers{2, 4});
  CHECK(recovered.acknowledgement().ranges == destination.acknowledgement().ranges);  // S19
  CHECK(recovered.state() == destination.state());
  recovered.decline(2);
  recovered.decline(1);  // consumed: nothing to deliver
  CHECK(deliver(recovered) == Numbers{2});
}

TEST_CASE("AtMostOnce is consumed on acceptance, may skip gaps, and keeps order") {
  Fixture f;
  f.settings.assurance = DeliveryAssurance::at_most_once;
  RmDestination destination = f.open();
  CHECK(arrive(destination, Arrival{3, false, false}).accepted->consumed);
  CHECK(deliver(destination) == Numbers{3});
  const auto late = arrive(destination, Arrival{2, false, false});
  CHECK(late.kind == ArrivalKind::fresh);  // acknowledged, but it has lost its place
  CHECK_FALSE(late.accepted->deliver);
  arrive(destination, 5);
  arrive(destination, 4);
  CHECK(deliver(destination) == Numbers{4, 5});
  arrive(destination, 6);
  RmDestination recovered(destination.state(), f.settings, f.limits, at(0));
  CHECK(deliver(recovered).empty());  // never twice: rather not at all
  CHECK(recovered.acknowledgement().ranges == NumberRanges{{2, 6}});
  f.settings.in_order = false;
  RmDestination loose = f.open();
  arrive(loose, 3);
  deliver(loose);
  arrive(loose, 2);
  CHECK(deliver(loose) == Numbers{2});
}

TEST_CASE(
    "RM-120, RM-123, S17, flaw 11: a full buffer drops without acknowledging, but keeps the next "
    "number's place") {
  Fixture f;
  f.settings.buffer = 4;
  RmDestination destination = f.open();
  CHECK(destination.acknowledgement().buffer_remaining == 4);
  for (std::uint64_t n = 2; n <= 4; ++n) {
    CHECK(arrive(destination, n) == ArrivalKind::fresh);
  }
  const auto refused = arrive(destination, Arrival{5, false, false});
  CHECK(refused.kind == ArrivalKind::without_room);  // the last place is for number 1
  CHECK_FALSE(refused.accepted);
  CHECK_FALSE(destination.received().contains(5));
  CHECK(arrive(destination, 1) == ArrivalKind::fresh);
  CHECK(destination.buffered() == 4);
  CHECK(destination.room() == 0);
  CHECK(destination.acknowledgement().buffer_remaining == 0);
  CHECK(arrive(destination, 5) == ArrivalKind::without_room);
  consume(destination, deliver(destination));
  CHECK(destination.room() == 4);
  CHECK(arrive(destination, 5) == ArrivalKind::fresh);
}

TEST_CASE("destination_buffer_max holds, whatever is set") {
  Fixture f;
  f.settings.buffer = 1000000;
  f.limits.destination_buffer_max = 3;
  RmDestination destination = f.open();
  CHECK(arrive(destination, 1) == ArrivalKind::fresh);
  CHECK(arrive(destination, 2) == ArrivalKind::fresh);
  CHECK(arrive(destination, 3) == ArrivalKind::fresh);
  CHECK(arrive(destination, 4) == ArrivalKind::without_room);
}

TEST_CASE(
    "RM-165, scenario 46: no more ranges than ack_ranges_max, beyond it neither kept nor "
    "acknowledged") {
  Fixture f;
  f.settings.in_order = false;
  f.settings.buffer = 1000;
  f.limits.ack_ranges_max = 4;
  RmDestination destination = f.open();
  arrive(destination, 1);
  for (const std::uint64_t n : {3u, 5u, 7u}) {
    CHECK(arrive(destination, n) == ArrivalKind::fresh);
  }
  CHECK(arrive(destination, 9) == ArrivalKind::without_room);
  CHECK(destination.acknowledgement().ranges.size() == 4);
  CHECK(arrive(destination, 8) == ArrivalKind::fresh);  // joins a range
  CHECK(arrive(destination, 2) == ArrivalKind::fresh);
  CHECK(arrive(destination, 10) == ArrivalKind::fresh);
  // The first number always finds a range.
  RmDestination other = f.open();
  for (const std::uint64_t n : {3u, 5u, 7u}) {
    CHECK(arrive(other, n) == ArrivalKind::fresh);
  }
  CHECK(arrive(other, 9) == ArrivalKind::without_room);
  CHECK(arrive(other, 1) == ArrivalKind::fresh);
}

TEST_CASE("RM-033, S18: 0 and 2^63 are no numbers; our own limit is MessageNumberRollover") {
  Fixture f;
  f.settings.in_order = false;
  RmDestination destination = f.open();
  CHECK(destination.decide_arrival({0, false, false}).error().code() == ErrorCode::malformed_value);
  CHECK(destination.decide_arrival({kNumberMax + 1, false, false}).error().code() ==
        ErrorCode::malformed_value);
  CHECK(destination.decide_arrival({UINT64_MAX, false, false}).error().code() ==
        ErrorCode::malformed_value);
  CHECK(arrive(destination, kNumberMax) == ArrivalKind::fresh);
  CHECK(destination.missing(1) == NumberRanges{{1, kNumberMax - 1}});
  f.settings.number_max = 10;
  const auto above = arrive(destination, Arrival{11, false, false});
  CHECK(above.kind == ArrivalKind::above_limit);
  CHECK(above.actions.has(A::fault_rollover));
  CHECK(arrive(destination, 10) == ArrivalKind::fresh);  // lower numbers are still taken
}

TEST_CASE(
    "RM-034: 1.0's LastMessage ends the numbers, is acknowledged at once, and is not delivered if "
    "empty") {
  Fixture f;
  f.opening.version = RmVersion::rm_1_0;
  RmDestination destination = f.open();
  arrive(destination, 1);
  destination.record_ack();
  const auto last = arrive(destination, Arrival{3, true, true});
  CHECK(last.kind == ArrivalKind::fresh);
  CHECK(destination.due(now_at(0)).ack);
  const auto above = arrive(destination, Arrival{4, false, false});
  CHECK(above.kind == ArrivalKind::above_last);
  CHECK(above.actions.has(A::fault_last_exceeded));
  CHECK(arrive(destination, 2) == ArrivalKind::fresh);
  CHECK(deliver(destination) == Numbers{1, 2});
  CHECK(destination.is_whole());
  CHECK_FALSE(destination.acknowledgement().is_final);
  const auto ended = destination.decide_peer_terminate({}, WallTime{0}).value();
  CHECK_FALSE(ended.actions.has(A::send_terminate_response));
  CHECK_FALSE(ended.actions.has(A::report_incomplete));
  CHECK(ended.state.phase == DestinationPhase::terminated);

  RmDestination other = f.open();
  arrive(other, 5);
  CHECK(arrive(other, Arrival{4, true, false}).kind == ArrivalKind::violation);
  CHECK(other.decide(E::violated, WallTime{0})->actions.has(A::fault_terminated));
}

TEST_CASE("RM-040, RM-043, RM-044: the complete set, and Final from the close on") {
  Fixture f;
  RmDestination destination = f.open();
  CHECK(destination.acknowledgement().ranges.empty());
  arrive(destination, 1);
  arrive(destination, 3);
  CHECK(destination.acknowledgement().ranges == NumberRanges{{1, 1}, {3, 3}});
  CHECK_FALSE(destination.acknowledgement().is_final);
  const auto closing = destination.decide_peer_close(3, WallTime{0}).value();
  CHECK(closing.actions.has(A::send_close_response));
  destination.apply(closing.state);
  const AckContent final = destination.acknowledgement();
  CHECK(final.is_final);
  CHECK_FALSE(final.buffer_remaining);
  // S8, S10: nothing new after it; the answer says why.
  const auto refused = arrive(destination, Arrival{2, false, false});
  CHECK(refused.kind == ArrivalKind::after_close);
  CHECK(refused.actions.has(A::fault_closed));
  CHECK(refused.actions.has(A::ack_now));
  CHECK(arrive(destination, 3) == ArrivalKind::duplicate);
  CHECK(destination.acknowledgement().ranges == final.ranges);
  const auto repeat = destination.decide_peer_close(3, WallTime{0}).value();
  CHECK(repeat.actions.has(A::send_close_response));
  CHECK(repeat.state == destination.state());
  CHECK(destination.decide(E::ack_requested, WallTime{0})->actions.has(A::ack_now));  // RM-051
}

TEST_CASE(
    "RM-050, scenario 19: acknowledgements wait for company, but not for a gap, a duplicate or a "
    "request") {
  Fixture f;
  f.settings.ack_interval_ms = 200;
  f.settings.ack_count = 3;
  RmDestination destination = f.open();
  arrive(destination, 1, 0);
  CHECK_FALSE(destination.due(now_at(199)).ack);
  CHECK(destination.deadline(now_at(0)) == at(200));
  CHECK(destination.due(now_at(200)).ack);
  destination.record_ack();
  CHECK_FALSE(destination.due(now_at(9999)).ack);
  arrive(destination, 2, 300);
  arrive(destination, 3, 310);
  CHECK_FALSE(destination.due(now_at(310)).ack);
  arrive(destination, 4, 320);
  CHECK(destination.due(now_at(320)).ack);  // three wait
  destination.record_ack();
  arrive(destination, 6, 330);
  CHECK(destination.due(now_at(330)).ack);  // a gap
  destination.record_ack();
  arrive(destination, 5, 340);
  CHECK(destination.due(now_at(340)).ack);  // its filling
  destination.record_ack();
  arrive(destination, 5, 350);
  CHECK(destination.due(now_at(350)).ack);  // a duplicate
  destination.record_ack();
  destination.request_ack(at(360));
  CHECK(destination.due(now_at(360)).ack);
}

TEST_CASE("RM-045: a Nack names what is missing and nothing that was accepted, at most nacks_max") {
  Fixture f;
  RmDestination destination = f.open();
  arrive(destination, 2);
  arrive(destination, 5);
  CHECK(destination.nacks().empty());  // by default
  f.settings.nack_send = 1;
  CHECK(destination.nacks() == Numbers{1, 3, 4});
  f.settings.nacks_max = 2;
  CHECK(destination.nacks() == Numbers{1, 3});
  f.settings.in_order = false;
  arrive(destination, kNumberMax);  // a huge gap costs nothing
  CHECK(destination.nacks().size() == 2);
}

TEST_CASE(
    "2.3, scenario 26, flaws 12 and 13: what becomes of gaps, by behaviour, with the trailing ones "
    "counted") {
  Fixture f;
  for (const bool in_order : {true, false}) {
    f.settings.in_order = in_order;
    f.settings.incomplete = IncompleteBehavior::no_discard;
    RmDestination keeps = f.open();
    for (const std::uint64_t n : {1u, 2u, 4u}) {
      arrive(keeps, n);
    }
    const auto kept = keeps.decide_peer_close(6, WallTime{0}).value();
    CHECK(kept.discarded.empty());
    CHECK(kept.actions.has(A::report_incomplete));
    keeps.apply(kept.state);
    CHECK(deliver(keeps) == Numbers{1, 2, 4});
    CHECK(keeps.missing(9) == NumberRanges{{3, 3}, {5, 6}});
    CHECK(keeps.missing_count() == 3);
    // What was told when it was closed is not told again.
    CHECK_FALSE(keeps.decide_peer_terminate(6, WallTime{0})->actions.has(A::report_incomplete));

    f.settings.incomplete = IncompleteBehavior::discard_following_first_gap;
    RmDestination prefix = f.open();
    for (const std::uint64_t n : {1u, 2u, 4u}) {
      arrive(prefix, n);
    }
    CHECK(deliver(prefix) == Numbers{1, 2});  // 4 may yet have to be discarded
    const auto cut = prefix.decide_peer_close(4, WallTime{0}).value();
    CHECK(cut.discarded.intervals() == std::vector<Interval>{{4, 4}});
    prefix.apply(cut.state);
    CHECK(deliver(prefix).empty());
    consume(prefix, {1, 2});
    CHECK(prefix.is_drained());
    CHECK(prefix.acknowledgement().ranges == NumberRanges{{1, 2}, {4, 4}});  // the set stands

    f.settings.incomplete = IncompleteBehavior::discard_entire_sequence;
    for (const std::uint64_t last : {2u, 3u}) {
      RmDestination whole = f.open();
      arrive(whole, 1);
      arrive(whole, 2);
      CHECK(deliver(whole).empty());  // not before the end
      const auto ended = whole.decide_peer_close(last, WallTime{0}).value();
      whole.apply(ended.state);
      CHECK(ended.discarded.empty() == (last == 2));
      CHECK(deliver(whole) == (last == 2 ? Numbers{1, 2} : Numbers{}));
    }
  }
}

TEST_CASE("AtMostOnce with DiscardEntireSequence is consumed before it leaves, at the end") {
  Fixture f;
  f.settings.assurance = DeliveryAssurance::at_most_once;
  f.settings.incomplete = IncompleteBehavior::discard_entire_sequence;
  RmDestination destination = f.open();
  CHECK(destination.consumes_before_delivery());
  CHECK_FALSE(arrive(destination, Arrival{1, false, false}).accepted->consumed);
  CHECK(destination.deliverable(9).empty());
  destination.apply(destination.decide_peer_close(1, WallTime{0}).value().state);
  const Numbers numbers = destination.deliverable(9);
  REQUIRE(numbers == Numbers{1});
  consume(destination, numbers);
  RmDestination crashed(destination.state(), f.settings, f.limits, at(0));
  CHECK(crashed.deliverable(9).empty());
  CHECK(deliver(destination) == numbers);
}

TEST_CASE(
    "RM-061, scenario 56: LastMsgNumber too small, or changed in a repeat, ends the sequence") {
  Fixture f;
  RmDestination destination = f.open();
  arrive(destination, 1);
  arrive(destination, 2);
  const auto small = destination.decide_peer_close(1, WallTime{0}).value();
  CHECK(small.actions.has(A::fault_terminated));
  CHECK(small.state.end == SequenceEnd::violated);
  CHECK(small.state.phase == DestinationPhase::none);
  destination.apply(destination.decide_peer_close(2, WallTime{0}).value().state);
  CHECK(destination.phase() == DestinationPhase::closed);
  CHECK(destination.decide_peer_terminate(3, WallTime{0})->actions.has(A::fault_terminated));
  CHECK(destination.decide_peer_close(3, WallTime{0})->actions.has(A::fault_terminated));
  CHECK(destination.decide_peer_terminate(2, WallTime{0})->actions.has(A::send_terminate_response));
  CHECK(
      destination.decide_peer_terminate({}, WallTime{0})->actions.has(A::send_terminate_response));
}

TEST_CASE(
    "RM-064, RM-066, RM-069: a terminated sequence answers from its tombstone, and still "
    "delivers") {
  Fixture f;
  f.settings.tombstone_ms = 5000;
  RmDestination destination = f.open();
  arrive(destination, 1);
  arrive(destination, 2);
  destination.apply(destination.decide_peer_terminate(2, now_at(0).wall).value().state);
  CHECK(destination.phase() == DestinationPhase::terminated);
  CHECK(destination.acknowledgement().is_final);
  CHECK(destination.decide_arrival({3, false, false}).error().code() ==
        ErrorCode::sequence_unknown);
  CHECK(destination.decide_peer_terminate(2, WallTime{0})->actions.has(A::send_terminate_response));
  CHECK(destination.decide(E::create, WallTime{0})->actions.has(A::fault_refused));
  RmDestination recovered(destination.state(), f.settings, f.limits, at(0));
  CHECK(deliver(recovered) == Numbers{1, 2});
  CHECK_FALSE(recovered.is_drained());
  consume(recovered, {1, 2});
  CHECK(recovered.is_drained());
  CHECK_FALSE(recovered.due(now_at(4999)).event);
  CHECK(recovered.deadline(now_at(4999)) == at(5000));
  REQUIRE(recovered.due(now_at(5000)).event == E::tombstone_timer);
  recovered.apply(recovered.decide(E::tombstone_timer, WallTime{0}).value().state);
  CHECK(recovered.phase() == DestinationPhase::none);
  CHECK(recovered.end() == SequenceEnd::completed);
  CHECK(recovered.deadline(now_at(5000)) == kNever);
}

TEST_CASE(
    "RM-062, RM-065, RM-105: our own Close and Terminate are repeated until they are answered") {
  Fixture f;
  f.settings.lifecycle_retry_ms = 1000;
  f.settings.lifecycle_tries_max = 2;
  RmDestination destination = f.open();
  arrive(destination, 2);
  const auto closing = destination.decide_close("urn:c", WallTime{0}).value();
  CHECK(closing.actions.has(A::send_close));
  CHECK(closing.actions.has(A::report_incomplete));
  destination.apply(closing.state);
  CHECK(destination.acknowledgement().is_final);
  CHECK(destination.due(now_at(0)).lifecycle);
  destination.record_lifecycle_sent(at(0));
  CHECK_FALSE(destination.due(now_at(999)).lifecycle);
  CHECK(destination.due(now_at(1000)).lifecycle);
  RmDestination given_up = destination;
  given_up.record_lifecycle_sent(at(1000));
  CHECK_FALSE(given_up.due(now_at(9000)).lifecycle);
  destination.apply(destination.decide(E::close_response, WallTime{0}).value().state);
  CHECK_FALSE(destination.due(now_at(1000)).lifecycle);
  CHECK(destination.decide_close("urn:c2", WallTime{0}).error().code() == ErrorCode::invalid_state);
  destination.apply(destination.decide_terminate("urn:t", now_at(0).wall).value().state);
  CHECK(destination.due(now_at(1000)).lifecycle);
  destination.apply(destination.decide(E::terminate_response, WallTime{0}).value().state);
  CHECK(destination.phase() == DestinationPhase::none);
  CHECK(destination.end() == SequenceEnd::aborted);
  // 1.0 has neither.
  f.opening.version = RmVersion::rm_1_0;
  CHECK(f.open().decide_close("urn:c", WallTime{0}).error().code() == ErrorCode::invalid_state);
}

TEST_CASE("RM-021, RM-110: expiry and silence end the sequence; what is stuck is reported") {
  Fixture f;
  f.settings.inactivity_ms = 3000;
  f.opening.expires = Duration(10000);
  RmDestination destination = f.open();
  arrive(destination, 2);
  destination.record_heard(at(2000));
  CHECK(destination.due(now_at(4999)).event == std::nullopt);
  CHECK(destination.due(now_at(5000)).event == E::inactive);
  destination.record_heard(at(9000));
  REQUIRE(destination.due(now_at(10000)).event ==
          E::expires);  // activity does not extend it (RM-113)
  const auto ended = destination.decide(E::expires, WallTime{0}).value();
  CHECK(ended.actions.has(A::report_incomplete));
  destination.apply(ended.state);
  CHECK(destination.decide_arrival({1, false, false}).error().code() ==
        ErrorCode::sequence_unknown);
  CHECK(deliver(destination) == Numbers{2});  // NoDiscard
}

TEST_CASE(
    "RM-024, flaw 15: an offered sequence receives before the answer, and delivers after it") {
  Fixture f;
  const auto state = RmDestination::offer(f.opening, f.settings, WallTime{0}).value();
  RmDestination accepted(state, f.settings, f.limits, at(0));
  CHECK(arrive(accepted, 1) == ArrivalKind::fresh);
  CHECK(deliver(accepted).empty());
  RmDestination declined = accepted;
  accepted.apply(accepted.decide_confirmed(true, WallTime{0}).value().state);
  CHECK(deliver(accepted) == Numbers{1});
  CHECK(accepted.decide_confirmed(true, WallTime{0}).error().code() == ErrorCode::invalid_state);
  const auto gone = declined.decide_confirmed(false, WallTime{0}).value();
  CHECK(gone.discarded.intervals() == std::vector<Interval>{{1, 1}});
  declined.apply(gone.state);
  CHECK(declined.phase() == DestinationPhase::none);
  CHECK(declined.is_drained());
  CHECK(deliver(declined).empty());
}

TEST_CASE("Every row of the settings has a name, a unit and a reason, and can be set") {
  RmSettings settings;
  for (const RmSettingRow& row : rm_setting_rows()) {
    CHECK_FALSE(row.name.empty());
    CHECK_FALSE(row.unit.empty());
    CHECK_FALSE(row.reason.empty());
    CHECK(settings.*row.field == row.value);
    settings.*row.field = 0;
  }
  CHECK(name_of(IncompleteBehavior::discard_entire_sequence) == "DiscardEntireSequence");
  CHECK(name_of(DeliveryAssurance::exactly_once) == "ExactlyOnce");
}

}  // namespace
}  // namespace parley::sequences
