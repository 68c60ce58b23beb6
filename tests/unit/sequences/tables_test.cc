#include <map>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "sequences/rm_destination.h"
#include "sequences/rm_source.h"

// The tables of reliable-messaging.md, sections 6 and 7, written down a second time, as text, and
// compared cell by cell; then the machines are driven through every cell.
// A cell: "UNK" raises UnknownSequence, "-" ignores, ">x" is the next phase.

namespace parley::sequences {
namespace {

constexpr const char* kSource11 = R"(
app_opens           | create >creating | - | - | - | - | -
app_sends           | - | queue | assign | reject | reject | reject
create_timer        | - | create | - | - | - | -
created             | UNK | flush >created | stray | - | - | -
refused             | - | refused >none | - | - | - | -
retransmit_timer    | - | - | resend | - | - | -
ack_timer           | - | - | ask | ask | ask | -
acknowledged        | UNK | UNK | merge | merge | merge | merge
acknowledged_final  | UNK | UNK | merge gaps >closed | merge gaps >closed | merge gaps | merge gaps
acknowledged_wrong  | UNK | UNK | invalid | invalid | invalid | invalid
nacked              | UNK | UNK | resend | - | - | -
rollover_fault      | - | - | rollover | - | - | -
app_closes          | - | refused >none | close >closing | - | - | -
close_timer         | - | - | - | close | - | -
peer_closes         | UNK | UNK | closeresponse >closed | closeresponse >closed | closeresponse | closeresponse
close_response      | UNK | - | - | >closed | - | -
closed_fault        | - | - | ask >closed | >closed | - | -
app_terminates      | - | refused >none | terminate >terminating | terminate >terminating | terminate >terminating | -
terminate_timer     | - | - | - | - | - | terminate
peer_terminates     | UNK | UNK | loss terminateresponse >none | loss terminateresponse >none | loss terminateresponse >none | loss terminateresponse >none
terminate_response  | - | - | - | - | - | loss >none
terminated_fault    | - | refused >none | loss >none | loss >none | loss >none | loss >none
last_exceeded_fault | - | - | - | - | - | -
unknown_fault       | - | - | loss >none | loss >none | loss >none | loss >none
expires             | - | - | loss >none | loss >none | loss >none | loss >none
inactive            | - | - | loss terminatedfault >none | loss terminatedfault >none | loss terminatedfault >none | loss >none
retries_exhausted   | - | - | loss terminatedfault >none | - | - | -
unanswered          | - | refused >none | - | loss terminatedfault >none | - | loss >none
)";

// 1.0: closing, closed and terminating do not exist.
constexpr const char* kSource10 = R"(
app_opens           | create >creating | - | - | - | - | -
app_sends           | - | queue | assign | - | - | -
create_timer        | - | create | - | - | - | -
created             | UNK | flush >created | stray | - | - | -
refused             | - | refused >none | - | - | - | -
retransmit_timer    | - | - | resend | - | - | -
ack_timer           | - | - | ask | - | - | -
acknowledged        | UNK | UNK | merge | - | - | -
acknowledged_final  | UNK | UNK | merge | - | - | -
acknowledged_wrong  | UNK | UNK | invalid | - | - | -
nacked              | UNK | UNK | resend | - | - | -
rollover_fault      | - | - | rollover | - | - | -
app_closes          | - | refused >none | last | - | - | -
close_timer         | - | - | - | - | - | -
peer_closes         | - | - | - | - | - | -
close_response      | - | - | - | - | - | -
closed_fault        | - | - | - | - | - | -
app_terminates      | - | refused >none | loss terminate >none | - | - | -
terminate_timer     | - | - | - | - | - | -
peer_terminates     | - | - | - | - | - | -
terminate_response  | - | - | - | - | - | -
terminated_fault    | - | refused >none | loss >none | - | - | -
last_exceeded_fault | - | - | loss >none | - | - | -
unknown_fault       | - | - | loss >none | - | - | -
expires             | - | - | loss >none | - | - | -
inactive            | - | - | loss terminatedfault >none | - | - | -
retries_exhausted   | - | - | loss terminatedfault >none | - | - | -
unanswered          | - | refused >none | - | - | - | -
)";

constexpr const char* kDestination11 = R"(
create              | response >created | response | response | refused
create_unacceptable | refused | - | - | -
number_fresh        | UNK | accept schedule | ack closed drop | UNK
number_duplicate    | UNK | ack drop | ack drop | UNK
number_above_limit  | UNK | drop rollover | ack closed drop | UNK
number_above_last   | UNK | drop | ack closed drop | UNK
number_without_room | - | drop | ack closed drop | -
ack_requested       | UNK | ack | ack | ack
peer_closes         | UNK | closeresponse report settle >closed | closeresponse | closeresponse
we_close            | - | close report settle >closed | - | -
close_response      | UNK | - | - | -
peer_terminates     | UNK | report settle terminateresponse >terminated | report settle terminateresponse >terminated | terminateresponse
we_terminate        | - | report settle terminate >terminated | report settle terminate >terminated | -
terminate_response  | UNK | - | - | >none
peer_fault          | - | report settle >none | report settle >none | >none
violated            | UNK | report settle terminatedfault >none | report settle terminatedfault >none | terminatedfault
expires             | - | report settle >none | report settle >none | -
inactive            | - | report settle terminatedfault >none | report settle terminatedfault >none | -
tombstone_timer     | - | - | - | >none
)";

