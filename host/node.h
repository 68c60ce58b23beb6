#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/credential_files.h"
#include "host/node_settings.h"

namespace parley::host {

class Conversation;
struct NodeParts;

/// The easy way to embed Parley: one engine with its store, commit thread, HTTP server and client,
/// and a thread that runs the application's handlers. Every call may come from any thread.
///
///     parley::NodeSettings settings;
///     settings.store = "sender-store";
///     settings.credentials = parley::read_credentials({.certificate = "client.pem", …}).value();
///     auto node = parley::Node::start(std::move(settings)).value();
///     auto orders = node->conversation("https://example.org/orders").value();
///     orders.send("urn:orders/Place", parley::to_bytes("<Place
///     xmlns='urn:orders'>…</Place>")).value();
///     orders.wait_settled(std::chrono::minutes(1)).value();
///
/// What `send` has returned for is on disk, and arrives once, in order, even if this process or the
/// peer's is killed. When a commit fails (a full disk), calls that wait get `store_poisoned`: their
/// outcome is unknown, ask by ticket. The node then reopens the store; while it cannot, calls get
/// the error of the last try and requests of peers get 503.
class Node {
 public:
  /// Opens the store, recovers, and goes on where it stopped. Errors: those of the store
  /// (store_locked, store_wrong_key, store_corrupt, store_version, io_failed, disk_full), of the
  /// keys (key_unusable), of the network (network_failed); not_found (a service names no profile);
  /// invalid_argument (also for a service whose description cannot be written).
  static Result<std::unique_ptr<Node>> start(NodeSettings settings);

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  /// `stop`, if it has not been called.
  ~Node();

  /// Takes nothing new, lets open exchanges end and running handlers return, commits what is
  /// judged, and ends the threads. What is left goes on at the next start. Not from a handler.
  void stop();

  /// The ports that are listened on, in the order of the settings.
  std::vector<std::uint16_t> ports() const;

  /// The newest open conversation with this address under this profile (empty = the first), or a
  /// new one. Errors: not_found (no such profile), invalid_argument, busy, store_poisoned.
  Result<Conversation> conversation(std::string address, std::string profile = {});

  /// A new conversation. Errors: as above.
  Result<Conversation> open(std::string address, std::string profile = {});

  /// Messages under a context that was made elsewhere are taken at this service from now on.
  /// Returns when that is durable. Errors: those of Engine::adopt_at; store_poisoned (outcome
  /// unknown).
  Result<void> adopt(std::string path, engine::GivenContext context);

  Conversation by_id(engine::ConversationId id);
  std::vector<engine::ConversationStatus> conversations() const;

  /// A committed record of the application's; nothing if there is none. Errors: store_corrupt,
  /// io_failed, store_poisoned.
  Result<std::optional<Bytes>> read(std::string_view name) const;

  // The same without waiting. `done` is called on the node's handler thread.
  void open(std::string address,
            std::string profile,
            std::function<void(Result<engine::ConversationId>)> done);
  /// `done`: the message is durable.
  void send(engine::ConversationId conversation,
            engine::Outgoing outgoing,
            std::function<void(Result<void>)> done);
  /// A delivery that was taken by hand (`Conversation::answer_of`) is dealt with, with these
  /// records in the same batch. `done`: it is durable.
  void consumed(const engine::DeliveryName& delivery,
                std::vector<store::Record> records,
                std::function<void(Result<void>)> done);

 private:
  friend class Conversation;
  friend Result<std::unique_ptr<Node>> start_node(NodeSettings settings, NodeParts parts);
  class State;

  explicit Node(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

/// A handle on one conversation of a node: cheap to copy, and usable until the node goes.
class Conversation {
 public:
  engine::ConversationId id() const { return id_; }

  /// Speaks under a context that was made elsewhere from now on. Returns when that is durable.
  /// Errors: those of Engine::adopt; store_poisoned (outcome unknown).
  Result<void> adopt(engine::GivenContext context);

  /// Queues a one-way message under the next ticket and returns when it is durable. Errors: those
  /// of Engine::send; store_poisoned (outcome unknown).
  Result<engine::Ticket> send(std::string action, Bytes body);

  /// As above under a ticket of the caller's: the same ticket again sends nothing again.
  Result<void> send(engine::Outgoing outgoing);

  /// Sends a request under the next ticket and waits for its answer, which is consumed then.
  /// Errors: as `send`; timed_out (the request goes on: `answer_of`); peer_fault does not come: see
  /// `Delivery::is_fault`.
  Result<engine::Delivery> request(std::string action, Bytes body, Duration limit);

  /// Waits for the answer to an earlier request, also one of before a restart. It is not consumed:
  /// call Node::consumed, or it comes again. Errors: timed_out; not_found (no answer is to come: it
  /// was consumed, or a report told its outcome).
  Result<engine::Delivery> answer_of(engine::Ticket ticket, Duration limit);

  /// Waits until everything sent is acknowledged, and requests are answered. Errors: timed_out;
  /// invalid_state (the conversation was lost meanwhile: see the reports).
  Result<void> wait_settled(Duration limit);

  /// Asks for a new key of the context (SC20), which happens by itself before the old one expires.
  /// Returns when that is durable; messages go on under the old key until the new one is there.
  /// Errors: those of Engine::renew; store_poisoned (outcome unknown).
  Result<void> renew();

  /// Sends no more; waits until the sequences and the context have ended. Errors: timed_out (it
  /// goes on by itself); not_found; invalid_state.
  Result<void> close(Duration limit);

  std::optional<engine::ConversationStatus> status() const;
  engine::TicketStatus ticket_status(engine::Ticket ticket) const;

 private:
  friend class Node;

  Conversation(std::shared_ptr<Node::State> state, engine::ConversationId id);

  std::shared_ptr<Node::State> state_;
  engine::ConversationId id_;
};

}  // namespace parley::host
