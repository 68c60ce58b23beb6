#include <catch2/catch.hpp>

#include "sequences/rm_source.h"

namespace parley::sequences {
namespace {

using A = SourceAction;
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
  RmVersion version = RmVersion::rm_1_1;

  Fixture() {
    settings.retransmit_adaptive = 0;
    settings.retransmit_base_ms = 1000;
    settings.retransmit_jitter_permille = 0;
  }

  RmSource creating() const {
    return RmSource(RmSource::open({version, "urn:m1", "urn:offer", "urn:sct"}, settings).value(),
                    settings, limits, at(0));
  }

  RmSource created() const {
    RmSource source = creating();
    source.apply(source.decide_created({"urn:s", {}}, WallTime{0}).value().state);
    return source;
  }

  RmSource with_sent(std::uint64_t count) const {
    RmSource source = created();
    for (std::uint64_t n = 1; n <= count; ++n) {
      source.apply(source.decide_number().value(), at(0));
      source.record_sent(n, at(0), Jitter{});
    }
    return source;
  }
};

NumbersAcknowledged acknowledge(RmSource& source,
                                NumberRanges ranges,
                                bool is_final = false,
                                std::int64_t ms = 10) {
  const auto fact = source.decide_acknowledgement({std::move(ranges), is_final, {}}).value();
  source.apply(fact, at(ms));
  return fact;
}

TEST_CASE("RM-025, RM-105: CreateSequence is repeated unchanged, then given up") {
  Fixture f;
  f.settings.lifecycle_retry_ms = 1000;
  f.settings.lifecycle_tries_max = 3;
  RmSource source = f.creating();
  const SourceState before = source.state();
  CHECK(source.phase() == SourcePhase::creating);
  CHECK(source.due(now_at(0)).lifecycle);
  source.record_lifecycle_sent(at(0), Jitter{});
  CHECK_FALSE(source.due(now_at(999)).lifecycle);
  CHECK(source.deadline(now_at(0)) == at(1000));
  CHECK(source.due(now_at(1000)).lifecycle);
  source.record_lifecycle_sent(at(1000), Jitter{});
  source.record_lifecycle_sent(at(3000), Jitter{});
  CHECK(source.state() == before);  // message id and offered identifier are facts
  CHECK_FALSE(source.due(now_at(6999)).event);
  REQUIRE(source.due(now_at(7000)).event == SourceEvent::unanswered);
  const auto decision = source.decide(SourceEvent::unanswered).value();
  CHECK(decision.actions.has(A::report_refused));
  source.apply(decision.state);
  CHECK(source.phase() == SourcePhase::none);
  CHECK(source.end() == SequenceEnd::no_answer);
}

TEST_CASE("Table 6: CreateSequenceResponse opens; a repeat is ignored, a stray one terminated") {
  Fixture f;
  RmSource source = f.creating();
  CHECK(source.decide_number().error().code() == ErrorCode::busy);  // queued
  CHECK_FALSE(source.decide_created({"", {}}, WallTime{0}));
  const auto decision = source.decide_created({"urn:s", {}}, WallTime{0}).value();
  CHECK(decision.actions.has(A::flush_queue));
  source.apply(decision.state);
  CHECK(source.identifier() == "urn:s");
  CHECK(source.decide_created({"urn:s", {}}, WallTime{0})->actions.empty());
  const auto stray = source.decide_created({"urn:other", {}}, WallTime{0}).value();
  CHECK(stray.actions.has(A::terminate_stray));
  CHECK(stray.state.identifier == "urn:s");
}

TEST_CASE("RM-020, RM-021: the grant is cut to what was asked, and counts from the response") {
  Fixture f;
  const auto expires_of = [&](std::uint64_t asked, std::optional<Duration> granted) {
    f.settings.expires_ms = asked;
    return f.creating().decide_created({"urn:s", granted}, WallTime{500})->state.expires;
  };
  CHECK_FALSE(expires_of(0, std::nullopt));
  CHECK_FALSE(expires_of(0, Duration(0)));  // PT0S
  CHECK(expires_of(0, Duration(2000)) == WallTime{2500});
  CHECK(expires_of(3000, Duration(2000)) == WallTime{2500});
  CHECK(expires_of(3000, Duration(9000)) == WallTime{3500});
  CHECK(expires_of(3000, std::nullopt) == WallTime{3500});
  CHECK(expires_of(3000, Duration(0)) == WallTime{3500});
  CHECK(expires_of(0, Duration::max()));  // no overflow
}

TEST_CASE("RM-113: Expires is absolute, reported if something is unacknowledged (flaw 20)") {
  Fixture f;
  f.settings.expires_ms = 5000;
  RmSource source = f.creating();
  source.apply(source.decide_created({"urn:s", {}}, now_at(0).wall).value().state);
  source.apply(source.decide_number().value(), at(0));
  source.record_heard(at(4999));
  CHECK_FALSE(source.due(now_at(4999)).event);
  CHECK(source.deadline(now_at(4999)) <= at(5000));
  REQUIRE(source.due(now_at(5000)).event == SourceEvent::expires);
  const auto decision = source.decide(SourceEvent::expires).value();
  CHECK(decision.actions.has(A::report_loss));
  CHECK(decision.state.end == SequenceEnd::expired);
  acknowledge(source, {{1, 1}});
  CHECK_FALSE(source.decide(SourceEvent::expires)->actions.has(A::report_loss));
}

TEST_CASE("RM-030, RM-031, S1: numbers are 1, 2, 3, …, and never used twice, across a crash too") {
  Fixture f;
  RmSource source = f.created();
  for (std::uint64_t n = 1; n <= 5; ++n) {
    const auto fact = source.decide_number().value();
    CHECK(fact.number == n);
    source.apply(fact, at(0));
  }
  RmSource recovered(source.state(), f.settings, f.limits, at(100));
  CHECK(recovered.decide_number()->number == 6);
  CHECK(recovered.state() == source.state());
  CHECK(recovered.due(now_at(100)).retransmit == Numbers{1, 2, 3, 4, 5});
}

TEST_CASE(
    "RM-033, S18, flaw 25: after the highest number nothing new, but retransmission goes on") {
  Fixture f;
  for (const bool by_fault : {false, true}) {
    SourceState state = f.created().state();
    state.last_assigned = kNumberMax - 1;
    state.acked = {{1, kNumberMax - 1}};
    RmSource source(state, f.settings, f.limits, at(0));
    const auto fact = source.decide_number().value();
    CHECK(fact.number == kNumberMax);
    source.apply(fact, at(0));
    source.record_sent(kNumberMax, at(0), Jitter{});
    if (by_fault) {
      const auto decision = source.decide(SourceEvent::rollover_fault).value();
      CHECK(decision.actions.has(A::stop_numbering));
      source.apply(decision.state);
      CHECK(source.phase() == SourcePhase::created);
    }
    CHECK(source.decide_number().error().code() == ErrorCode::number_rollover);
    CHECK(source.due(now_at(1000)).retransmit == Numbers{kNumberMax});
    CHECK(source.unacknowledged_count() == 1);
    acknowledge(source, {{1, kNumberMax}});
    CHECK(source.is_complete());
    CHECK(source.decide_close("urn:c"));
  }
}

TEST_CASE("The window holds at its value and not beyond, and acknowledgements open it") {
  Fixture f;
  f.settings.window = 4;
  RmSource source = f.with_sent(4);
  CHECK(source.decide_number().error().code() == ErrorCode::busy);
  CHECK_FALSE(source.may_assign());
  acknowledge(source, {{2, 2}});
  CHECK(source.decide_number()->number == 5);
  source.apply(source.decide_number().value(), at(0));
  CHECK_FALSE(source.may_assign());
  // A request that waits for its reply keeps its place (RM-151).
  source.hold(1, at(0));
  acknowledge(source, {{1, 3}});
  CHECK(source.due(now_at(5000)).retransmit == Numbers{5, 1, 4});
  source.release(1);
  CHECK(source.tries(1) == 0);
}

TEST_CASE("RM-047, RM-048, flaw 5: acknowledgements join; an overtaken one changes nothing") {
  Fixture f;
  RmSource source = f.with_sent(6);
  const auto first = acknowledge(source, {{1, 2}, {4, 4}});
  CHECK(first.standing == AckStanding::advance);
  CHECK(first.newly.intervals() == std::vector<Interval>{{1, 2}, {4, 4}});
  const auto late = acknowledge(source, {{1, 1}});
  CHECK(late.standing == AckStanding::old);
  CHECK(late.newly.empty());
  CHECK(source.acked().intervals() == std::vector<Interval>{{1, 2}, {4, 4}});
  const auto more = acknowledge(source, {{1, 4}, {6, 6}});
  CHECK(more.newly.intervals() == std::vector<Interval>{{3, 3}, {6, 6}});
  CHECK(source.unacknowledged(9) == NumberRanges{{5, 5}});
  CHECK(source.due(now_at(1000)).retransmit == Numbers{5});
}

TEST_CASE("RM-047, flaw 22: invalid acknowledgements change nothing but their count, then end it") {
  Fixture f;
  f.settings.invalid_acks_max = 2;
  RmSource source = f.with_sent(3);
  acknowledge(source, {{1, 1}});
  const IntervalSet before = source.acked();
  const NumberRanges wrong[] = {{{1, 4}}, {{2, 2}}, {{1, kNumberMax}}};
  for (const NumberRanges& ranges : wrong) {
    const auto fact = acknowledge(source, ranges);
    CHECK(fact.standing == AckStanding::invalid);
    CHECK(fact.actions.has(A::fault_acknowledgement));
    CHECK(source.acked() == before);
    CHECK(fact.newly.empty());
    const bool is_last = fact.invalid_acks == 3;
    CHECK(fact.actions.has(A::fault_terminated) == is_last);
    CHECK(fact.actions.has(A::report_loss) == is_last);
  }
  CHECK(source.phase() == SourcePhase::none);
  CHECK(source.end() == SequenceEnd::violated);
  CHECK(source.deadline(now_at(0)) == kNever);
}

TEST_CASE("RM-045, flaw 6: a Nack sends what it names, and acknowledges nothing") {
  Fixture f;
  RmSource source = f.with_sent(5);
  acknowledge(source, {{1, 1}});
  source.note_nack({1, 3, 99}, at(20));
  CHECK(source.due(now_at(20)).retransmit == Numbers{3});
  CHECK(source.acked().intervals() == std::vector<Interval>{{1, 1}});
  f.settings.nack_read = 0;
  source.note_nack({4}, at(20));
  CHECK(source.due(now_at(20)).retransmit == Numbers{3});
  f.settings.nack_read = 1;
  f.settings.nacks_max = 1;
  source.note_nack({2, 4}, at(20));
  CHECK(source.due(now_at(20)).retransmit == Numbers{2, 3});
}

TEST_CASE("RM-121, RM-122, L4: no room at the peer stops new messages, and is asked after") {
  Fixture f;
  f.settings.buffer_poll_ms = 3000;
  RmSource source = f.with_sent(2);
  source.apply(source.decide_acknowledgement({{{1, 1}}, false, 0}).value(), at(100));
  CHECK_FALSE(source.may_assign());
  CHECK(source.due(now_at(1000)).retransmit == Numbers{2});  // RM-122
  CHECK_FALSE(source.due(now_at(3099)).ack_request);
  CHECK(source.due(now_at(3100)).ack_request);
  source.record_ack_request(at(3100));
  CHECK_FALSE(source.due(now_at(6099)).ack_request);
  CHECK(source.due(now_at(6100)).ack_request);  // and again: no wake-up is lost
  source.apply(source.decide_acknowledgement({{{1, 2}}, false, {}}).value(), at(6200));
  CHECK_FALSE(source.may_assign());  // absent: as it was
  source.apply(source.decide_acknowledgement({{{1, 2}}, false, 1}).value(), at(6300));
  CHECK(source.may_assign());
  CHECK_FALSE(source.due(now_at(10000)).ack_request);
  source.apply(source.decide_number().value(), at(6300));
  CHECK_FALSE(source.may_assign());  // the one place is taken
  source.apply(source.decide_acknowledgement({{{1, 1}}, false, 50}).value(), at(6400));
  CHECK_FALSE(source.may_assign());  // overtaken on its way: says nothing about now
}

TEST_CASE("RM-102, RM-100: the retry limit ends the sequence, never silently") {
  Fixture f;
  f.settings.retransmit_tries_max = 2;
  RmSource source = f.with_sent(1);
  REQUIRE(source.due(now_at(1000)).retransmit == Numbers{1});
  source.record_sent(1, at(1000), Jitter{});
  CHECK_FALSE(source.due(now_at(2999)).event);
  REQUIRE(source.due(now_at(3000)).event == SourceEvent::retries_exhausted);
  const auto decision = source.decide(SourceEvent::retries_exhausted).value();
  CHECK(decision.actions.has(A::fault_terminated));
  CHECK(decision.actions.has(A::report_loss));
  CHECK(decision.state.end == SequenceEnd::gave_up);
}

TEST_CASE("RM-110, RM-111, RM-112, L3: silence is broken by keep-alives, or ends the sequence") {
  Fixture f;
  f.settings.inactivity_ms = 10000;
  f.settings.keep_alive_ms = 5000;
  f.settings.keep_alive_retry_ms = 1000;
  RmSource source = f.created();
  CHECK(source.deadline(now_at(0)) == at(5000));
  CHECK(source.due(now_at(5000)).ack_request);
  source.record_ack_request(at(5000));
  CHECK_FALSE(source.due(now_at(5999)).ack_request);
  CHECK(source.due(now_at(6000)).ack_request);
  source.record_heard(at(6500));
  CHECK_FALSE(source.due(now_at(11499)).ack_request);
  CHECK(source.due(now_at(11500)).ack_request);
  CHECK_FALSE(source.due(now_at(16499)).event);
  REQUIRE(source.due(now_at(16500)).event == SourceEvent::inactive);
  CHECK(source.decide(SourceEvent::inactive)->actions.has(A::fault_terminated));
  // Who took an Offer never asks.
  RmSource offered(
      RmSource::take_offer({RmVersion::rm_1_1, "urn:o", "", "", "", {}}, f.settings, WallTime{0})
          .value(),
      f.settings, f.limits, at(0));
  CHECK_FALSE(offered.due(now_at(9999)).ack_request);
  f.settings.inactivity_ms = 0;
  CHECK_FALSE(offered.due(now_at(1000000)).event);
}

TEST_CASE("RM-152: answers are paced by the peer's requests, up to what it may leave unacknowledged") {
  Fixture f;
  f.settings.window = 1;
  f.limits.source_window_max = 3;
  RmSource offered(
      RmSource::take_offer({RmVersion::rm_1_1, "urn:o", "", "", "", {}}, f.settings, WallTime{0})
          .value(),
      f.settings, f.limits, at(0));
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const auto assigned = offered.decide_number();
    REQUIRE(assigned);
    CHECK(assigned->number == number);
    offered.apply(*assigned, at(0));
  }
  CHECK(offered.decide_number().error().code() == ErrorCode::busy);
}