constexpr const char* kDestination10 = R"(
create              | response >created | response | - | refused
create_unacceptable | refused | - | - | -
number_fresh        | UNK | accept schedule | - | UNK
number_duplicate    | UNK | ack drop | - | UNK
number_above_limit  | UNK | drop rollover | - | UNK
number_above_last   | UNK | drop lastexceeded | - | UNK
number_without_room | - | drop | - | -
ack_requested       | UNK | ack | - | ack
peer_closes         | - | - | - | -
we_close            | - | - | - | -
close_response      | - | - | - | -
peer_terminates     | UNK | report settle >terminated | - | -
we_terminate        | - | - | - | -
terminate_response  | - | - | - | -
peer_fault          | - | report settle >none | - | >none
violated            | UNK | report settle terminatedfault >none | - | terminatedfault
expires             | - | report settle >none | - | -
inactive            | - | report settle terminatedfault >none | - | -
tombstone_timer     | - | - | - | >none
)";

// Name of the row -> its cells, with single blanks.
std::map<std::string, std::vector<std::string>> parse(const char* text) {
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream fields(line);
    std::string field;
    while (std::getline(fields, field, '|')) {
      const auto first = field.find_first_not_of(' ');
      const auto last = field.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : field.substr(first, last - first + 1));
    }
    if (cells.size() > 1) {
      const std::string name = cells.front();
      cells.erase(cells.begin());
      rows[name] = cells;
    }
  }
  return rows;
}

template <class A>
std::string words(ActionSet<A> actions, const std::map<std::string, A>& names) {
  std::string text;
  for (const auto& [name, action] : names) {  // alphabetical
    if (actions.has(action)) {
      text += (text.empty() ? "" : " ") + name;
      actions.remove(action);
    }
  }
  CHECK(actions.empty());
  return text;
}

std::string text_of(const std::string& actions, const std::string& next) {
  if (actions == "UNK") {
    return actions;
  }
  if (actions.empty() && next.empty()) {
    return "-";
  }
  return actions + (actions.empty() || next.empty() ? "" : " ") + (next.empty() ? "" : ">" + next);
}

const std::map<std::string, SourceAction> kSourceWords{
    {"UNK", SourceAction::fault_unknown},
    {"ask", SourceAction::send_ack_request},
    {"assign", SourceAction::assign},
    {"close", SourceAction::send_close},
    {"closeresponse", SourceAction::send_close_response},
    {"create", SourceAction::send_create},
    {"flush", SourceAction::flush_queue},
    {"gapsreport", SourceAction::report_gaps},
    {"invalid", SourceAction::fault_acknowledgement},
    {"last", SourceAction::send_last_message},
    {"loss", SourceAction::report_loss},
    {"merge", SourceAction::merge},
    {"queue", SourceAction::queue},
    {"refused", SourceAction::report_refused},
    {"reject", SourceAction::reject},
    {"resend", SourceAction::retransmit},
    {"rollover", SourceAction::stop_numbering},
    {"stray", SourceAction::terminate_stray},
    {"terminate", SourceAction::send_terminate},
    {"terminatedfault", SourceAction::fault_terminated},
    {"terminateresponse", SourceAction::send_terminate_response},
};

const std::map<std::string, DestinationAction> kDestinationWords{
    {"UNK", DestinationAction::fault_unknown},
    {"accept", DestinationAction::accept},
    {"ack", DestinationAction::ack_now},
    {"close", DestinationAction::send_close},
    {"closed", DestinationAction::fault_closed},
    {"closeresponse", DestinationAction::send_close_response},
    {"drop", DestinationAction::drop},
    {"lastexceeded", DestinationAction::fault_last_exceeded},
    {"refused", DestinationAction::fault_refused},
    {"report", DestinationAction::report_incomplete},
    {"response", DestinationAction::send_created},
    {"rollover", DestinationAction::fault_rollover},
    {"schedule", DestinationAction::schedule_ack},
    {"settle", DestinationAction::settle},
    {"terminate", DestinationAction::send_terminate},
    {"terminatedfault", DestinationAction::fault_terminated},
    {"terminateresponse", DestinationAction::send_terminate_response},
};

std::string name_in_table(SourcePhase phase) {
  static const char* const kNames[] = {"none",    "creating", "created",
                                       "closing", "closed",   "terminating"};
  return kNames[static_cast<std::size_t>(phase)];
}

std::string name_in_table(DestinationPhase phase) {
  static const char* const kNames[] = {"none", "created", "closed", "terminated"};
  return kNames[static_cast<std::size_t>(phase)];
}

