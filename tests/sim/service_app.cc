#include "tests/sim/service_app.h"

#include <charconv>
#include <utility>

namespace parley::sim {
namespace {

using Violation = Station::Violation;

constexpr const char* kSizeRecord = "journal";

std::string entry_record(std::uint64_t index) {
  return "journal/" + std::to_string(index);
}

std::uint64_t number_of(const Bytes& text) {
  std::uint64_t number = 0;
  const std::string_view view = as_text(text);
  std::from_chars(view.data(), view.data() + view.size(), number);
  return number;
}

}  // namespace

ServiceApp::ServiceApp(const Plan& plan, Timeline& timeline, Site& site, Model& model)
    : plan_(plan), timeline_(timeline), site_(site), model_(model), random_(plan.seed + 12) {}

void ServiceApp::started() {
  journal_size_ = number_of(site_.station().record(kSizeRecord));
}

void ServiceApp::died() {
  work_.clear();
  declined_.clear();
  newest_.clear();
  is_work_scheduled_ = false;
}

void ServiceApp::deliver(const engine::Delivery& delivery) {
  if (consumed_.contains(delivery.name)) {
    throw Violation{"number " + std::to_string(delivery.name.number) +
                    " is delivered again after it was consumed (S5)"};
  }
  const auto name = name_of_body(plan_, delivery.body);
  if (!name) {
    throw Violation{"a delivery is not what was sent"};
  }
  const PlannedMessage& message = plan_.workloads[name->conversation][name->ticket - 1];
  // One that names no ReplyTo may be either, and the application knows which.
  if ((delivery.expects_reply && !delivery.reply_is_implied) != message.is_request ||
      delivery.endpoint != path_of(name->conversation)) {
    throw Violation{"the delivery of " + to_text(*name) + " is of the wrong kind"};
  }
  if (plan_.profile().sc && delivery.principal != "client") {
    throw Violation{"the delivery of " + to_text(*name) + " names the wrong sender"};
  }
  std::uint64_t& newest = newest_[delivery.name.sequence];
  if (delivery.attempt == 1 && plan_.profile().rm_settings.in_order &&
      !delivery.name.sequence.empty() && delivery.name.number <= newest) {
    throw Violation{"number " + std::to_string(delivery.name.number) + " is delivered after " +
                    std::to_string(newest) + " (S6)"};
  }
  newest = std::max(newest, delivery.name.number);
  if (timeline_.is_traced()) {
    timeline_.trace(site_.name() + " is given " + to_text(*name) + ", number " +
                    std::to_string(delivery.name.number));
  }
  Work work{delivery, *name};
  const auto declined = declined_.find(delivery.name.sequence);
  if (declined != declined_.end() && declined->second == delivery.name.number) {
    declined_.erase(declined);
    work_.push_front(std::move(work));
  } else {
    work_.push_back(std::move(work));
  }
  schedule_work();
}

void ServiceApp::schedule_work() {
  if (work_.empty() || std::exchange(is_work_scheduled_, true)) {
    return;
  }
  timeline_.after(1 + random_.below(plan_.service_app.think_ms_max + 1),
                  [this, incarnation = site_.incarnation()] {
                    if (site_.is_up() && site_.incarnation() == incarnation) {
                      is_work_scheduled_ = false;
                      work();
                    }
                  });
}

// Whoever wants order and declines has to wait for what he declined.
bool ServiceApp::must_wait(const Work& work) const {
  return plan_.profile().rm_settings.in_order && declined_.contains(work.delivery.name.sequence);
}

void ServiceApp::work() {
  site_.input([this](engine::Engine& engine, Now now) {
    if (work_.empty()) {
      return;
    }
    const Work work = std::move(work_.front());
    work_.pop_front();
    if (must_wait(work)) {
      work_.push_front(work);
      schedule_work();
      return;
    }
    if (work.delivery.attempt < 3 && random_.chance(plan_.service_app.decline_percent)) {
      const auto declined = engine.declined(work.delivery.name, Duration(0), now);
      if (declined && plan_.profile().rm_settings.in_order) {
        declined_[work.delivery.name.sequence] = work.delivery.name.number;
      } else if (!declined) {
        work_.push_front(work);
      }
    } else {
      const auto done = finish(work, engine, now);
      if (!done && done.error().code() == ErrorCode::busy) {
        work_.push_front(work);
      } else if (!done && plan_.is_lossless()) {
        throw Violation{"delivery " + to_text(work.name) +
                        " cannot be ended: " + done.error().message()};
      }
    }
    schedule_work();
  });
}

Result<void> ServiceApp::finish(const Work& work, engine::Engine& engine, Now now) {
  const std::string size = std::to_string(journal_size_ + 1);
  std::vector<store::Record> records = {
      {to_bytes(kSizeRecord), to_bytes(size)},
      {to_bytes(entry_record(journal_size_ + 1)), work.delivery.body}};
  Result<void> done;
  if (!work.delivery.expects_reply || work.delivery.reply_is_implied) {
    done = engine.consumed(work.delivery.name, std::move(records), now);
  } else {
    engine::Reply reply{kReplyAction, reply_body_of(plan_, work.name), std::nullopt};
    if (plan_.workloads[work.name.conversation][work.name.ticket - 1].is_refused) {
      reply.fault = engine::FaultBody{true, "urn:sim", kRefusal, "as planned"};
    }
    done = engine.reply(work.delivery.name, std::move(reply), std::move(records), now);
  }
  if (done) {
    ++journal_size_;
  }
  return done;
}

void ServiceApp::consumed(const engine::Consumed& consumed) {
  consumed_.insert(consumed.name);
}

void ServiceApp::report(const engine::Report& report) {
  if (plan_.is_lossless()) {
    throw Violation{"a report of loss without reason: " +
                    describe(store::ReportFact{report.report.value, report.value})};
  }
  site_.input([id = report.report](engine::Engine& engine, Now now) {
    (void)engine.report_consumed(id, now);
  });
}

void ServiceApp::read_records() const {
  const std::uint64_t size = number_of(site_.station().record(kSizeRecord));
  for (std::uint64_t index = 1; index <= size; ++index) {
    const auto name = name_of_body(plan_, site_.station().record(entry_record(index)));
    if (!name) {
      throw Violation{"the journal has a hole"};
    }
    model_.processed(*name);
  }
}

}  // namespace parley::sim