TEST_CASE("RM-061, RM-068: close after everything is acknowledged, then Final, then terminate") {
  Fixture f;
  RmSource source = f.with_sent(3);
  CHECK(source.decide_close("urn:c").error().code() == ErrorCode::invalid_state);
  acknowledge(source, {{1, 3}});
  const auto closing = source.decide_close("urn:c").value();
  CHECK(closing.actions.has(A::send_close));
  source.apply(closing.state);
  CHECK(source.due(now_at(0)).lifecycle);
  CHECK(source.decide_number().error().code() == ErrorCode::invalid_state);
  CHECK(source.last_msg_number() == 3);
  RmSource recovered(source.state(), f.settings, f.limits, at(0));
  CHECK(recovered.last_msg_number() == 3);  // the same in every repeat
  CHECK(recovered.state().close_message_id == "urn:c");
  const auto final = acknowledge(recovered, {{1, 3}}, true);
  CHECK(final.has_final);
  CHECK_FALSE(final.actions.has(A::report_gaps));
  CHECK(recovered.phase() == SourcePhase::closed);
  const auto ending = recovered.decide_terminate("urn:t").value();
  CHECK(ending.actions.has(A::send_terminate));
  recovered.apply(ending.state);
  CHECK(recovered.phase() == SourcePhase::terminating);
  const auto over = recovered.decide(SourceEvent::terminate_response).value();
  CHECK(over.state.phase == SourcePhase::none);
  CHECK(over.state.end == SequenceEnd::completed);
  CHECK_FALSE(over.actions.has(A::report_loss));
}

