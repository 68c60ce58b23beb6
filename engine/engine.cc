#include "engine/engine.h"

#include <utility>

#include "engine/shard.h"

namespace parley::engine {

Engine::Engine(EngineParts parts) : shard_(std::make_unique<Shard>(std::move(parts))) {}

Engine::~Engine() = default;

Result<void> Engine::recover(store::Store& store, Now now) { return shard_->recover(store, now); }

void Engine::receive(IncomingRequest request, Now now) { shard_->receive(std::move(request), now); }

void Engine::receive(ExchangeId exchange, std::string_view endpoint, const Channel& channel,
                     std::unique_ptr<SealedMessage> sealed, Now now) {
  shard_->receive(exchange, endpoint, channel, std::move(sealed), now);
}

void Engine::receive(IncomingResponse response, Now now) {
  shard_->receive(std::move(response), now);
}

void Engine::request_failed(RequestId request, Now now) { shard_->request_failed(request, now); }

void Engine::exchange_lost(ExchangeId exchange, Now now) { shard_->exchange_lost(exchange, now); }

void Engine::answer(QuestionId question, Result<store::Fact> fact, Now now) {
  shard_->answer(question, fact, now);
}

void Engine::committed(store::TurnNumber turn) { shard_->committed(turn); }

void Engine::commit_failed() { shard_->commit_failed(); }

void Engine::advance(Now now) { shard_->advance(now); }

Result<ConversationId> Engine::open(std::string address, std::string_view profile, Now now) {
  return shard_->open(std::move(address), profile, now);
}

Result<void> Engine::adopt(ConversationId conversation, GivenContext context, Now now) {
  return shard_->adopt(conversation, std::move(context), now);
}

Result<void> Engine::adopt_at(std::string_view endpoint, GivenContext context, Now now) {
  return shard_->adopt_at(endpoint, std::move(context), now);
}

Result<void> Engine::send(ConversationId conversation, Outgoing outgoing, Now now) {
  return shard_->send(conversation, std::move(outgoing), now);
}

Result<void> Engine::reply(const DeliveryName& delivery, Reply reply,
                           std::vector<store::Record> records, Now now) {
  return shard_->reply(delivery, std::move(reply), std::move(records), now);
}

Result<void> Engine::consumed(const DeliveryName& delivery, std::vector<store::Record> records,
                              Now now) {
  return shard_->consumed(delivery, std::move(records), now);
}

Result<void> Engine::declined(const DeliveryName& delivery, Duration retry_after, Now now) {
  return shard_->declined(delivery, retry_after, now);
}

Result<void> Engine::close(ConversationId conversation, Now now) {
  return shard_->close(conversation, now);
}

Result<void> Engine::renew(ConversationId conversation, Now now) {
  return shard_->renew(conversation, now);
}

Result<void> Engine::report_consumed(ReportId report, Now now) {
  return shard_->report_consumed(report, now);
}

bool Engine::is_full() const { return shard_->is_full(); }

std::optional<Turn> Engine::take_turn(Now now) { return shard_->take_turn(now); }

MonoTime Engine::deadline() const { return shard_->deadline(); }

std::vector<ConversationId> Engine::conversations() const { return shard_->conversations(); }

std::optional<ConversationStatus> Engine::status(ConversationId conversation) const {
  return shard_->status(conversation);
}

TicketStatus Engine::ticket_status(ConversationId conversation, Ticket ticket) const {
  return shard_->ticket_status(conversation, ticket);
}

std::vector<store::Fact> Engine::snapshot() const { return shard_->snapshot(); }

}  // namespace parley::engine
