#include "sequences/retransmission.h"

#include <catch2/catch.hpp>

namespace parley::sequences {
namespace {

using Numbers = std::vector<std::uint64_t>;

IntervalSet set_of(const std::vector<Interval>& ranges) {
  return IntervalSet::from(ranges, SIZE_MAX).value();
}

MonoTime at(std::int64_t ms) {
  return MonoTime{ms};
}

RmSettings plain_settings() {
  RmSettings settings;
  settings.retransmit_adaptive = 0;
  settings.retransmit_base_ms = 1000;
  settings.retransmit_tries_max = 0;
  return settings;
}

TEST_CASE("RM-100: waits double up to the cap, and jitter adds an eighth at most") {
  const Duration base(1000);
  const Duration cap(60000);
  CHECK(backed_off(base, 2, 1, cap) == Duration(1000));
  CHECK(backed_off(base, 2, 2, cap) == Duration(2000));
  CHECK(backed_off(base, 2, 3, cap) == Duration(4000));
  CHECK(backed_off(base, 2, 6, cap) == Duration(32000));
  CHECK(backed_off(base, 2, 7, cap) == cap);
  CHECK(backed_off(base, 2, UINT64_MAX, cap) == cap);
  CHECK(backed_off(base, 1, 50, cap) == base);
  CHECK(backed_off(base, UINT64_MAX, 2, cap) == cap);
  CHECK(backed_off(Duration(0), 2, UINT64_MAX, cap) == Duration(0));
  RmSettings settings;
  CHECK(with_jitter(Duration(8000), Jitter{0}, settings) == Duration(8000));
  CHECK(with_jitter(Duration(8000), Jitter{UINT32_MAX}, settings) <= Duration(9000));
  CHECK(with_jitter(Duration(8000), Jitter{UINT32_MAX}, settings) > Duration(8990));
  settings.retransmit_jitter_permille = 1000;  // capped
  CHECK(with_jitter(Duration(8000), Jitter{UINT32_MAX}, settings) <= Duration(9000));
}

TEST_CASE("RM-103: the timeout is the mean round trip and four deviations, or a margin") {
  RmSettings settings;
  settings.peer_ack_interval_ms = 0;
  RoundTrip round_trip;
  CHECK(round_trip.timeout(settings) == Duration(2000));
  round_trip.measure(Duration(100));
  CHECK(round_trip.timeout(settings) == Duration(500));  // mean + 400
  for (int i = 0; i < 200; ++i) {
    round_trip.measure(Duration(i % 2 == 0 ? 0 : 2000));
  }
  CHECK(round_trip.timeout(settings) > Duration(3500));  // mean 1000, deviation about 1000
  CHECK(round_trip.timeout(settings) < Duration(6500));
}

TEST_CASE("RM-101: the first wait is longer than round trip and acknowledgement interval") {
  RmSettings settings;
  settings.peer_ack_interval_ms = 5000;
  RoundTrip round_trip;
  CHECK(round_trip.timeout(settings) > Duration(5000));
  round_trip.measure(Duration(300));
  CHECK(round_trip.timeout(settings) > Duration(5300));
}

TEST_CASE("Without adaptation every number has its own timer: scenario 20, waits of 1, 2, 4") {
  const RmSettings settings = plain_settings();
  const Limits limits;
  Retransmission flights(settings, limits);
  flights.add(1, at(0));
  CHECK(flights.due(at(0)) == Numbers{1});
  flights.record_sent(1, at(0), Jitter{});
  CHECK(flights.due(at(999)).empty());
  CHECK(flights.deadline() == at(1000));
  CHECK(flights.due(at(1000)) == Numbers{1});
  flights.record_sent(1, at(1000), Jitter{});
  CHECK(flights.deadline() == at(3000));
  flights.record_sent(1, at(3000), Jitter{});
  CHECK(flights.deadline() == at(7000));
  flights.acknowledge(set_of({{1, 1}}), at(3500));
  CHECK(flights.size() == 0);
  CHECK(flights.deadline() == kNever);
}

TEST_CASE("retransmit_batch bounds what goes at one time") {
  RmSettings settings = plain_settings();
  settings.retransmit_batch = 4;
  const Limits limits;
  Retransmission flights(settings, limits);
  for (std::uint64_t n = 1; n <= 5; ++n) {
    flights.add(n, at(0));
  }
  CHECK(flights.due(at(0)) == Numbers{1, 2, 3, 4});
  flights.acknowledge(set_of({{1, 1}}), at(0));
  CHECK(flights.due(at(0)).size() == 4);
}

TEST_CASE(
    "RM-103: on a timeout only the oldest goes again; the window falls to one and grows with "
    "success") {
  RmSettings settings;
  settings.window = 8;
  settings.peer_ack_interval_ms = 0;
  const Limits limits;
  Retransmission flights(settings, limits);
  for (std::uint64_t n = 1; n <= 8; ++n) {
    flights.add(n, at(0));
    flights.record_sent(n, at(0), Jitter{});
  }
  CHECK(flights.window() == 8);
  CHECK(flights.due(at(1999)).empty());
  REQUIRE(flights.due(at(2000)).front() == 1);
  flights.record_sent(1, at(2000), Jitter{});
  CHECK(flights.window() == 1);
  CHECK(flights.due(at(2000)).empty());   // the others wait for a sign of life
  CHECK(flights.deadline() == at(6000));  // backed off
  CHECK(flights.due(at(6000)).size() == 1);
  flights.acknowledge(set_of({{1, 1}}), at(6500));
  CHECK(flights.window() == 2);
  CHECK(flights.due(at(6500)) == Numbers{2, 3});
  flights.record_sent(2, at(6500), Jitter{});
  flights.record_sent(3, at(6500), Jitter{});
  CHECK(flights.due(at(6500)).empty());
  flights.acknowledge(set_of({{2, 3}}), at(6600));
  CHECK(flights.window() == 4);  // half of the old window: growth is linear from here
  flights.acknowledge(set_of({{4, 7}}), at(6700));
  CHECK(flights.window() == 5);
}

TEST_CASE("RM-102: a number that was sent as often as allowed is exhausted after its last wait") {
  RmSettings settings = plain_settings();
  settings.retransmit_tries_max = 2;
  const Limits limits;
  Retransmission flights(settings, limits);
  flights.add(1, at(0));
  flights.record_sent(1, at(0), Jitter{});
  flights.record_sent(1, at(1000), Jitter{});
  CHECK_FALSE(flights.is_exhausted(at(2999)));
  CHECK(flights.is_exhausted(at(3000)));
  CHECK(flights.due(at(3000)).empty());
  flights.acknowledge(set_of({{1, 1}}), at(3000));
  CHECK_FALSE(flights.is_exhausted(at(9000)));
}

TEST_CASE("RM-151: a held request goes again although it is acknowledged, until it is released") {
  RmSettings settings = plain_settings();
  settings.retransmit_tries_max = 3;
  const Limits limits;
  Retransmission flights(settings, limits);
  flights.hold(7, false, at(0));
  flights.record_sent(7, at(0), Jitter{});
  flights.acknowledge(set_of({{7, 7}}), at(100));
  CHECK(flights.size() == 1);
  std::int64_t time = 100;
  for (int i = 0; i < 20; ++i) {
    time = flights.deadline().ms;
    REQUIRE(flights.due(at(time)) == Numbers{7});
    REQUIRE_FALSE(flights.is_exhausted(at(time)));  // a service may be slow
    flights.record_sent(7, at(time), Jitter{});
  }
  flights.release(7);
  CHECK(flights.size() == 0);
  flights.hold(9, true, at(time));  // after a recovery
  CHECK(flights.due(at(time)) == Numbers{9});
  flights.release(9);
  flights.hold(8, false, at(time));
  flights.release(8);
  CHECK(flights.size() == 1);  // answered, but not acknowledged
}

TEST_CASE("RM-045: a number that the peer asks for goes at once, without blame on the network") {
  RmSettings settings;
  settings.window = 8;
  const Limits limits;
  Retransmission flights(settings, limits);
  for (std::uint64_t n = 1; n <= 3; ++n) {
    flights.add(n, at(0));
    flights.record_sent(n, at(0), Jitter{});
  }
  CHECK(flights.hasten(2, at(50)));
  CHECK_FALSE(flights.hasten(99, at(50)));
  CHECK(flights.due(at(50)) == Numbers{2});
  flights.record_sent(2, at(50), Jitter{});
  CHECK(flights.window() == 8);
  CHECK(flights.due(at(50)).empty());
}

TEST_CASE("The window ends at source_window_max, whatever is set") {
  RmSettings settings;
  Limits limits;
  settings.window = 1000000;
  CHECK(Retransmission(settings, limits).window() == limits.source_window_max);
  settings.window = 0;
  CHECK(Retransmission(settings, limits).window() == 1);
}

}  // namespace
}  // namespace parley::sequences