TEST_CASE(
    "RM-044, S9, flaw 10: Final reports gaps once and never changes; late acks are merged while "
    "closing") {
  Fixture f;
  RmSource source = f.with_sent(4);
  source.apply(source.decide_close("urn:c", true).value().state);
  CHECK(acknowledge(source, {{1, 1}}).standing == AckStanding::advance);
  CHECK(source.due(now_at(60000)).retransmit.empty());
  const auto final = acknowledge(source, {{1, 1}, {3, 3}}, true);
  CHECK(final.actions.has(A::report_gaps));
  CHECK(final.newly.intervals() == std::vector<Interval>{{3, 3}});
  CHECK(source.phase() == SourcePhase::closed);
  CHECK(source.unacknowledged(9) == NumberRanges{{2, 2}, {4, 4}});
  CHECK_FALSE(acknowledge(source, {{1, 1}, {3, 3}}, true).actions.has(A::report_gaps));
  CHECK(acknowledge(source, {{1, 3}}, true).standing == AckStanding::invalid);
  CHECK(acknowledge(source, {{1, 1}}, true).standing == AckStanding::invalid);
  CHECK(acknowledge(source, {{1, 1}}).standing == AckStanding::old);
  // The end settles nothing more: the gaps are known.
  source.apply(source.decide_terminate("urn:t").value().state);
  CHECK_FALSE(source.decide(SourceEvent::terminate_response)->actions.has(A::report_loss));
}

