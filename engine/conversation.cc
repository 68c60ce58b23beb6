#include "engine/conversation.h"

#include <algorithm>

namespace parley::engine {

using store::ConversationPhase;

Conversation::Conversation(ConversationId id, const Profile& profile, const EngineParts& parts)
    : state_(id, profile, parts.limits), parts_(parts) {}

void Conversation::remember(store::Fact fact, Means& m) {
  state_.apply(fact, m.now.mono);
  m.turn.remember(std::move(fact));
}

void Conversation::remember_counters(Means& m) {
  m.turn.remember(store::OutboxCounters{id(), state_.counters});
}

void Conversation::forget_destination(const std::string& sequence, Means& m) {
  m.registry.unbind_sequence(sequence, id());
  m.registry.unbind_sequence(state_.find_destination(sequence)->state().create_message_id, id());
  nacked_.erase(sequence);
  owed_.erase(sequence);
  // AtMostOnce: what waited for its place in the order has none any more.
  for (auto at = fleeting_.lower_bound({sequence, 0});
       at != fleeting_.end() && at->first.sequence == sequence;) {
    if (handed_.contains(at->first)) {
      ++at;
    } else {
      arrived_.erase(at->first);
      at = fleeting_.erase(at);
    }
  }
  state_.drop_destination(sequence);
  unbind_stale_addresses(m);
}

void Conversation::report(store::ReportFact::Value value, Means& m) {
  value.conversation = id();
  m.registry.report(value);
}

void Conversation::begin(store::ConversationFact::Value what, Means& m) {
  remember(store::ConversationFact{id(), std::move(what)}, m);
  bind_addresses(m);
  m.turn.event(EventKind::conversation_opened, id());
}

void Conversation::begin_context(contexts::ContextState context, Means& m) {
  replace_context(std::move(context), m);
  m.turn.event(EventKind::context_established, id());
}

void Conversation::resume(Means& m) {
  if (state_.context) {
    for (const auto& instance : state_.context->state().instances) {
      m.registry.bind_context(instance.name.identifier, id());
    }
    m.registry.bind_context(state_.context->state().identifier, id());
    showing_.emplace();
    if (state_.context->state().role == contexts::ContextRole::recipient &&
        state_.context->is_pending()) {
      m.registry.pending_contexts().add(state_.context->state().principal);
    }
  }
  for (const auto& [sequence, destination] : state_.destinations()) {
    m.registry.bind_sequence(sequence, id());
    m.registry.bind_sequence(destination.state().create_message_id, id());
  }
  for (const auto& [slot, source] : state_.sources()) {
    m.registry.bind_sequence(source.identifier(), id());
    last_slot_ = slot;
  }
  bind_addresses(m);
  note_traffic(m);
  std::vector<Position> unnumbered;
  for (const auto& [position, entry] : state_.outbox()) {
    if (entry.slot == 0) {
      unnumbered.push_back(position);
    } else if (entry.kind == store::OutboxKind::request && !entry.is_answered &&
               reply_route() == Route::exchanges) {
      // Acknowledged or not, it is repeated until its reply has come (RM-151).
      state_.source_at(entry.slot).hold(entry.number, m.now.mono);
    }
  }
  for (const Position position : unnumbered) {
    // It may have left before the crash, and nothing would recognise a second copy.
    give_up_entry(position, store::ReportKind::outcome_unknown, ErrorCode::timed_out, m);
  }
}

bool Conversation::has_outgoing() const {
  return !state_.outbox().empty() ||
         state_.counters.last_windowed < state_.counters.last_position;
}

void Conversation::settle(Means& m) {
  if (is_gone_) {
    return;
  }
  expire_requests(m);
  expire_questions(m);
  expire_awaited(m);
  std::erase_if(paused_, [&](const auto& one) { return one.second <= m.now.mono; });
  if (state_.what.phase != ConversationPhase::ended) {
    settle_context(m);
    if (may_send(m) && !is_quiet(m)) {
      settle_sources(m);
      fill_window(m);
      // What has just been numbered goes out in the same turn.
      settle_sources(m);
      show_key(m);
      settle_polling(m);
    }
  }
  settle_destinations(m);
  deliver(m);
  deliver_again(m);
  expire_held(m);
  end(m);
}

// A conversation ends when nothing more can be sent or received; its facts go when the application
// has taken all that was.
void Conversation::end(Means& m) {
  if (state_.what.phase != ConversationPhase::ended) {
    const bool is_bare = !state_.context && state_.sources().empty();
    if (is_initiator()) {
      if (state_.what.phase != ConversationPhase::closing || has_outgoing() || !is_bare) {
        return;
      }
    } else if (!is_bare || (!profile().sc && (!profile().rm || !state_.destinations().empty()))) {
      return;
    }
    auto what = state_.what;
    what.phase = ConversationPhase::ended;
    remember(store::ConversationFact{id(), std::move(what)}, m);
    m.turn.event(EventKind::conversation_ended, id());
    if (is_initiator()) {
      report({.kind = store::ReportKind::conversation_ended}, m);
    }
  }
  if (!state_.inbox().empty() || !fleeting_.empty()) {
    return;
  }
  while (!held_.empty()) {
    AnswerIntent intent = std::move(held_.begin()->second.intent);
    m.registry.end_exchange(held_.begin()->first);
    held_.erase(held_.begin());
    answer_exchange(std::move(intent), m);
  }
  held_for_.clear();
  while (!requests_.empty()) {
    finish_request(requests_.begin()->first, m);
  }
  for (const auto& [question, asked] : questions_) {
    m.registry.end_question(question);
  }
  questions_.clear();
  while (!state_.outbox().empty()) {
    finish_entry(state_.outbox().begin()->first, m);
  }
  for (Position p{state_.counters.last_windowed.value + 1}; p <= state_.counters.last_position;
       ++p.value) {
    m.turn.remember(store::OutboxBody{id(), p, std::nullopt});
  }
  while (!state_.destinations().empty()) {
    forget_destination(std::string(state_.destinations().begin()->first), m);
  }
  for (auto& fact : state_.take_changes()) {
    m.turn.remember(std::move(fact));
  }
  if (is_initiator()) {
    m.registry.unbind_address(std::string(path_of(state_.what.reply_address)), id());
  }
  m.turn.remember(store::OutboxCounters{id(), std::nullopt});
  m.turn.remember(store::ConversationFact{id(), std::nullopt});
  is_gone_ = true;
}

MonoTime Conversation::deadline(const Means& m) const {
  MonoTime next = kNever;
  const auto sooner = [&](MonoTime time) { next = std::min(next, time); };
  const auto sooner_wall = [&](WallTime time) {
    // Far enough to be as good as never; also keeps the sum within its type.
    const Duration wait = std::min(time - m.now.wall, Duration(std::chrono::hours(24 * 365)));
    sooner(m.now.mono + std::max(wait, Duration(0)));
  };
  if (state_.what.phase != ConversationPhase::ended) {
    if (state_.context) {
      const WallTime due = state_.context->deadline(parts_.contexts);
      // What is overdue is a renewal that the peer has refused for now.
      if (due > m.now.wall || renew_again_ <= m.now.mono) {
        sooner_wall(due);
      }
      if (state_.context->state().renewal && !wants_cancel() &&
          (!is_quiet(m) || requests_.empty())) {
        sooner(renewal_.due);
      } else if (renew_again_ > m.now.mono) {
        sooner(renew_again_);
      }
      if (state_.context->state().is_cancelling) {
        sooner(cancelling_.due);
      }
    } else if (is_establishing_itself() && has_outgoing() && !establishing_.is_under_way()) {
      sooner(establishing_.retry.due);
    }
    const bool may_send_now = may_send(m) && !is_quiet(m);
    // Without a free exchange, or without a body at hand, what is due has to wait for that.
    const bool is_waiting =
        requests_.size() >= parts_.settings.exchanges_out_max ||
        std::any_of(asked_.begin(), asked_.end(),
                    [](const Question& q) { return std::holds_alternative<Position>(q); });
    if (is_initiator() && profile().rm && state_.sources().empty() && may_send_now &&
        state_.counters.last_windowed < state_.counters.last_position) {
      sooner(opening_.due);
    }
    if (!is_waiting && may_send_now) {
      if (unshown_slot() != 0) {
        sooner(showing_->due);
      }
      for (const auto& [slot, source] : state_.sources()) {
        if (!is_timed(source)) {
          continue;
        }
        sooner(source.deadline(m.now));
        const bool is_ending = source.phase() == sequences::SourcePhase::created &&
                               !source.terms().terminate_message_id.empty();
        if (is_ending && !has_request(RequestKind::lifecycle)) {
          sooner(terminating_.due);
        }
      }
    }
    if (wants_poll() && may_send_now && !has_request(RequestKind::poll) &&
        requests_.size() < parts_.settings.exchanges_out_max) {
      sooner(poll_due_);
    }
  }
  for (const auto& [position, until] : awaited_) {
    sooner(until);
  }
  if (!paused_.empty()) {
    sooner(paused_.begin()->second);
  }
  for (const auto& [sequence, destination] : state_.destinations()) {
    sooner(destination.deadline(m.now));
  }
  for (const auto& [id, request] : requests_) {
    sooner(request.expires);
  }
  for (const auto& [id, held] : held_) {
    sooner(held.until);
  }
  for (const auto& [key, handed] : handed_) {
    // While its body is being read, the answer comes first.
    if (handed.again && !asked_.contains(key)) {
      sooner(*handed.again);
    }
  }
  for (const auto& [question, asked] : questions_) {
    sooner(asked.second);
  }
  return next;
}

}  // namespace parley::engine
