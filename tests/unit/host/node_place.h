#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "host/node.h"
#include "host/node_parts.h"
#include "store/memory_store.h"
#include "tests/support/catch_pch.h"
#include "tests/support/sim_codec.h"

namespace parley::host {

/// A disk in memory that outlives its nodes, and breaks when a test says so.
class TestDisk {
 public:
  std::atomic<bool> is_broken{false};  ///< commits fail
  std::atomic<bool> does_not_open{false};
  std::atomic<std::uint64_t> opened{0};

  StoreOpener opener() {
    return [this]() -> Result<OpenStore> {
      ++opened;
      if (does_not_open) {
        return Error(ErrorCode::io_failed, "test");
      }
      OpenStore open;
      open.store = std::make_unique<BreakableStore>(*this);
      return open;
    };
  }

 private:
  class BreakableStore final : public store::Store {
   public:
    explicit BreakableStore(TestDisk& disk) : disk_(disk), inner_(disk.disk_) {}

    Result<store::OwnerEpoch> recover(store::FactSink& sink) override {
      return inner_.recover(sink);
    }

    void submit(store::Batch batch) override { queue_.push_back(std::move(batch)); }

    std::vector<store::CommitOutcome> collect() override {
      std::vector<store::CommitOutcome> outcomes;
      for (store::Batch& batch : std::exchange(queue_, {})) {
        is_poisoned_ = is_poisoned_ || disk_.is_broken;
        if (is_poisoned_) {
          outcomes.push_back({batch.turn, Error(ErrorCode::disk_full, "test")});
          continue;
        }
        inner_.submit(std::move(batch));
        for (store::CommitOutcome& outcome : inner_.collect()) {
          outcomes.push_back(std::move(outcome));
        }
      }
      return outcomes;
    }

    Result<store::Fact> read(ByteView key) const override { return inner_.read(key); }

   private:
    TestDisk& disk_;
    store::MemoryStore inner_;
    std::vector<store::Batch> queue_;
    bool is_poisoned_ = false;
  };

  std::shared_ptr<store::MemoryDisk> disk_ = std::make_shared<store::MemoryDisk>();
};

/// The lines and the events of a node.
class Journal {
 public:
  void add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }

  bool has(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& line : lines_) {
      if (line.find(part) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Waits for something that another thread does.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A node that speaks without XML and keeps its state on a TestDisk: it can be stopped and started
/// again.
class NodePlace {
 public:
  explicit NodePlace(std::string principal) : principal_(std::move(principal)) {}

  std::function<void(NodeSettings&)> configure;
  TestDisk disk;
  Journal log;

  void start() { REQUIRE(try_start()); }

  Result<void> try_start() {
    NodeSettings made;
    if (configure) {
      configure(made);
    }
    tune(made);
    crypto::SystemEntropy entropy;
    if (!sealing_) {
      sealing_ = crypto::SealingKey::generate(entropy);
    }
    PARLEY_ASSIGN_OR_RETURN(
        node_, start_node(std::move(made), {std::make_unique<sim::SimCodec>(principal_),
                                            disk.opener(), sealing_->clone()}));
    if (!node_->ports().empty()) {
      port_ = node_->ports().front();
    }
    return {};
  }

  void stop() { node_.reset(); }

  Node& node() { return *node_; }

  std::uint16_t port() const { return port_; }

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_) + "/service"; }

 private:
  void tune(NodeSettings& settings) {
    settings.reopen_pause = Duration(20);
    settings.log = [this](std::string_view line) { log.add(line); };
    // Impatient, so that a test of a failure does not take long.
    for (engine::Profile& profile : settings.profiles) {
      profile.rm_settings.retransmit_base_ms = 200;
      profile.rm_settings.retransmit_max_ms = 500;
      profile.rm_settings.lifecycle_retry_ms = 200;
      profile.rm_settings.ack_interval_ms = 20;
    }
    settings.engine.establish_retry_ms = 100;
    settings.engine.lifecycle_retry_ms = 200;
    settings.engine.redelivery_ms = 20;
    if (!settings.listen.empty() && port_ != 0) {
      settings.listen.front().port = port_;
    }
  }

  std::string principal_;
  std::optional<crypto::SealingKey> sealing_;
  std::unique_ptr<Node> node_;
  std::uint16_t port_ = 0;
};

/// What a service has been handed.
class Received {
 public:
  Handler handler() {
    return [this](const engine::Delivery& delivery, Records&) {
      const std::lock_guard lock(mutex_);
      bodies_.emplace_back(as_text(delivery.body));
      return Handled::done();
    };
  }

  std::vector<std::string> bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

  bool comes_to(std::size_t count) const {
    return eventually([&] { return bodies().size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> bodies_;
};

/// A service and a client of it.
struct Pair {
  NodePlace service{"service"};
  NodePlace client{"client"};

  /// `configure` adds handlers to the service.
  explicit Pair(std::function<void(NodeSettings&)> configure) {
    service.configure = [configure](NodeSettings& settings) {
      settings.services = {{"/service", {}}};
      settings.listen = {{"127.0.0.1", 0, nullptr}};
      configure(settings);
    };
    service.start();
  }

  Conversation talk() {
    client.start();
    return client.node().conversation(service.address()).value();
  }

  Conversation talk_again() { return client.node().conversation(service.address()).value(); }
};

}  // namespace parley::host