TEST_CASE("RM-062, RM-065, L2: the RMD may close or terminate, also while we close (flaw 14)") {
  Fixture f;
  RmSource source = f.with_sent(2);
  source.apply(source.decide_close("urn:c", true).value().state);
  acknowledge(source, {{1, 1}}, true);  // header of the RMD's own CloseSequence
  const auto decision = source.decide(SourceEvent::peer_closes).value();
  CHECK(decision.actions.has(A::send_close_response));
  source.apply(decision.state);
  CHECK(source.phase() == SourcePhase::closed);
  CHECK(source.decide(SourceEvent::close_response)->actions.empty());

  RmSource other = f.with_sent(2);
  const auto ended = other.decide(SourceEvent::peer_terminates).value();
  CHECK(ended.actions.has(A::send_terminate_response));
  CHECK(ended.actions.has(A::report_loss));
  CHECK(ended.state.end == SequenceEnd::peer_terminated);
}

TEST_CASE("SequenceClosed without Final asks for it") {
  Fixture f;
  RmSource source = f.with_sent(2);
  const auto decision = source.decide(SourceEvent::closed_fault).value();
  CHECK(decision.actions.has(A::send_ack_request));
  source.apply(decision.state);
  source.record_ack_request(at(0));
  CHECK(source.due(now_at(2000)).ack_request);
  CHECK(source.due(now_at(5000)).retransmit.empty());
  CHECK(acknowledge(source, {{1, 1}}, true).actions.has(A::report_gaps));
  CHECK_FALSE(source.due(now_at(2000)).ack_request);
}

