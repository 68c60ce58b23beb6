#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "engine/sequence_errors.h"

// Faults of the peer, proven and unproven (reliable-messaging.md, 5; secure-conversation.md, SC50).

namespace parley::engine {

using sequences::DestinationEvent;
using sequences::RmDestination;
using sequences::SourceEvent;
using store::OutboxKind;

namespace {

/// Faults about the message itself, as an application or a dispatcher raises them: they are the answer
/// to a request. All others speak of sequences, contexts or a single transmission.
bool is_answer(ErrorCode code) {
  switch (code) {
    case ErrorCode::peer_fault:
    case ErrorCode::action_not_supported:
    case ErrorCode::destination_unreachable:
    case ErrorCode::must_understand:
    case ErrorCode::invalid_addressing:
    case ErrorCode::addressing_required:
    case ErrorCode::address_refused:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Conversation::take_fault(const Fault& fault, const OpenedMessage& opened,
                              const Request* request, Means& m) {
  m.turn.event(EventKind::peer_fault, id(), 0, fault.code);
  if (request != nullptr && is_establishing(request->kind)) {
    establishing_failed(fault.code, m);
    return;
  }
  if (request != nullptr && request->kind == RequestKind::renew) {
    if (state_.context && state_.context->state().renewal) {
      const auto* token = std::get_if<TokenProof>(&opened.proof);
      const bool is_forgotten = request->by_credential && token != nullptr &&
                                token->principal == state_.context->state().principal &&
                                fault.code == ErrorCode::context_unknown;
      if (is_forgotten) {
        lose_context(fault.code, m);
      } else if (!try_other_form(*request, m)) {
        refuse_renewal(m);
      }
    }
    return;
  }
  if (request != nullptr && request->kind == RequestKind::cancel) {
    if (fault.code == ErrorCode::context_unknown) {
      forget_context(m);  // SC38
    } else {
      try_other_form(*request, m);
    }
    return;
  }
  if (fault.code == ErrorCode::renew_needed && is_initiator() && state_.context &&
      !state_.context->state().renewal) {
    begin_renewal(m);
    return;
  }
  const auto event = source_event_of(fault.code);
  if (event && profile().rm) {
    take_sequence_fault(*event, fault, request, m);
    return;
  }
  if (request == nullptr || request->kind != RequestKind::message) {
    return;
  }
  const auto entry = state_.outbox().find(request->position);
  // What no sequence repeats has no other answer than this.
  if (entry == state_.outbox().end() || (entry->second.slot != 0 && !is_answer(fault.code))) {
    return;
  }
  if (!is_answer(fault.code)) {
    give_up_entry(request->position, store::ReportKind::outcome_unknown, fault.code, m);
  } else if (entry->second.kind == OutboxKind::request && !entry->second.is_answered) {
    ++state_.counters.last_unnumbered;
    remember_counters(m);
    OpenedMessage copy;
    copy.message.addressing = opened.message.addressing;
    copy.message.addressing.relates_to = entry->second.message_id;
    copy.message.body = fault;
    accept({{}, state_.counters.last_unnumbered}, copy, Incoming(), false, m);
  } else if (entry->second.slot == 0) {
    give_up_entry(request->position, store::ReportKind::not_delivered, fault.code, m);
  }
}

void Conversation::take_sequence_fault(SourceEvent event, const Fault& fault,
                                       const Request* request, Means& m) {
  std::uint64_t slot = state_.find_source_slot(fault.sequence_identifier);
  if (slot == 0 && request != nullptr && request->kind == RequestKind::lifecycle &&
      fault.sequence_identifier.empty() && state_.find_source(request->slot) != nullptr) {
    slot = request->slot;  // CreateSequenceRefused names no sequence
  }
  if (slot != 0) {
    step_source(slot, event, m);
    return;
  }
  const bool ends = event == SourceEvent::terminated_fault || event == SourceEvent::unknown_fault;
  const RmDestination* destination = state_.find_destination(fault.sequence_identifier);
  if (ends && destination != nullptr) {
    if (auto decision = destination->decide(DestinationEvent::peer_fault, m.now.wall)) {
      take_decision(fault.sequence_identifier, *decision, m);
    }
  }
}

// Unprotected words.

void Conversation::hinted(RequestId request_id, ErrorCode code, Means& m) {
  const auto request = finish_request(request_id, m);
  if (!request) {
    return;
  }
  m.turn.event(EventKind::unsecured_fault, id(), 0, code);
  switch (request->kind) {
    case RequestKind::issue:
    case RequestKind::propagate:
      establishing_failed(code, m);
      return;
    case RequestKind::renew:
      ++refusals_;
      try_other_form(*request, m);
      return;
    case RequestKind::message:
      unnumbered_failed(request->position, code, m);
      break;
    case RequestKind::poll:
      note_polled(false, std::nullopt, m);
      break;
    case RequestKind::cancel:
      try_other_form(*request, m);
      break;
    case RequestKind::lifecycle:
    case RequestKind::acknowledgement:
    case RequestKind::answer:
      break;
  }
  const bool is_about_context =
      code == ErrorCode::context_unknown || code == ErrorCode::renew_needed;
  if (!is_about_context || !is_initiator() || !state_.context || state_.context->state().renewal ||
      state_.context->state().is_cancelling) {
    return;
  }
  // SC50: look into it by asking for a new key, which only the holder of the old one can grant.
  if (!hinted_ || m.now.mono - *hinted_ >= ms(parts_.settings.hint_interval_ms)) {
    hinted_ = m.now.mono;
    begin_renewal(m);
  }
}

}  // namespace parley::engine
