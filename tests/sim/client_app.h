#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/model.h"
#include "tests/sim/site.h"
#include "tests/sim/timeline.h"

namespace parley::sim {

/// The application of the client: opens the conversations, sends the workloads by ticket, repeats
/// what it is not sure of, notes the answers in its records, and closes. What it knows dies with
/// its process, except which conversations it was told have ended.
class ClientApp {
 public:
  /// The others are borrowed.
  ClientApp(const Plan& plan, Timeline& timeline, Site& site, Model& model);
  ClientApp(const ClientApp&) = delete;
  ClientApp& operator=(const ClientApp&) = delete;

  void started();
  void died();

  void deliver(const engine::Delivery& delivery);
  void accepted(const engine::Accepted& accepted);
  void consumed(const engine::Consumed& consumed);
  void report(const engine::Report& report);

  /// Every conversation has ended, and it was told so.
  bool is_done() const;

  /// What keeps it, for failures.
  std::string standing() const;

  /// Hands the records on the disk to the model, at the end.
  void read_records() const;

 private:
  struct Talk {
    // Survives.
    bool is_durable = false;  ///< it was told that the conversation is on disk
    bool is_ended = false;
    // Volatile.
    std::optional<engine::ConversationId> id;
    std::uint64_t next = 1;
    bool is_closed = false;
    std::set<std::uint64_t> unaccepted;  ///< sent, and not told so yet
  };

  struct Work {
    engine::Delivery delivery;
    MessageName name;
  };

  void step(std::size_t conversation);
  void schedule_step(std::size_t conversation, std::uint64_t ms);
  void find_or_open(std::size_t conversation, engine::Engine& engine, Now now);
  void send_next(std::size_t conversation, engine::Engine& engine, Now now);
  void close(std::size_t conversation, engine::Engine& engine, Now now);
  void schedule_work();
  void work();
  MessageName name_of(const engine::Delivery& delivery) const;

  const Plan& plan_;
  Timeline& timeline_;
  Site& site_;
  Model& model_;
  Random random_;
  std::vector<Talk> talks_;
  /// Which conversation is which: overwritten when an id that never became durable is used again.
  std::map<engine::ConversationId, std::size_t> notebook_;
  std::deque<Work> work_;
  std::uint64_t reports_open_ = 0;  ///< told, and not taken note of yet
  bool is_work_scheduled_ = false;
  std::set<engine::DeliveryName> consumed_;  ///< told to be durable: must not come again
};

}  // namespace parley::sim
