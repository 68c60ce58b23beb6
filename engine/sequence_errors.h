#pragma once

#include <optional>

#include "base/error.h"
#include "sequences/rm_source.h"

// What error codes and the life of a sequence say to each other.

namespace parley::engine {

/// Why a sequence is over, to the application.
inline ErrorCode reason_of(sequences::SequenceEnd end) {
  using sequences::SequenceEnd;
  switch (end) {
    case SequenceEnd::refused:
      return ErrorCode::sequence_refused;
    case SequenceEnd::peer_forgot:
      return ErrorCode::sequence_unknown;
    case SequenceEnd::violated:
      return ErrorCode::acknowledgement_invalid;
    case SequenceEnd::no_answer:
    case SequenceEnd::gave_up:
    case SequenceEnd::inactive:
      return ErrorCode::timed_out;
    case SequenceEnd::open:
    case SequenceEnd::completed:
    case SequenceEnd::aborted:
    case SequenceEnd::peer_terminated:
    case SequenceEnd::expired:
      return ErrorCode::sequence_terminated;
  }
  return ErrorCode::internal_failure;
}

/// What a fault of the peer does to a sequence of ours; nothing = it is not about one.
inline std::optional<sequences::SourceEvent> source_event_of(ErrorCode code) {
  using sequences::SourceEvent;
  switch (code) {
    case ErrorCode::sequence_refused:
      return SourceEvent::refused;
    case ErrorCode::sequence_terminated:
      return SourceEvent::terminated_fault;
    case ErrorCode::sequence_unknown:
      return SourceEvent::unknown_fault;
    case ErrorCode::sequence_closed:
      return SourceEvent::closed_fault;
    case ErrorCode::number_rollover:
      return SourceEvent::rollover_fault;
    case ErrorCode::last_number_exceeded:
      return SourceEvent::last_exceeded_fault;
    default:
      return std::nullopt;
  }
}

}  // namespace parley::engine
