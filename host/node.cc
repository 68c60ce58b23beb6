#include "host/node.h"

#include <future>
#include <utility>

#include "host/node_state.h"
#include "host/pending.h"

namespace parley::host {

Node::Node(std::shared_ptr<State> state) : state_(std::move(state)) {}

Node::~Node() {
  stop();
}

void Node::stop() {
  state_->stop();
}

std::vector<std::uint16_t> Node::ports() const {
  return state_->ports();
}

Result<Conversation> Node::conversation(std::string address, std::string profile) {
  Pending<engine::ConversationId> pending;
  state_->open(std::move(address), profile, true, pending.setter());
  PARLEY_ASSIGN_OR_RETURN(const engine::ConversationId id, pending.wait());
  return by_id(id);
}

Result<Conversation> Node::open(std::string address, std::string profile) {
  Pending<engine::ConversationId> pending;
  state_->open(std::move(address), profile, false, pending.setter());
  PARLEY_ASSIGN_OR_RETURN(const engine::ConversationId id, pending.wait());
  return by_id(id);
}

Result<void> Node::adopt(std::string path, engine::GivenContext context) {
  Pending<void> pending;
  state_->adopt(
      std::move(context),
      [path = std::move(path)](engine::Engine& engine, engine::GivenContext given, Now now) {
        return engine.adopt_at(path, std::move(given), now);
      },
      pending.setter());
  return pending.wait();
}

Conversation Node::by_id(engine::ConversationId id) {
  return Conversation(state_, id);
}

std::vector<engine::ConversationStatus> Node::conversations() const {
  Pending<std::vector<engine::ConversationStatus>> pending;
  state_->call(
      [done = pending.setter()](engine::Engine& engine, Now) {
        std::vector<engine::ConversationStatus> all;
        for (const engine::ConversationId id : engine.conversations()) {
          if (auto status = engine.status(id)) {
            all.push_back(std::move(*status));
          }
        }
        done(std::move(all));
      },
      [done = pending.setter()](const Error& error) { done(error); });
  auto all = pending.wait();
  return all ? std::move(*all) : std::vector<engine::ConversationStatus>();
}

Result<std::optional<Bytes>> Node::read(std::string_view name) const {
  Pending<std::optional<Bytes>> pending;
  state_->read_record(name, pending.setter());
  return pending.wait();
}

void Node::open(std::string address,
                std::string profile,
                std::function<void(Result<engine::ConversationId>)> done) {
  State& state = *state_;
  state.open(std::move(address), profile, false,
             [&state, done = std::move(done)](Result<engine::ConversationId> id) {
               state.run_for_application([done, id] { done(id); });
             });
}

void Node::send(engine::ConversationId conversation,
                engine::Outgoing outgoing,
                std::function<void(Result<void>)> done) {
  State& state = *state_;
  state.send(conversation, std::move(outgoing),
             [&state, done = std::move(done)](const Result<engine::Ticket>& sent) {
               const auto outcome = sent ? Result<void>() : Result<void>(sent.error());
               state.run_for_application([done, outcome] { done(outcome); });
             });
}

void Node::consumed(const engine::DeliveryName& delivery,
                    std::vector<store::Record> records,
                    std::function<void(Result<void>)> done) {
  State& state = *state_;
  state.consumed(delivery, std::move(records),
                 [&state, done = std::move(done)](const Result<void>& outcome) {
                   state.run_for_application([done, outcome] { done(outcome); });
                 });
}

}  // namespace parley::host
