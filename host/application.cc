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
  HandlerResult result;
  result.delivery = delivery.name;
  result.expects_reply = delivery.expects_reply;
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
  finished_(std::move(result));
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
