#include "host/node_state.h"

#include <algorithm>

#include "host/clock.h"

namespace parley::host {
namespace {

/// How long open exchanges may take to end when the node stops.
constexpr Duration kDrainMax{5000};

/// One service = one endpoint. Errors: not_found, invalid_argument.
Result<std::vector<engine::Endpoint>> endpoints_of(const NodeSettings& settings) {
  if (settings.profiles.empty()) {
    return Error(ErrorCode::invalid_argument, "a node without profiles");
  }
  std::set<std::string> names;
  for (const engine::Profile& profile : settings.profiles) {
    if (!names.insert(profile.name).second) {
      return Error(ErrorCode::invalid_argument, "two profiles of one name");
    }
  }
  std::vector<engine::Endpoint> endpoints;
  std::set<std::string> paths;
  for (const Service& service : settings.services) {
    const std::string& profile =
        service.profile.empty() ? settings.profiles.front().name : service.profile;
    if (names.find(profile) == names.end()) {
      return Error(ErrorCode::not_found, "a service names no profile");
    }
    if (!service.path.starts_with('/') || !paths.insert(service.path).second) {
      return Error(ErrorCode::invalid_argument, "path of a service");
    }
    endpoints.push_back({service.path, profile, service.token_services, service.context_creators,
                         service.issues_for, service.urls});
  }
  return endpoints;
}

http::ClientSettings client_settings(const NodeSettings& settings) {
  http::ClientSettings client;
  client.limits = settings.limits;
  client.limits.http_exchange_ms_max =
      static_cast<std::uint64_t>(std::max(settings.exchange_timeout, Duration(1)).count());
  client.connections_per_address_max = settings.connections_per_peer_max;
  client.tls = settings.client_tls;
  client.tap = settings.dangerous_taps.message;
  return client;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(NodeSettings settings) {
  PARLEY_ASSIGN_OR_RETURN(NodeParts parts, make_parts(settings));
  return start_node(std::move(settings), std::move(parts));
}

Result<std::unique_ptr<Node>> start_node(NodeSettings settings, NodeParts parts) {
  PARLEY_ASSIGN_OR_RETURN(auto endpoints, endpoints_of(settings));
  PARLEY_ASSIGN_OR_RETURN(ServiceMetadata metadata, ServiceMetadata::make(settings));
  auto state = std::make_shared<Node::State>(std::move(settings), std::move(parts),
                                             std::move(endpoints), std::move(metadata));
  PARLEY_TRY(state->start());
  return std::unique_ptr<Node>(new Node(std::move(state)));
}

Node::State::State(NodeSettings settings,
                   NodeParts parts,
                   std::vector<engine::Endpoint> endpoints,
                   ServiceMetadata metadata)
    : settings_(std::move(settings)),
      parts_(std::move(parts)),
      endpoints_(std::move(endpoints)),
      metadata_(std::move(metadata)),
      commits_(parts_.opener,
               [this](std::vector<store::CommitOutcome> outcomes) {
                 auto shared =
                     std::make_shared<std::vector<store::CommitOutcome>>(std::move(outcomes));
                 loop_.post([this, shared] { shard_.decided(std::move(*shared)); });
               }),
      application_(
          {settings_.handlers, settings_.reply_handler, settings_.on_report},
          [this](std::string_view name) { return read_for_handler(name); },
          [this](HandlerResult result) {
            auto shared = std::make_shared<HandlerResult>(std::move(result));
            loop_.post([this, shared] { finish(std::move(*shared)); });
          },
          [this](std::string_view line) { log(line); }),
      shard_(loop_,
             commits_,
             *this,
             {settings_.reopen_max, settings_.reopen_pause,
              [this](store::Store& store) { return recover(store); }}),
      client_(std::make_unique<http::HttpClient>(loop_, client_settings(settings_))) {}

Result<std::unique_ptr<engine::Engine>> Node::State::recover(store::Store& store) {
  auto engine = std::make_unique<engine::Engine>(
      engine::EngineParts{*parts_.codec, entropy_, parts_.sealing, settings_.profiles, endpoints_,
                          settings_.engine, settings_.contexts, settings_.limits,
                          settings_.reply_address, settings_.answer_prefixes});
  PARLEY_TRY(engine->recover(store, read_clocks()));
  return engine;
}

Result<void> Node::State::start() {
  std::promise<Result<std::unique_ptr<engine::Engine>>> opened;
  CommitThread::Opening opening;
  opening.recover = [this](store::Store& store) { return recover(store); };
  opening.opened = [&opened](std::unique_ptr<engine::Engine> engine) {
    opened.set_value(std::move(engine));
  };
  opening.failed = [&opened](const Error& error, bool) { opened.set_value(error); };
  commits_.open(std::move(opening));
  PARLEY_ASSIGN_OR_RETURN(std::unique_ptr<engine::Engine> engine, opened.get_future().get());
  if (!settings_.listen.empty()) {
    PARLEY_TRY(listen());
  }
  shard_.start(std::move(engine));
  {
    const std::lock_guard lock(mutex_);
    takes_calls_ = true;
  }
  thread_ = std::thread([this] { loop_.run(); });
  return {};
}

Result<void> Node::State::listen() {
  http::ServerSettings server;
  server.listen = settings_.listen;
  server.limits = settings_.limits;
  server.exchanges_max = settings_.exchanges_max;
  server.tap = settings_.dangerous_taps.message;
  http::HttpServer::Callbacks callbacks;
  callbacks.request = [this](http::Request request) { return take_request(std::move(request)); };
  callbacks.lost = [this](engine::ExchangeId exchange) { exchange_lost(exchange); };
  if (!metadata_.is_empty()) {
    callbacks.document = [this](const http::DocumentRequest& asked) {
      return metadata_.document(asked);
    };
  }
  PARLEY_ASSIGN_OR_RETURN(server_,
                          http::HttpServer::listen(loop_, std::move(server), std::move(callbacks)));
  ports_ = server_->ports();
  return {};
}

void Node::State::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!takes_calls_) {
      return;
    }
    takes_calls_ = false;
  }
  // Each step leaves nothing behind that the next one would have to wait for.
  if (server_) {
    std::promise<void> drained;
    loop_.post([&] { server_->drain(kDrainMax, [&drained] { drained.set_value(); }); });
    drained.get_future().wait();
  }
  application_.stop();
  std::promise<void> judged;
  loop_.post([&] { shard_.drain([&judged] { judged.set_value(); }); });
  judged.get_future().wait();
  loop_.post([this] {
    waiters_.fail(Error(ErrorCode::invalid_state, "the node has stopped"));
    server_.reset();
    client_.reset();
    loop_.stop();
  });
  thread_.join();
  commits_.stop();
}

void Node::State::log(std::string_view line) const {
  if (settings_.log) {
    settings_.log(line);
  }
}

void Node::State::turn_ended() {
  if (shard_.engine() != nullptr) {
    waiters_.check(*shard_.engine());
  }
}

void Node::State::engine_lost(const Error& reason) {
  log("a commit failed (" + reason.message() + "); opening the store anew");
  waiters_.fail(Error(ErrorCode::store_poisoned, "a commit failed"));
  application_.engine_lost();
  written_.clear();
  answers_.clear();
  for (const engine::ExchangeId exchange : std::exchange(exchanges_, {})) {
    refuse_exchange(exchange, 503);
  }
}

void Node::State::reopen_failed(const Error& reason, bool is_last) {
  log("the store does not open (" + reason.message() + ")" +
      (is_last ? "; the node stays down until it is started anew" : ""));
}

void Node::State::engine_ready() {
  log("the store is open; going on where it stopped");
}

}  // namespace parley::host