TEST_CASE("RM-066, flaw 3: UnknownSequence in answer to TerminateSequence is success") {
  Fixture f;
  RmSource source = f.with_sent(1);
  const auto lost = source.decide(SourceEvent::unknown_fault).value();
  CHECK(lost.actions.has(A::report_loss));
  CHECK(lost.state.end == SequenceEnd::peer_forgot);
  acknowledge(source, {{1, 1}});
  source.apply(source.decide_terminate("urn:t").value().state);
  const auto ended = source.decide(SourceEvent::unknown_fault).value();
  CHECK(ended.actions.empty());
  CHECK(ended.state.end == SequenceEnd::completed);
}

TEST_CASE(
    "RM-034, RM-067, flaw 4: 1.0 sends LastMessage, waits for all, then terminates without "
    "answer") {
  Fixture f;
  f.version = RmVersion::rm_1_0;
  RmSource source = f.with_sent(2);
  acknowledge(source, {{1, 2}});
  const auto closing = source.decide_close("urn:c").value();
  CHECK(closing.actions.has(A::send_last_message));
  CHECK(closing.state.phase == SourcePhase::created);
  const auto last = source.decide_number(true).value();
  CHECK(last.number == 3);
  CHECK(last.is_last);
  source.apply(last, at(0));
  CHECK(source.decide_number().error().code() == ErrorCode::invalid_state);
  CHECK_FALSE(source.is_complete());
  acknowledge(source, {{1, 3}}, true);  // 1.0 has no Final
  CHECK_FALSE(source.state().has_final);
  CHECK(source.is_complete());
  CHECK_FALSE(source.decide_close("urn:c")->actions.has(A::send_last_message));
  const auto ended = source.decide_terminate("urn:t").value();
  CHECK(ended.actions.has(A::send_terminate));
  CHECK(ended.state.phase == SourcePhase::none);
  CHECK(ended.state.end == SequenceEnd::completed);
  CHECK_FALSE(
      f.created().decide_close("urn:c")->actions.has(A::send_last_message));  // nothing was sent
  // 1.1 knows no LastMessage (RM-035).
  f.version = RmVersion::rm_1_1;
  CHECK(f.created().decide_number(true).error().code() == ErrorCode::invalid_state);
}

