#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "tests/sim/site.h"
#include "tests/sim/timeline.h"

namespace parley::sim {

/// Carries the requests of a client to a service, those of a service to a client that listens, and the
/// answers back, as badly as planned: loses, doubles, delays and reorders them, cuts connections, lets
/// changed copies and inventions arrive.
class Network {
 public:
  /// Sees everything that is sent, as it was sent, before any of it is lost.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void sent(const Site& from, ByteView bytes) = 0;
  };

  /// The others are borrowed.
  Network(const NetworkPlan& plan,
          std::uint64_t seed,
          Timeline& timeline,
          Site& client,
          Site& service,
          Watcher& watcher);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  void transmit(Site& from, engine::Transmit transmit);
  void answer(Site& from, engine::Answer answer);

  /// All connections of this site are gone.
  void died(const Site& site);

  void calm_down() { plan_ = {}; }

  /// Nothing arrives for so long.
  void fail_for(std::uint64_t ms) {
    dead_until_ms_ = timeline_.now() + static_cast<std::int64_t>(ms);
  }

  /// Exchanges that wait for their answer.
  std::size_t open_exchanges() const { return exchanges_.size(); }

  std::uint64_t requests() const { return requests_; }

 private:
  /// A request that has no answer yet.
  struct Call {
    Site& by;
    engine::RequestId request;
    std::uint64_t incarnation = 0;  ///< of the site
    bool is_over = false;
  };

  using CallRef = std::shared_ptr<Call>;

  /// One that has arrived.
  struct Exchange {
    Site& at;
    CallRef call;  ///< null: a copy nobody waits for
  };

  bool is_lost();
  std::uint64_t latency();
  bool is_alive(const Call& call) const;
  void arrive(Site& to,
              const std::string& path,
              std::shared_ptr<const Bytes> bytes,
              const std::string& content_type,
              const CallRef& call);
  void fail(const CallRef& call);
  void lose_exchange(engine::ExchangeId exchange);
  void deliver(const CallRef& call,
               std::shared_ptr<const Bytes> bytes,
               const std::string& content_type);
  std::shared_ptr<const Bytes> tampered(const Bytes& bytes);
  void forge(Site& to, const std::string& path, const Bytes& bytes);

  NetworkPlan plan_;
  Random random_;
  Timeline& timeline_;
  Site& client_;
  Site& service_;
  Watcher& watcher_;
  SimCodec forger_{"forger"};
  SimEntropy forger_entropy_;
  std::int64_t dead_until_ms_ = 0;
  std::uint64_t last_exchange_ = 0;
  std::uint64_t requests_ = 0;
  std::map<engine::ExchangeId, Exchange> exchanges_;
  std::set<engine::ExchangeId> lost_;
};

}  // namespace parley::sim
