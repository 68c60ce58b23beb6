#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/effects.h"
#include "host/node_settings.h"
#include "host/record_cache.h"
#include "host/task_thread.h"

namespace parley::host {

/// What a handler made of a delivery, on its way to the engine.
struct HandlerResult {
  engine::DeliveryName delivery;
  bool expects_reply = false;
  bool reply_is_implied = false;
  bool is_ordered = false;  ///< its sequence is in order
  Handled handled;
  std::vector<store::Record> records;
  std::uint64_t incarnation = 0;  ///< of the engine that delivered
  std::uint64_t generation = 0;   ///< of the records that the handler read
};

/// The application's side of a node: runs its handlers on their own thread, one delivery after the
/// other, without waiting for the disk in between. So a handler may read what an earlier one wrote
/// before that is durable; when it then turns out that it never will be, everything that was made
/// of it is void, and is delivered again: a new generation of records begins.
class Application {
 public:
  struct Handlers {
    std::map<std::string, Handler> by_action;  ///< empty action = all others
    Handler replies;
    std::function<void(const store::ReportFact::Value&)> reports;
  };

  /// `finished` is called on the handlers' thread.
  Application(Handlers handlers,
              RecordCache::Read read,
              std::function<void(HandlerResult)> finished,
              std::function<void(std::string_view)> log);
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  ~Application() { stop(); }

  // On the loop's thread.

  /// Whether there is a handler for it.
  bool handles(const engine::Delivery& delivery) const { return handler_of(delivery) != nullptr; }

  /// Runs the handler of a delivery that has one.
  void deliver(engine::Delivery delivery);

  /// Shows a report, then calls `done`.
  void report(const store::ReportFact::Value& report, std::function<void()> done);

  /// For callbacks of the application.
  void run(std::function<void()> work) { thread_.post(std::move(work)); }

  /// The engine has been asked to deliver it again: until then nothing of its ordered sequence runs.
  void declined(const HandlerResult& result);

  /// It will not come again after all.
  void ended(const engine::DeliveryName& delivery);

  /// Whether the result counts: nothing that it rests on has turned out void.
  bool is_current(const HandlerResult& result) const {
    return result.generation == records_.generation() && is_of_this_engine(result);
  }

  bool is_of_this_engine(const HandlerResult& result) const {
    return result.incarnation == incarnation_;
  }

  /// A result could not become a fact: a new generation begins, as soon as `resume` says that all
  /// earlier results are durable. Until then no handler runs.
  void hold();
  void resume();

  /// The engine has gone, and with it all that it delivered.
  void engine_lost();

  RecordCache& records() { return records_; }

  /// Ends the thread when the running handler has returned. From any thread but its own.
  void stop();

 private:
  const Handler* handler_of(const engine::Delivery& delivery) const;
  void handle(const engine::Delivery& delivery, const Handler& handler, std::uint64_t incarnation);
  void run_released(const std::vector<engine::Delivery>& released, std::uint64_t incarnation);
  bool wait_until_resumed();
  bool must_wait(const engine::Delivery& delivery);
  std::vector<engine::Delivery> released_by(const engine::DeliveryName& dealt_with);

  /// An ordered sequence of which something was declined.
  struct Disorder {
    std::set<std::uint64_t> declined;                    ///< to come again
    std::map<std::uint64_t, engine::Delivery> waiting;  ///< behind the first of them
  };
  using SequenceName = std::pair<engine::ConversationId, std::string>;

  const Handlers handlers_;
  const std::function<void(HandlerResult)> finished_;
  const std::function<void(std::string_view)> log_;
  RecordCache records_;
  std::atomic<std::uint64_t> incarnation_ = 1;
  std::mutex mutex_;
  std::condition_variable resumed_;
  std::map<SequenceName, Disorder> disorders_;
  bool is_held_ = false;
  bool is_stopping_ = false;
  TaskThread thread_;  // last: it uses all the others
};

}  // namespace parley::host
