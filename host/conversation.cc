#include <memory>
#include <utility>

#include "host/node.h"
#include "host/node_state.h"
#include "host/pending.h"

namespace parley::host {

Conversation::Conversation(std::shared_ptr<Node::State> state, engine::ConversationId id)
    : state_(std::move(state)), id_(id) {}

Result<void> Conversation::adopt(engine::GivenContext context) {
  Pending<void> pending;
  state_->adopt(
      std::move(context),
      [id = id_](engine::Engine& engine, engine::GivenContext given, Now now) {
        return engine.adopt(id, std::move(given), now);
      },
      pending.setter());
  return pending.wait();
}

Result<engine::Ticket> Conversation::send(std::string action, Bytes body) {
  Pending<engine::Ticket> pending;
  state_->send(id_, {{}, std::move(action), std::move(body), false}, pending.setter());
  return pending.wait();
}

Result<void> Conversation::send(engine::Outgoing outgoing) {
  if (outgoing.ticket.value == 0) {
    return Error(ErrorCode::invalid_argument, "ticket 0");
  }
  Pending<engine::Ticket> pending;
  state_->send(id_, std::move(outgoing), pending.setter());
  PARLEY_TRY(pending.wait());
  return {};
}

Result<engine::Delivery> Conversation::request(std::string action, Bytes body, Duration limit) {
  Pending<engine::Delivery> pending;
  auto wait = std::make_shared<Node::State::Wait>();
  state_->request(id_, {{}, std::move(action), std::move(body), true}, wait, pending.setter());
  return pending.wait(limit, [&] { state_->give_up(wait); });
}

Result<engine::Delivery> Conversation::answer_of(engine::Ticket ticket, Duration limit) {
  Pending<engine::Delivery> pending;
  auto wait = std::make_shared<Node::State::Wait>();
  state_->answer_of(id_, ticket, wait, pending.setter());
  return pending.wait(limit, [&] { state_->give_up(wait); });
}

Result<void> Conversation::wait_settled(Duration limit) {
  Pending<void> pending;
  auto wait = std::make_shared<Node::State::Wait>();
  state_->settled(id_, wait, pending.setter());
  return pending.wait(limit, [&] { state_->give_up(wait); });
}

Result<void> Conversation::renew() {
  Pending<void> pending;
  state_->renew(id_, pending.setter());
  return pending.wait();
}

Result<void> Conversation::close(Duration limit) {
  Pending<void> pending;
  auto wait = std::make_shared<Node::State::Wait>();
  state_->close(id_, wait, pending.setter());
  return pending.wait(limit, [&] { state_->give_up(wait); });
}

std::optional<engine::ConversationStatus> Conversation::status() const {
  Pending<std::optional<engine::ConversationStatus>> pending;
  state_->call(
      [id = id_, done = pending.setter()](engine::Engine& engine, Now) { done(engine.status(id)); },
      [done = pending.setter()](const Error& error) { done(error); });
  auto status = pending.wait();
  return status ? std::move(*status) : std::nullopt;
}

engine::TicketStatus Conversation::ticket_status(engine::Ticket ticket) const {
  Pending<engine::TicketStatus> pending;
  state_->call([id = id_, ticket, done = pending.setter()](
                   engine::Engine& engine, Now) { done(engine.ticket_status(id, ticket)); },
               [done = pending.setter()](const Error& error) { done(error); });
  auto status = pending.wait();
  return status ? *status : engine::TicketStatus::unknown;
}

}  // namespace parley::host
