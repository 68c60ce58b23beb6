#include "host/application.h"

#include <exception>
#include <utility>

namespace parley::host {
namespace {

/// What one handler reads and writes.
class HandlerRecords final : public Records {
 public:
  explicit HandlerRecords(RecordCache& cache) : cache_(cache) {}

  Result<std::optional<Bytes>> read(std::string_view name) override {
    if (const auto found = written_.find(name); found != written_.end()) {
      return found->second;
    }
    return cache_.read(name);
  }

  void write(std::string_view name, Bytes value) override {
    written_.insert_or_assign(std::string(name), std::move(value));
  }

  void erase(std::string_view name) override {
    written_.insert_or_assign(std::string(name), std::nullopt);
  }

  std::vector<store::Record> take() {
    std::vector<store::Record> records;
    for (auto& [name, value] : written_) {
      records.push_back({to_bytes(name), std::move(value)});
    }
    written_.clear();
    return records;
  }

 private:
  RecordCache& cache_;
  std::map<std::string, std::optional<Bytes>, std::less<>> written_;
};

}  // namespace

Application::Application(Handlers handlers,
                         RecordCache::Read read,
                         std::function<void(HandlerResult)> finished,
                         std::function<void(std::string_view)> log)
    : handlers_(std::move(handlers)),
      finished_(std::move(finished)),
      log_(std::move(log)),
      records_(std::move(read)) {}

const Handler* Application::handler_of(const engine::Delivery& delivery) const {
  if (delivery.answers.value != 0) {
    return handlers_.replies ? &handlers_.replies : nullptr;
  }
  auto found = handlers_.by_action.find(delivery.action);
  if (found == handlers_.by_action.end()) {
    found = handlers_.by_action.find({});
  }
  return found == handlers_.by_action.end() ? nullptr : &found->second;
}

void Application::deliver(engine::Delivery delivery) {
  const Handler* handler = handler_of(delivery);
  thread_.post([this, handler, incarnation = incarnation_.load(), delivery = std::move(delivery)] {
    if (wait_until_resumed() && incarnation == incarnation_) {
      handle(delivery, *handler, incarnation);
    }
  });
}

void Application::handle(const engine::Delivery& delivery,
                         const Handler& handler,
                         std::uint64_t incarnation) {
  if (must_wait(delivery)) {
    return;
  }
  HandlerResult result;
  result.delivery = delivery.name;
  result.is_ordered = delivery.is_ordered;
  result.expects_reply = delivery.expects_reply;
  result.reply_is_implied = delivery.reply_is_implied;
  result.incarnation = incarnation;
  result.generation = records_.generation();
  HandlerRecords records(records_);
  try {
    result.handled = handler(delivery, records);
  } catch (const std::exception&) {
    // Its text may hold anything, so it is not repeated.
    log_("a handler threw an exception; its delivery comes again");
    result.handled = Handled::later(Duration::zero());
  }
  if (!result.handled.retry_after) {
    result.records = records.take();
    records_.written(result.records, result.generation);
  }
  if (result.handled.retry_after) {
    declined(result);
    finished_(std::move(result));
    return;
  }
  finished_(std::move(result));
  run_released(released_by(delivery.name), incarnation);
}

void Application::run_released(const std::vector<engine::Delivery>& released,
                               std::uint64_t incarnation) {
  for (const engine::Delivery& one : released) {
    handle(one, *handler_of(one), incarnation);
  }
}

void Application::ended(const engine::DeliveryName& delivery) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = disorders_.find({delivery.conversation, delivery.sequence});
    if (at == disorders_.end() || !at->second.declined.contains(delivery.number)) {
      return;
    }
  }
  thread_.post([this, delivery, incarnation = incarnation_.load()] {
    if (wait_until_resumed() && incarnation == incarnation_) {
      run_released(released_by(delivery), incarnation);
    }
  });
}

void Application::declined(const HandlerResult& result) {
  if (result.is_ordered) {
    const std::lock_guard lock(mutex_);
    disorders_[{result.delivery.conversation, result.delivery.sequence}].declined.insert(
        result.delivery.number);
  }
}

bool Application::must_wait(const engine::Delivery& delivery) {
  const std::lock_guard lock(mutex_);
  const auto at = disorders_.find({delivery.name.conversation, delivery.name.sequence});
  if (at == disorders_.end() || *at->second.declined.begin() >= delivery.name.number) {
    return false;
  }
  at->second.waiting.insert_or_assign(delivery.name.number, delivery);
  return true;
}

/// What may run now that this one has been dealt with; in its order, and up to what else was declined.
std::vector<engine::Delivery> Application::released_by(const engine::DeliveryName& dealt_with) {
  std::vector<engine::Delivery> released;
  const std::lock_guard lock(mutex_);
  const auto at = disorders_.find({dealt_with.conversation, dealt_with.sequence});
  if (at == disorders_.end()) {
    return released;
  }
  Disorder& disorder = at->second;
  disorder.declined.erase(dealt_with.number);
  const std::uint64_t end = disorder.declined.empty() ? UINT64_MAX : *disorder.declined.begin();
  while (!disorder.waiting.empty() && disorder.waiting.begin()->first <= end) {
    released.push_back(std::move(disorder.waiting.begin()->second));
    disorder.waiting.erase(disorder.waiting.begin());
  }
  if (disorder.declined.empty()) {
    disorders_.erase(at);
  }
  return released;
}

void Application::report(const store::ReportFact::Value& report, std::function<void()> done) {
  if (!handlers_.reports) {
    done();
    return;
  }
  thread_.post([this, report, done = std::move(done)] {
    handlers_.reports(report);
    done();
  });
}

void Application::hold() {
  {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
  }
  records_.forget();
}

void Application::resume() {
  records_.forget();
  {
    const std::lock_guard lock(mutex_);
    is_held_ = false;
  }
  resumed_.notify_all();
}

void Application::engine_lost() {
  ++incarnation_;
  {
    const std::lock_guard lock(mutex_);
    disorders_.clear();
  }
  resume();
}

bool Application::wait_until_resumed() {
  std::unique_lock lock(mutex_);
  resumed_.wait(lock, [this] { return !is_held_ || is_stopping_; });
  return !is_stopping_;
}

void Application::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  resumed_.notify_all();
  thread_.stop();
}

}  // namespace parley::host
