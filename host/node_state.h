#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bindings/http/http_client.h"
#include "bindings/http/http_server.h"
#include "host/application.h"
#include "host/node.h"
#include "host/node_parts.h"
#include "host/service_metadata.h"
#include "host/shard_loop.h"
#include "host/waiters.h"

namespace parley::host {

/// All of a node: one shard on one loop with its sockets, the commit thread and the application's
/// thread beside it. Beginning and end are in node_state.cc, what the engine wants done in
/// node_effects.cc, what the application wants in node_calls.cc.
class Node::State final : public ShardLoop::Observer {
 public:
  using Delivered = std::function<void(Result<engine::Delivery>)>;
  using Run = std::function<void(engine::Engine&, Now)>;
  using Refuse = std::function<void(const Error&)>;

  State(NodeSettings settings,
        NodeParts parts,
        std::vector<engine::Endpoint> endpoints,
        ServiceMetadata metadata);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ~State() override { stop(); }

  Result<void> start();
  void stop();

  std::vector<std::uint16_t> ports() const { return ports_; }

  // From the application, on any thread. What is given as `done` or `refuse` is called on the
  // loop's thread, once, or on the caller's when the node takes no calls.

  /// Something for the engine. Errors for `refuse`: busy, invalid_state (stopped), and why there is
  /// no engine.
  void call(Run run, Refuse refuse);

  /// A wait that its caller may give up.
  struct Wait {
    Waiters::Id id = 0;
    bool is_over = false;
  };

  void open(std::string address,
            const std::string& profile,
            bool may_exist,
            std::function<void(Result<engine::ConversationId>)> done);
  using Adopt = std::function<Result<void>(engine::Engine&, engine::GivenContext, Now)>;
  void adopt(engine::GivenContext context, Adopt adopt, Waiters::Done done);
  /// A zero ticket = the next one.
  void send(engine::ConversationId conversation,
            engine::Outgoing outgoing,
            std::function<void(Result<engine::Ticket>)> done);
  void consumed(const engine::DeliveryName& delivery,
                std::vector<store::Record> records,
                Waiters::Done done);
  void request(engine::ConversationId conversation,
               engine::Outgoing outgoing,
               std::shared_ptr<Wait> wait,
               Delivered done);
  void answer_of(engine::ConversationId conversation,
                 engine::Ticket ticket,
                 std::shared_ptr<Wait> wait,
                 Delivered done);
  void settled(engine::ConversationId conversation, std::shared_ptr<Wait> wait, Waiters::Done done);
  void renew(engine::ConversationId conversation, Waiters::Done done);
  void close(engine::ConversationId conversation, std::shared_ptr<Wait> wait, Waiters::Done done);
  void give_up(std::shared_ptr<Wait> wait);
  void read_record(std::string_view name, std::function<void(Result<std::optional<Bytes>>)> done);

  /// For callbacks that the application gets on the handlers' thread.
  void run_for_application(std::function<void()> work) { application_.run(std::move(work)); }

 private:
  // ShardLoop::Observer
  void take(engine::Effect effect) override;
  void turn_ended() override;
  void engine_lost(const Error& reason) override;
  void reopen_failed(const Error& reason, bool is_last) override;
  void engine_ready() override;

  // node_state.cc
  Result<std::unique_ptr<engine::Engine>> recover(store::Store& store);
  Result<void> listen();
  void stop_sockets();
  void log(std::string_view line) const;

  // node_effects.cc
  void carry_out(engine::Transmit& transmit);
  void carry_out(engine::Answer& answer);
  void carry_out(engine::Deliver& deliver);
  void carry_out(engine::Ask& ask);
  void carry_out(engine::Accepted& accepted);
  void carry_out(engine::Consumed& consumed);
  void carry_out(engine::Report& report);
  void carry_out(engine::Event& event);
  bool take_request(http::Request request);
  void exchange_lost(engine::ExchangeId exchange);
  void take_answer(engine::RequestId request,
                   std::uint64_t incarnation,
                   Result<http::PostAnswer> answer);
  void refuse_exchange(engine::ExchangeId exchange, unsigned status);
  void refuse_delivery(const engine::Delivery& delivery);
  void finish(HandlerResult result);
  void conclude(const HandlerResult& result, engine::Engine& engine, Now now);
  void void_records(const HandlerResult& result, const Error& why, engine::Engine& engine, Now now);

  // node_calls.cc
  void await_answer(engine::ConversationId conversation,
                    engine::Ticket ticket,
                    const std::shared_ptr<Wait>& wait,
                    Delivered done);
  void await_state(const std::shared_ptr<Wait>& wait,
                   const engine::Engine& engine,
                   Waiters::Check check,
                   Waiters::Done done);
  Result<std::optional<Bytes>> read_for_handler(std::string_view name);

  using TicketKey = std::pair<engine::ConversationId, engine::Ticket>;

  NodeSettings settings_;
  NodeParts parts_;
  crypto::SystemEntropy entropy_;  ///< of the loop's thread, and of recovery before it
  const std::vector<engine::Endpoint> endpoints_;
  const ServiceMetadata metadata_;

  http::IoLoop loop_;
  CommitThread commits_;
  Application application_;
  ShardLoop shard_;
  std::unique_ptr<http::HttpClient> client_;
  std::unique_ptr<http::HttpServer> server_;
  std::vector<std::uint16_t> ports_;
  std::thread thread_;

  // On the loop's thread.
  Waiters waiters_;
  std::set<engine::ExchangeId> exchanges_;
  /// Answers that nobody has taken yet, or that somebody has taken and not yet consumed.
  std::map<TicketKey, engine::Delivery> answers_;
  /// Records of handlers on their way to the store.
  std::map<engine::DeliveryName, std::vector<store::Record>> written_;
  /// Reports of loss so far.
  std::map<engine::ConversationId, std::uint64_t> losses_;
  std::string last_failure_;
  std::string last_trouble_;

  std::mutex mutex_;  ///< guards the two below: no call is posted after the last one was run
  bool takes_calls_ = false;
  std::uint64_t calls_ = 0;
};

}  // namespace parley::host