std::string sorted(std::string cell) {
  // "merge gaps" in the text reads better than the alphabet; bring it into that order.
  const auto found = cell.find("merge gaps");
  return found == std::string::npos ? cell : cell.replace(found, 10, "gapsreport merge");
}

TEST_CASE("The RMS table is that of the specification, cell by cell") {
  for (const RmVersion version : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
    const auto expected = parse(version == RmVersion::rm_1_0 ? kSource10 : kSource11);
    REQUIRE(source_rows(version).size() == expected.size());
    for (const SourceRow& row : source_rows(version)) {
      const auto found = expected.find(std::string(name_of(row.event)));
      REQUIRE(found != expected.end());
      REQUIRE(found->second.size() == kSourcePhases);
      for (std::size_t i = 0; i < kSourcePhases; ++i) {
        const SourceCell& cell = row.cells[i];
        INFO(name_of(row.event) << " in " << name_of(static_cast<SourcePhase>(i)));
        CHECK(text_of(words(cell.actions, kSourceWords),
                      cell.next ? name_in_table(*cell.next) : "") == sorted(found->second[i]));
      }
    }
  }
}

TEST_CASE("The RMD table is that of the specification, cell by cell") {
  for (const RmVersion version : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
    const auto expected = parse(version == RmVersion::rm_1_0 ? kDestination10 : kDestination11);
    REQUIRE(destination_rows(version).size() == expected.size());
    for (const DestinationRow& row : destination_rows(version)) {
      const auto found = expected.find(std::string(name_of(row.event)));
      REQUIRE(found != expected.end());
      REQUIRE(found->second.size() == kDestinationPhases);
      for (std::size_t i = 0; i < kDestinationPhases; ++i) {
        const DestinationCell& cell = row.cells[i];
        INFO(name_of(row.event) << " in " << name_of(static_cast<DestinationPhase>(i)));
        CHECK(text_of(words(cell.actions, kDestinationWords),
                      cell.next ? name_in_table(*cell.next) : "") == found->second[i]);
      }
    }
  }
}

TEST_CASE("RmSource goes where the table says, from every phase, on every event") {
  const RmSettings settings;
  const Limits limits;
  for (const RmVersion version : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
    for (const SourceRow& row : source_rows(version)) {
      for (std::size_t i = 0; i < kSourcePhases; ++i) {
        SourceState state;
        state.version = version;
        state.phase = static_cast<SourcePhase>(i);
        state.identifier = "urn:s";
        state.last_assigned = 3;
        state.acked = {{2, 2}};
        RmSource source(state, settings, limits, MonoTime{0});
        INFO(name_of(row.event) << " in " << name_of(state.phase));
        const auto decision = source.decide(row.event);
        const SourceCell& cell = row.cells[i];
        if (cell.actions.has(SourceAction::fault_unknown)) {
          REQUIRE_FALSE(decision);
          CHECK(decision.error().code() == ErrorCode::sequence_unknown);
          continue;
        }
        REQUIRE(decision);
        CHECK(decision->actions == cell.actions);
        CHECK(source.state() == state);  // deciding changes nothing
        source.apply(decision->state);
        CHECK(source.phase() == cell.next.value_or(state.phase));
        const bool has_ended = cell.next == SourcePhase::none;
        CHECK((source.end() != SequenceEnd::open) == has_ended);
      }
    }
  }
}

TEST_CASE("RmDestination goes where the table says, from every phase, on every event") {
  const RmSettings settings;
  const Limits limits;
  for (const RmVersion version : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
    for (const DestinationRow& row : destination_rows(version)) {
      for (std::size_t i = 0; i < kDestinationPhases; ++i) {
        DestinationState state;
        state.version = version;
        state.phase = static_cast<DestinationPhase>(i);
        state.identifier = "urn:d";
        state.received = {{1, 1}, {3, 3}};
        RmDestination destination(state, settings, limits, MonoTime{0});
        if (row.event == DestinationEvent::create && state.phase == DestinationPhase::none) {
          CHECK_FALSE(destination.decide(row.event, WallTime{0}));  // `open` does that
          continue;
        }
        INFO(name_of(row.event) << " in " << name_of(state.phase));
        const auto decision = destination.decide(row.event, WallTime{0});
        const DestinationCell& cell = row.cells[i];
        if (cell.actions.has(DestinationAction::fault_unknown)) {
          REQUIRE_FALSE(decision);
          CHECK(decision.error().code() == ErrorCode::sequence_unknown);
          continue;
        }
        REQUIRE(decision);
        DestinationActions told = cell.actions;
        if (state.phase != DestinationPhase::created) {
          told.remove(DestinationAction::report_incomplete);  // told when it was closed
        }
        CHECK(decision->actions == told);
        CHECK(destination.state() == state);
        destination.apply(decision->state);
        CHECK(destination.phase() == cell.next.value_or(state.phase));
      }
    }
  }
}

}  // namespace
}  // namespace parley::sequences
