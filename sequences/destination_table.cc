#include "sequences/destination_table.h"

#include <array>
#include <cstddef>

namespace parley::sequences {
namespace {

using A = DestinationAction;
using E = DestinationEvent;
using P = DestinationPhase;

constexpr DestinationCell kIgnore{};
constexpr DestinationCell kUnknown{{A::fault_unknown}, {}};
constexpr DestinationCell kDrop{{A::drop}, {}};
constexpr DestinationCell kAckNow{{A::ack_now}, {}};
constexpr DestinationCell kDropAck{{A::drop, A::ack_now}, {}};
constexpr DestinationCell kDropClosed{{A::drop, A::fault_closed, A::ack_now}, {}};
constexpr DestinationCell kCloseReply{{A::send_close_response}, {}};
constexpr DestinationCell kEndReply{{A::send_terminate_response}, {}};
constexpr DestinationCell kEndAnswered{
    {A::send_terminate_response, A::settle, A::report_incomplete}, P::terminated};
constexpr DestinationCell kEndQuietly{{A::settle, A::report_incomplete}, P::terminated};
constexpr DestinationCell kWeEnd{{A::send_terminate, A::settle, A::report_incomplete},
                                 P::terminated};
constexpr DestinationCell kOver{{A::settle, A::report_incomplete}, P::none};
constexpr DestinationCell kOverWithFault{{A::fault_terminated, A::settle, A::report_incomplete},
                                         P::none};

// clang-format off
constexpr std::array kRows11{
    //                                      none      created   closed    terminated
    DestinationRow{E::create,              {{{A::send_created}, P::created}, {{A::send_created}, {}}, {{A::send_created}, {}}, {{A::fault_refused}, {}}}},
    DestinationRow{E::create_unacceptable, {{{A::fault_refused}, {}}, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::number_fresh,        {kUnknown, {{A::accept, A::schedule_ack}, {}}, kDropClosed, kUnknown}},
    DestinationRow{E::number_duplicate,    {kUnknown, kDropAck, kDropAck, kUnknown}},
    DestinationRow{E::number_above_limit,  {kUnknown, {{A::drop, A::fault_rollover}, {}}, kDropClosed, kUnknown}},
    DestinationRow{E::number_above_last,   {kUnknown, kDrop, kDropClosed, kUnknown}},
    DestinationRow{E::number_without_room, {kIgnore, kDrop, kDropClosed, kIgnore}},
    DestinationRow{E::ack_requested,       {kUnknown, kAckNow, kAckNow, kAckNow}},
    DestinationRow{E::peer_closes,         {kUnknown, {{A::send_close_response, A::settle, A::report_incomplete}, P::closed}, kCloseReply, kCloseReply}},
    DestinationRow{E::we_close,            {kIgnore, {{A::send_close, A::settle, A::report_incomplete}, P::closed}, kIgnore, kIgnore}},
    DestinationRow{E::close_response,      {kUnknown, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::peer_terminates,     {kUnknown, kEndAnswered, kEndAnswered, kEndReply}},
    DestinationRow{E::we_terminate,        {kIgnore, kWeEnd, kWeEnd, kIgnore}},
    DestinationRow{E::terminate_response,  {kUnknown, kIgnore, kIgnore, {{}, P::none}}},
    DestinationRow{E::peer_fault,          {kIgnore, kOver, kOver, {{}, P::none}}},
    DestinationRow{E::violated,            {kUnknown, kOverWithFault, kOverWithFault, {{A::fault_terminated}, {}}}},
    DestinationRow{E::expires,             {kIgnore, kOver, kOver, kIgnore}},
    DestinationRow{E::inactive,            {kIgnore, kOverWithFault, kOverWithFault, kIgnore}},
    DestinationRow{E::tombstone_timer,     {kIgnore, kIgnore, kIgnore, {{}, P::none}}},
};

// 1.0 has no Close and no answer to Terminate; the column closed is never reached, and what 1.0 does
// not know is ignored.
constexpr std::array kRows10{
    DestinationRow{E::create,              {{{A::send_created}, P::created}, {{A::send_created}, {}}, kIgnore, {{A::fault_refused}, {}}}},
    DestinationRow{E::create_unacceptable, {{{A::fault_refused}, {}}, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::number_fresh,        {kUnknown, {{A::accept, A::schedule_ack}, {}}, kIgnore, kUnknown}},
    DestinationRow{E::number_duplicate,    {kUnknown, kDropAck, kIgnore, kUnknown}},
    DestinationRow{E::number_above_limit,  {kUnknown, {{A::drop, A::fault_rollover}, {}}, kIgnore, kUnknown}},
    DestinationRow{E::number_above_last,   {kUnknown, {{A::drop, A::fault_last_exceeded}, {}}, kIgnore, kUnknown}},
    DestinationRow{E::number_without_room, {kIgnore, kDrop, kIgnore, kIgnore}},
    DestinationRow{E::ack_requested,       {kUnknown, kAckNow, kIgnore, kAckNow}},
    DestinationRow{E::peer_closes,         {kIgnore, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::we_close,            {kIgnore, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::close_response,      {kIgnore, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::peer_terminates,     {kUnknown, kEndQuietly, kIgnore, kIgnore}},
    DestinationRow{E::we_terminate,        {kIgnore, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::terminate_response,  {kIgnore, kIgnore, kIgnore, kIgnore}},
    DestinationRow{E::peer_fault,          {kIgnore, kOver, kIgnore, {{}, P::none}}},
    DestinationRow{E::violated,            {kUnknown, kOverWithFault, kIgnore, {{A::fault_terminated}, {}}}},
    DestinationRow{E::expires,             {kIgnore, kOver, kIgnore, kIgnore}},
    DestinationRow{E::inactive,            {kIgnore, kOverWithFault, kIgnore, kIgnore}},
    DestinationRow{E::tombstone_timer,     {kIgnore, kIgnore, kIgnore, {{}, P::none}}},
};

// clang-format on

template <std::size_t N>
constexpr bool is_in_order(const std::array<DestinationRow, N>& rows) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(rows[i].event) != i) {
      return false;
    }
  }
  return N == static_cast<std::size_t>(E::tombstone_timer) + 1;
}

static_assert(is_in_order(kRows11) && is_in_order(kRows10), "rows are found by their event");

}  // namespace

const DestinationCell& destination_cell(RmVersion version,
                                        DestinationEvent event,
                                        DestinationPhase phase) {
  return destination_rows(version)[static_cast<std::size_t>(event)]
      .cells[static_cast<std::size_t>(phase)];
}

std::span<const DestinationRow> destination_rows(RmVersion version) {
  switch (version) {
    case RmVersion::rm_1_0:
      return kRows10;
    case RmVersion::rm_1_1:
      return kRows11;
  }
  return {};
}

std::string_view name_of(DestinationEvent event) {
  static constexpr std::string_view kNames[] = {
#define PARLEY_X(name, text) #name,
      PARLEY_DESTINATION_EVENTS(PARLEY_X)
#undef PARLEY_X
  };
  return kNames[static_cast<std::size_t>(event)];
}

std::string_view name_of(DestinationPhase phase) {
  static constexpr std::string_view kNames[] = {"None", "Created", "Closed", "Terminated"};
  return kNames[static_cast<std::size_t>(phase)];
}

}  // namespace parley::sequences
