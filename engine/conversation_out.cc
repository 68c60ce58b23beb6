#include <algorithm>
#include <utility>

#include "engine/conversation.h"
#include "store/key_space.h"

// What leaves: from the backlog on disk through the window of a sequence to requests under way.

namespace parley::engine {

using sequences::RmSource;
using store::OutboxEntry;
using store::OutboxKind;

namespace {

// Bodies read ahead of the window.
constexpr std::uint64_t kReadAhead = 64;

}  // namespace

void Conversation::fill_window(Means& m) {
  while (state_.counters.last_windowed < state_.counters.last_position) {
    const Position next{state_.counters.last_windowed.value + 1};
    if (paused_.contains(next)) {
      break;
    }
    if (is_initiator()) {
      const RmSource* source = state_.source();
      const bool has_room =
          profile().rm ? source != nullptr && source->may_assign() && !has_lost_replies(*source)
                       : unnumbered_under_way_ < parts_.settings.unnumbered_window;
      if (!has_room) {
        break;
      }
    }
    const OutboxBodyRef body = body_of(next);
    if (!body) {
      prefetch(next, m);
      return;
    }
    if (!put_in_window(next, body, m)) {
      break;
    }
  }
  const Position next{state_.counters.last_windowed.value + 1};
  if (next <= state_.counters.last_position && !body_of(next)) {
    prefetch(next, m);
  }
}

// The number, the MessageID and the place in the outbox are one fact; it is never taken back.
bool Conversation::put_in_window(Position position, const OutboxBodyRef& body, Means& m) {
  OutboxEntry::Value entry;
  entry.ticket = body->ticket;
  entry.kind = body->kind;
  if (body->kind == OutboxKind::reply) {
    entry.request_sequence = body->request_sequence;
    entry.request_number = body->request_number;
    entry.to = body->to;
    entry.slot = reply_slot(body->request_sequence);
    if (route_of(entry.to.address) == Route::address && entry.slot != 0 &&
        !is_timed(*state_.find_source(entry.slot))) {
      entry.slot = 0;  // what its sequence carries waits for exchanges
    }
  } else if (profile().rm) {
    entry.slot = state_.source_slot();
  }
  if (entry.slot != 0) {
    auto assigned = state_.source_at(entry.slot).decide_number();
    if (!assigned && assigned.error().code() == ErrorCode::busy) {
      return false;
    }
    if (!assigned) {
      if (body->kind != OutboxKind::reply) {
        return false;  // the next sequence takes it
      }
      entry.slot = 0;
    } else {
      entry.number = assigned->number;
      RmSource& source = state_.change_source(entry.slot);
      source.apply(*assigned, m.now.mono);
      if (entry.kind == OutboxKind::request && reply_route() == Route::exchanges) {
        source.hold(entry.number, m.now.mono);
      }
    }
  }
  entry.message_id = m.fresh_name();
  remember(OutboxEntry{id(), position, entry}, m);
  state_.counters.last_windowed = position;
  state_.counters.last_windowed_ticket =
      std::max(state_.counters.last_windowed_ticket, body->ticket);
  remember_counters(m);
  if (entry.kind == OutboxKind::reply) {
    serve({entry.request_sequence, entry.request_number}, m);
  } else if (entry.slot == 0) {
    ++unnumbered_under_way_;
    transmit_unnumbered(position, m);
  }
  return true;
}

void Conversation::prefetch(Position first, Means& m) {
  const Position last{std::min(first.value + kReadAhead - 1, state_.counters.last_position.value)};
  ask(first, m);  // whatever its size: nothing goes on without it
  for (Position p{first.value + 1};
       p <= last && body_bytes_ < parts_.settings.window_bytes_max; ++p.value) {
    if (!body_of(p)) {
      ask(p, m);
    }
  }
}

void Conversation::transmit(std::uint64_t slot, const std::vector<std::uint64_t>& numbers,
                            Means& m) {
  for (const std::uint64_t number : numbers) {
    const Position position = state_.position_of_number(slot, number);
    if (position.value == 0) {
      continue;
    }
    if (!body_of(position)) {
      ask(position, m);
      continue;
    }
    if (!make_room_for(position, m)) {
      return;
    }
    RmSource& source = state_.source_at(slot);
    // A reply to an exchange that has gone takes the way that its sequence was offered for.
    const EndpointReference& to = state_.outbox().at(position).to;
    const EndpointReference target =
        is_initiator() ? EndpointReference()
        : route_of(to.address) == Route::address
            ? to
            : endpoint_of(source);
    m.turn.event(source.tries(number) == 0 ? EventKind::message_sent
                                           : EventKind::message_retransmitted,
                 id(), number);
    start_request({.kind = RequestKind::message,
                   .position = position,
                   .message_id = state_.outbox().at(position).message_id,
                   .to = target},
                  m);
    source.record_sent(number, m.now.mono, m.jitter());
  }
}

// Earlier transmissions of a message stay under way, since only they may bring its reply (IB-056);
// they are the first to go when all exchanges are taken.
bool Conversation::make_room_for(Position position, Means& m) {
  auto superseded = requests_.end();
  for (auto at = requests_.begin(); at != requests_.end(); ++at) {
    Request& request = at->second;
    if (request.kind == RequestKind::message && request.position == position) {
      request.is_superseded = true;
    }
    if (request.is_superseded && superseded == requests_.end()) {
      superseded = at;
    }
  }
  if (requests_.size() < parts_.settings.exchanges_out_max) {
    return true;
  }
  return superseded != requests_.end() && finish_request(superseded->first, m).has_value();
}

void Conversation::transmit_unnumbered(Position position, Means& m) {
  m.turn.event(EventKind::message_sent, id());
  const OutboxEntry::Value& entry = state_.outbox().at(position);
  start_request({.kind = RequestKind::message,
                 .position = position,
                 .message_id = entry.message_id,
                 .to = entry.to},
                m);
}

// What nobody repeats is waited for as long as an exchange would be.
void Conversation::await_answer(Position position, Means& m) {
  awaited_.try_emplace(position, m.now.mono + ms(parts_.settings.unnumbered_timeout_ms));
}

void Conversation::expire_awaited(Means& m) {
  std::vector<Position> expired;
  for (const auto& [position, until] : awaited_) {
    if (until <= m.now.mono) {
      expired.push_back(position);
    }
  }
  for (const Position position : expired) {
    give_up_entry(position, store::ReportKind::answer_lost, ErrorCode::timed_out, m);
  }
}

// Requests under way.

RequestId Conversation::start_request(Request request, Means& m) {
  const RequestId request_id = m.registry.new_request(id());
  request.expires = m.now.mono + ms(is_establishing(request.kind)
                                        ? parts_.settings.establish_timeout_ms
                                        : parts_.settings.unnumbered_timeout_ms);
  if (request.kind != RequestKind::poll) {
    note_traffic(m);
  }
  requests_.emplace(request_id, std::move(request));
  m.turn.add(Intent(TransmitIntent{id(), request_id}));
  return request_id;
}

std::optional<Conversation::Request> Conversation::finish_request(RequestId request_id, Means& m) {
  const auto at = requests_.find(request_id);
  if (at == requests_.end()) {
    return std::nullopt;
  }
  Request request = std::move(at->second);
  requests_.erase(at);
  m.registry.end_request(request_id);
  return request;
}

void Conversation::expire_requests(Means& m) {
  std::vector<RequestId> expired;
  for (const auto& [request_id, request] : requests_) {
    if (request.expires <= m.now.mono) {
      expired.push_back(request_id);
    }
  }
  for (const RequestId request_id : expired) {
    request_failed(request_id, m);
  }
}

bool Conversation::has_request(RequestKind kind) const {
  return std::any_of(requests_.begin(), requests_.end(),
                     [kind](const auto& entry) { return entry.second.kind == kind; });
}

void Conversation::request_failed(RequestId request_id, Means& m) {
  const auto request = finish_request(request_id, m);
  if (!request) {
    return;
  }
  m.turn.event(EventKind::request_failed, id());
  if (is_establishing(request->kind)) {
    establishing_failed(ErrorCode::network_failed, m);
  } else if (request->kind == RequestKind::message) {
    unnumbered_failed(request->position, ErrorCode::network_failed, m);
  } else if (request->kind == RequestKind::poll) {
    note_polled(false, std::nullopt, m);
  }
}

// The end of a message.

void Conversation::finish_entry(Position position, Means& m) {
  const auto at = state_.outbox().find(position);
  if (at == state_.outbox().end()) {
    return;
  }
  const OutboxEntry::Value entry = at->second;
  if (entry.kind == OutboxKind::request && state_.find_source(entry.slot) != nullptr) {
    state_.source_at(entry.slot).release(entry.number);
  }
  if (entry.kind != OutboxKind::reply && entry.slot == 0 && unnumbered_under_way_ > 0) {
    --unnumbered_under_way_;
  }
  awaited_.erase(position);
  const OutboxEntry gone{id(), position, std::nullopt};
  state_.apply(gone, m.now.mono);
  // Losing a deletion makes nothing worse than a retransmission, which is a duplicate.
  m.turn.remember(gone, false);
  m.turn.remember(store::OutboxBody{id(), position, std::nullopt}, false);
  drop_body(position);
}

void Conversation::give_up_entry(Position position, store::ReportKind kind, ErrorCode reason,
                                 Means& m) {
  const auto at = state_.outbox().find(position);
  if (at == state_.outbox().end()) {
    return;
  }
  if (at->second.ticket.value != 0) {
    report({.kind = kind, .ticket = at->second.ticket, .reason = reason}, m);
  }
  finish_entry(position, m);
}

// Only for what no sequence repeats.
void Conversation::unnumbered_failed(Position position, ErrorCode reason, Means& m) {
  const auto at = state_.outbox().find(position);
  if (at != state_.outbox().end() && at->second.slot == 0) {
    give_up_entry(position, store::ReportKind::outcome_unknown, reason, m);
  }
}

// Bodies at hand.

void Conversation::keep_if_near(Position position, OutboxBodyRef body) {
  const bool is_near = position.value <= state_.counters.last_windowed.value + kReadAhead +
                                             profile().rm_settings.window;
  if (is_near && body_bytes_ + body->body.size() <= parts_.settings.window_bytes_max) {
    keep_body(position, std::move(body));
  }
}

void Conversation::keep_body(Position position, OutboxBodyRef body) {
  drop_body(position);
  body_bytes_ += body->body.size();
  bodies_.emplace(position, std::move(body));
}

void Conversation::drop_body(Position position) {
  const auto at = bodies_.find(position);
  if (at != bodies_.end()) {
    body_bytes_ -= at->second->body.size();
    bodies_.erase(at);
  }
}

Conversation::OutboxBodyRef Conversation::body_of(Position position) const {
  const auto at = bodies_.find(position);
  return at == bodies_.end() ? nullptr : at->second;
}

// Questions.

void Conversation::ask(Question question, Means& m) {
  if (questions_.size() >= parts_.limits.questions_parked_max || asked_.contains(question)) {
    return;
  }
  const QuestionId question_id = m.registry.new_question(id());
  Bytes key;
  if (const auto* position = std::get_if<Position>(&question)) {
    key = store::outbox_body_key(id(), *position);
  } else {
    key = store::inbox_body_key(name_of(std::get<InboxKey>(question)));
  }
  asked_.insert(question);
  questions_.emplace(question_id,
                     std::pair(std::move(question), m.now.mono + ms(parts_.limits.question_wait_ms_max)));
  m.turn.add(Effect(Ask{question_id, std::move(key)}));
}

void Conversation::expire_questions(Means& m) {
  for (auto at = questions_.begin(); at != questions_.end();) {
    if (at->second.second > m.now.mono) {
      ++at;
      continue;
    }
    m.registry.end_question(at->first);
    asked_.erase(at->second.first);
    at = questions_.erase(at);
  }
}

void Conversation::answer(QuestionId question_id, const Result<store::Fact>& fact, Means& m) {
  const auto at = questions_.find(question_id);
  if (at == questions_.end()) {
    return;
  }
  const Question question = at->second.first;
  if (!fact && fact.error().code() == ErrorCode::io_failed) {
    return;  // asked again when the question has expired
  }
  m.registry.end_question(question_id);
  questions_.erase(at);
  asked_.erase(question);
  if (const auto* position = std::get_if<Position>(&question)) {
    const auto* body = fact ? std::get_if<store::OutboxBody>(&*fact) : nullptr;
    if (body != nullptr && body->value) {
      take_body(*position, std::make_shared<store::OutboxBody::Value>(*body->value), m);
    } else {
      miss_body(*position, fact ? ErrorCode::store_corrupt : fact.error().code(), m);
    }
    return;
  }
  const auto& key = std::get<InboxKey>(question);
  const auto* body = fact ? std::get_if<store::InboxBody>(&*fact) : nullptr;
  if (body != nullptr && body->value && state_.inbox().contains(key)) {
    arrived_[key] = std::make_shared<store::InboxBody::Value>(*body->value);
  }
}

void Conversation::take_body(Position position, OutboxBodyRef body, Means& m) {
  const auto entry = state_.outbox().find(position);
  if (position <= state_.counters.last_windowed && entry == state_.outbox().end()) {
    return;  // finished meanwhile
  }
  keep_body(position, std::move(body));
  if (entry != state_.outbox().end() && entry->second.kind == OutboxKind::reply) {
    serve({entry->second.request_sequence, entry->second.request_number}, m);
  }
}

// A body that the store cannot give back is told, ticket by ticket, and the others go on.
void Conversation::miss_body(Position position, ErrorCode reason, Means& m) {
  if (state_.outbox().contains(position)) {
    give_up_entry(position, store::ReportKind::outcome_unknown, reason, m);
  } else if (position.value == state_.counters.last_windowed.value + 1 &&
             position <= state_.counters.last_position) {
    report({.kind = store::ReportKind::not_delivered, .reason = reason}, m);
    state_.counters.last_windowed = position;
    remember_counters(m);
    m.turn.remember(store::OutboxBody{id(), position, std::nullopt});
  }
}

}  // namespace parley::engine
