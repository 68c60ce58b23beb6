#include "sequences/source_table.h"

#include <array>
#include <cstddef>

namespace parley::sequences {
namespace {

using A = SourceAction;
using E = SourceEvent;
using P = SourcePhase;

constexpr SourceCell kIgnore{};
constexpr SourceCell kUnknown{{A::fault_unknown}, {}};
constexpr SourceCell kMerge{{A::merge}, {}};
constexpr SourceCell kFinal{{A::merge, A::report_gaps}, P::closed};
constexpr SourceCell kReject{{A::reject}, {}};
constexpr SourceCell kAsk{{A::send_ack_request}, {}};
constexpr SourceCell kWrong{{A::fault_acknowledgement}, {}};
constexpr SourceCell kAbort{{A::report_refused}, P::none};
constexpr SourceCell kLost{{A::report_loss}, P::none};
constexpr SourceCell kGiveUp{{A::fault_terminated, A::report_loss}, P::none};
constexpr SourceCell kCloseReply{{A::send_close_response}, {}};
constexpr SourceCell kPeerCloses{{A::send_close_response}, P::closed};
constexpr SourceCell kPeerEnds{{A::send_terminate_response, A::report_loss}, P::none};
constexpr SourceCell kTerminate{{A::send_terminate}, P::terminating};
constexpr SourceCell kTerminate10{{A::send_terminate, A::report_loss}, P::none};

// clang-format off
constexpr std::array kRows11{
    //                          none       creating                   created   closing   closed   terminating
    SourceRow{E::app_opens,           {{{A::send_create}, P::creating}, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::app_sends,           {kIgnore, {{A::queue}, {}}, {{A::assign}, {}}, kReject, kReject, kReject}},
    SourceRow{E::create_timer,        {kIgnore, {{A::send_create}, {}}, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::created,             {kUnknown, {{A::flush_queue}, P::created}, {{A::terminate_stray}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::refused,             {kIgnore, kAbort, kIgnore, kIgnore, kIgnore, kIgnore}},
    // An RMD that is being closed refuses what it has not got, so nothing is sent again then.
    SourceRow{E::retransmit_timer,    {kIgnore, kIgnore, {{A::retransmit}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::ack_timer,           {kIgnore, kIgnore, kAsk, kAsk, kAsk, kIgnore}},
    SourceRow{E::acknowledged,        {kUnknown, kUnknown, kMerge, kMerge, kMerge, kMerge}},
    SourceRow{E::acknowledged_final,  {kUnknown, kUnknown, kFinal, kFinal, {{A::merge, A::report_gaps}, {}}, {{A::merge, A::report_gaps}, {}}}},
    SourceRow{E::acknowledged_wrong,  {kUnknown, kUnknown, kWrong, kWrong, kWrong, kWrong}},
    SourceRow{E::nacked,              {kUnknown, kUnknown, {{A::retransmit}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::rollover_fault,      {kIgnore, kIgnore, {{A::stop_numbering}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::app_closes,          {kIgnore, kAbort, {{A::send_close}, P::closing}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::close_timer,         {kIgnore, kIgnore, kIgnore, {{A::send_close}, {}}, kIgnore, kIgnore}},
    SourceRow{E::peer_closes,         {kUnknown, kUnknown, kPeerCloses, kPeerCloses, kCloseReply, kCloseReply}},
    // The final acknowledgement is a header of the same message, and was taken before its body.
    SourceRow{E::close_response,      {kUnknown, kIgnore, kIgnore, {{}, P::closed}, kIgnore, kIgnore}},
    SourceRow{E::closed_fault,        {kIgnore, kIgnore, {{A::send_ack_request}, P::closed}, {{}, P::closed}, kIgnore, kIgnore}},
    SourceRow{E::app_terminates,      {kIgnore, kAbort, kTerminate, kTerminate, kTerminate, kIgnore}},
    SourceRow{E::terminate_timer,     {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, {{A::send_terminate}, {}}}},
    SourceRow{E::peer_terminates,     {kUnknown, kUnknown, kPeerEnds, kPeerEnds, kPeerEnds, kPeerEnds}},
    SourceRow{E::terminate_response,  {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, {{A::report_loss}, P::none}}},
    SourceRow{E::terminated_fault,    {kIgnore, kAbort, kLost, kLost, kLost, kLost}},
    SourceRow{E::last_exceeded_fault, {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    // RM-066: for a sequence that is ending, "unknown" is as good as an answer.
    SourceRow{E::unknown_fault,       {kIgnore, kIgnore, kLost, kLost, kLost, kLost}},
    SourceRow{E::expires,             {kIgnore, kIgnore, kLost, kLost, kLost, kLost}},
    SourceRow{E::inactive,            {kIgnore, kIgnore, kGiveUp, kGiveUp, kGiveUp, kLost}},
    SourceRow{E::retries_exhausted,   {kIgnore, kIgnore, kGiveUp, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::unanswered,          {kIgnore, kAbort, kIgnore, kGiveUp, kIgnore, kLost}},
};

// 1.0 has no Close, no Final and no answer to Terminate: the columns closing, closed and terminating
// are never reached, and what 1.0 does not know is ignored.
constexpr std::array kRows10{
    SourceRow{E::app_opens,           {{{A::send_create}, P::creating}, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::app_sends,           {kIgnore, {{A::queue}, {}}, {{A::assign}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::create_timer,        {kIgnore, {{A::send_create}, {}}, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::created,             {kUnknown, {{A::flush_queue}, P::created}, {{A::terminate_stray}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::refused,             {kIgnore, kAbort, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::retransmit_timer,    {kIgnore, kIgnore, {{A::retransmit}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::ack_timer,           {kIgnore, kIgnore, kAsk, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::acknowledged,        {kUnknown, kUnknown, kMerge, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::acknowledged_final,  {kUnknown, kUnknown, kMerge, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::acknowledged_wrong,  {kUnknown, kUnknown, kWrong, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::nacked,              {kUnknown, kUnknown, {{A::retransmit}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::rollover_fault,      {kIgnore, kIgnore, {{A::stop_numbering}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::app_closes,          {kIgnore, kAbort, {{A::send_last_message}, {}}, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::close_timer,         {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::peer_closes,         {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::close_response,      {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::closed_fault,        {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::app_terminates,      {kIgnore, kAbort, kTerminate10, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::terminate_timer,     {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::peer_terminates,     {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::terminate_response,  {kIgnore, kIgnore, kIgnore, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::terminated_fault,    {kIgnore, kAbort, kLost, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::last_exceeded_fault, {kIgnore, kIgnore, kLost, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::unknown_fault,       {kIgnore, kIgnore, kLost, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::expires,             {kIgnore, kIgnore, kLost, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::inactive,            {kIgnore, kIgnore, kGiveUp, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::retries_exhausted,   {kIgnore, kIgnore, kGiveUp, kIgnore, kIgnore, kIgnore}},
    SourceRow{E::unanswered,          {kIgnore, kAbort, kIgnore, kIgnore, kIgnore, kIgnore}},
};

// clang-format on

template <std::size_t N>
constexpr bool is_in_order(const std::array<SourceRow, N>& rows) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(rows[i].event) != i) {
      return false;
    }
  }
  return N == static_cast<std::size_t>(E::unanswered) + 1;
}

static_assert(is_in_order(kRows11) && is_in_order(kRows10), "rows are found by their event");

}  // namespace

const SourceCell& source_cell(RmVersion version, SourceEvent event, SourcePhase phase) {
  return source_rows(version)[static_cast<std::size_t>(event)]
      .cells[static_cast<std::size_t>(phase)];
}

std::span<const SourceRow> source_rows(RmVersion version) {
  switch (version) {
    case RmVersion::rm_1_0:
      return kRows10;
    case RmVersion::rm_1_1:
      return kRows11;
  }
  return {};
}

std::string_view name_of(SourceEvent event) {
  static constexpr std::string_view kNames[] = {
#define PARLEY_X(name, text) #name,
      PARLEY_SOURCE_EVENTS(PARLEY_X)
#undef PARLEY_X
  };
  return kNames[static_cast<std::size_t>(event)];
}

std::string_view name_of(SourcePhase phase) {
  static constexpr std::string_view kNames[] = {"None",    "Creating", "Created",
                                                "Closing", "Closed",   "Terminating"};
  return kNames[static_cast<std::size_t>(phase)];
}

}  // namespace parley::sequences