TEST_CASE("RM-066: in 1.0, too, a sequence that was to be terminated may be unknown by then") {
  Fixture f;
  f.version = RmVersion::rm_1_0;
  for (const SourceEvent event : {SourceEvent::unknown_fault, SourceEvent::terminated_fault}) {
    RmSource source = f.with_sent(1);
    acknowledge(source, {{1, 1}});
    source.apply(source.decide_number(true).value(), at(0));
    const auto early = source.decide(event).value();
    CHECK(early.actions.has(A::report_loss));  // the last message may be lost
    CHECK(early.state.end != SequenceEnd::completed);
    acknowledge(source, {{1, 2}});
    CHECK(source.decide(event)->state.end != SequenceEnd::completed);  // not asked for yet
    source.apply(source.decide_close("urn:t").value().state);
    CHECK(source.state().terminate_message_id == "urn:t");
    const auto ended = source.decide(event).value();
    CHECK(ended.state.phase == SourcePhase::none);
    CHECK(ended.state.end == SequenceEnd::completed);
    CHECK_FALSE(ended.actions.has(A::report_loss));
  }
}

TEST_CASE("S11: after TerminateSequence nothing but its repeats is sent") {
  Fixture f;
  f.settings.lifecycle_tries_max = 0;
  RmSource source = f.with_sent(3);
  source.hold(1, at(0));
  source.apply(source.decide_terminate("urn:t").value().state);
  const SourceDue due = source.due(now_at(50000));
  CHECK(due.lifecycle);
  CHECK(due.retransmit.empty());
  CHECK_FALSE(due.ack_request);
  CHECK_FALSE(source.may_assign());
}

TEST_CASE("An Offer that is taken makes an open source with the shorter lifetime") {
  Fixture f;
  f.settings.expires_ms = 9000;
  const auto state =
      RmSource::take_offer({RmVersion::rm_1_1, "urn:o", "urn:sct", "urn:e", "p", Duration(4000)},
                           f.settings, WallTime{100});
  REQUIRE(state);
  CHECK(state->phase == SourcePhase::created);
  CHECK(state->is_offered);
  CHECK(state->expires == WallTime{4100});
  CHECK_FALSE(RmSource::take_offer({}, f.settings, WallTime{0}));
  CHECK_FALSE(RmSource::open({}, f.settings));
}

TEST_CASE("Collapsed equals folded: the last record is the state that all changes made") {
  Fixture f;
  RmSource folded = f.created();
  RmSource collapsed(folded.state(), f.settings, f.limits, at(0));
  for (int i = 0; i < 20; ++i) {
    folded.apply(folded.decide_number().value(), at(i));
    if (i % 3 == 0) {
      acknowledge(folded, {{1, folded.last_assigned()}}, false, i);
    }
    collapsed.apply(folded.state());
    CHECK(collapsed.state() == folded.state());
    CHECK(RmSource(folded.state(), f.settings, f.limits, at(i)).state() == folded.state());
  }
}

}  // namespace
}  // namespace parley::sequences
