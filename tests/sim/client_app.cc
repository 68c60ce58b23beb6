#include "tests/sim/client_app.h"

#include <algorithm>
#include <utility>

namespace parley::sim {
namespace {

using Violation = Station::Violation;

std::string record_name(MessageName name) {
  return "answer/" + to_text(name);
}

}  // namespace

ClientApp::ClientApp(const Plan& plan, Timeline& timeline, Site& site, Model& model)
    : plan_(plan),
      timeline_(timeline),
      site_(site),
      model_(model),
      random_(plan.seed + 11),
      talks_(plan.workloads.size()) {}

void ClientApp::started() {
  for (std::size_t c = 0; c < talks_.size(); ++c) {
    Talk& talk = talks_[c];
    talk.id.reset();
    talk.is_closed = false;
    talk.unaccepted.clear();
    // It is not sure from where on to repeat, so it begins somewhere before.
    std::uint64_t known = 0;
    while (model_.is_accepted({c, known + 1})) {
      ++known;
    }
    talk.next = 1 + random_.below(known + 1);
    if (random_.chance(50)) {
      talk.next = known + 1;
    }
    schedule_step(c, random_.below(20));
  }
}

void ClientApp::died() {
  work_.clear();
  reports_open_ = 0;
  is_work_scheduled_ = false;
}

void ClientApp::schedule_step(std::size_t conversation, std::uint64_t ms) {
  timeline_.after(ms, [this, conversation, incarnation = site_.incarnation()] {
    if (site_.is_up() && site_.incarnation() == incarnation) {
      step(conversation);
    }
  });
}

void ClientApp::step(std::size_t conversation) {
  if (talks_[conversation].is_ended) {
    return;
  }
  site_.input([this, conversation](engine::Engine& engine, Now now) {
    Talk& talk = talks_[conversation];
    find_or_open(conversation, engine, now);
    if (!talk.id) {
      schedule_step(conversation, 100);
    } else if (talk.next <= plan_.workloads[conversation].size()) {
      send_next(conversation, engine, now);
    } else if (!talk.is_closed) {
      close(conversation, engine, now);
    }
  });
}

void ClientApp::find_or_open(std::size_t conversation, engine::Engine& engine, Now now) {
  Talk& talk = talks_[conversation];
  if (talk.id) {
    return;
  }
  const std::string address = address_of(conversation);
  for (const engine::ConversationId id : engine.conversations()) {
    if (engine.status(id)->what.address == address) {
      talk.id = id;
      notebook_[id] = conversation;
      return;
    }
  }
  if (talk.is_durable) {
    return;  // gone: the report is on its way
  }
  auto opened = engine.open(address, plan_.profile().name, now);
  if (opened) {
    talk.id = *opened;
    notebook_[*opened] = conversation;
  } else if (opened.error().code() != ErrorCode::busy) {
    throw Violation{"open: " + opened.error().message()};
  }
}

void ClientApp::send_next(std::size_t conversation, engine::Engine& engine, Now now) {
  Talk& talk = talks_[conversation];
  const MessageName name{conversation, talk.next};
  const PlannedMessage& message = plan_.workloads[conversation][talk.next - 1];
  const auto sent = engine.send(
      *talk.id, {store::Ticket{talk.next}, kSendAction, body_of(plan_, name), message.is_request},
      now);
  if (!sent) {
    if (sent.error().code() == ErrorCode::busy) {
      schedule_step(conversation, 20);
      return;
    }
    if (sent.error().code() == ErrorCode::not_found && talk.is_durable) {
      return;  // it has ended since: the report is on its way
    }
    throw Violation{"send " + to_text(name) + ": " + sent.error().message()};
  }
  talk.unaccepted.insert(talk.next);
  if (!random_.chance(plan_.client_app.repeat_percent)) {
    ++talk.next;
  }
  const bool has_more = talk.next <= plan_.workloads[conversation].size();
  schedule_step(conversation, has_more ? plan_.workloads[conversation][talk.next - 1].pause_ms : 0);
}

void ClientApp::close(std::size_t conversation, engine::Engine& engine, Now now) {
  Talk& talk = talks_[conversation];
  bool is_ready = model_.is_all_accepted(conversation) && talk.unaccepted.empty();
  if (is_ready && !plan_.client_app.closes_early) {
    for (std::uint64_t t = 1; t <= plan_.workloads[conversation].size(); ++t) {
      is_ready = is_ready &&
                 engine.ticket_status(*talk.id, store::Ticket{t}) == engine::TicketStatus::settled;
    }
  }
  if (!is_ready) {
    schedule_step(conversation, 50);
    return;
  }
  const auto closed = engine.close(*talk.id, now);
  if (closed) {
    talk.is_closed = true;
  } else if (closed.error().code() == ErrorCode::busy) {
    schedule_step(conversation, 20);
  } else if (closed.error().code() != ErrorCode::not_found) {
    throw Violation{"close: " + closed.error().message()};
  }
}

void ClientApp::accepted(const engine::Accepted& accepted) {
  const std::size_t conversation = notebook_.at(accepted.conversation);
  talks_[conversation].is_durable = true;
  talks_[conversation].unaccepted.erase(accepted.ticket.value);
  model_.accepted({conversation, accepted.ticket.value});
}

MessageName ClientApp::name_of(const engine::Delivery& delivery) const {
  const auto name = name_of_reply(plan_, delivery.body);
  if (!name || name->ticket != delivery.answers.value) {
    throw Violation{"an answer is not what it should be, or not to its ticket"};
  }
  const PlannedMessage& message = plan_.workloads[name->conversation][name->ticket - 1];
  if (!message.is_request || message.is_refused != delivery.is_fault ||
      (delivery.is_fault && delivery.fault.subcode != kRefusal)) {
    throw Violation{"an answer of the wrong kind to " + to_text(*name)};
  }
  return *name;
}

void ClientApp::deliver(const engine::Delivery& delivery) {
  if (consumed_.contains(delivery.name)) {
    throw Violation{"an answer is delivered again after it was consumed"};
  }
  work_.push_back({delivery, name_of(delivery)});
  schedule_work();
}

void ClientApp::schedule_work() {
  if (work_.empty() || std::exchange(is_work_scheduled_, true)) {
    return;
  }
  timeline_.after(1 + random_.below(plan_.client_app.think_ms_max + 1),
                  [this, incarnation = site_.incarnation()] {
                    if (site_.is_up() && site_.incarnation() == incarnation) {
                      is_work_scheduled_ = false;
                      work();
                    }
                  });
}

void ClientApp::work() {
  site_.input([this](engine::Engine& engine, Now now) {
    if (work_.empty()) {
      return;
    }
    const Work work = std::move(work_.front());
    work_.pop_front();
    const bool declines =
        work.delivery.attempt < 3 && random_.chance(plan_.client_app.decline_percent);
    Result<void> done;
    if (declines) {
      done = engine.declined(work.delivery.name, Duration(0), now);
    } else {
      // Its own disk alone tells whether it was done before.
      const std::string name = record_name(work.name);
      Bytes times = site_.station().record(name);
      times.push_back('x');
      done = engine.consumed(work.delivery.name, {{to_bytes(name), times}}, now);
    }
    if (!done && done.error().code() == ErrorCode::busy) {
      work_.push_front(work);
    } else if (!done && plan_.is_lossless()) {
      throw Violation{"an answer cannot be consumed: " + done.error().message()};
    }
    schedule_work();
  });
}

void ClientApp::consumed(const engine::Consumed& consumed) {
  consumed_.insert(consumed.name);
}

void ClientApp::report(const engine::Report& report) {
  const store::ReportFact::Value& value = report.value;
  if (timeline_.is_traced()) {
    timeline_.trace(site_.name() +
                    " is told: " + describe(store::ReportFact{report.report.value, value}));
  }
  const std::size_t conversation = notebook_.at(value.conversation);
  if (value.kind == store::ReportKind::conversation_ended) {
    talks_[conversation].is_ended = true;
  } else if (value.ticket.value != 0) {
    model_.reported({conversation, value.ticket.value}, value.kind);
  } else if (plan_.is_lossless()) {
    throw Violation{"a report of loss without reason: " +
                    describe(store::ReportFact{report.report.value, value})};
  }
  ++reports_open_;
  timeline_.after(random_.below(plan_.client_app.think_ms_max + 1),
                  [this, id = report.report, incarnation = site_.incarnation()] {
                    if (site_.is_up() && site_.incarnation() == incarnation) {
                      site_.input([this, id](engine::Engine& engine, Now now) {
                        (void)engine.report_consumed(id, now);
                        --reports_open_;
                      });
                    }
                  });
}

bool ClientApp::is_done() const {
  return reports_open_ == 0 &&
         std::all_of(talks_.begin(), talks_.end(), [](const Talk& talk) { return talk.is_ended; });
}

std::string ClientApp::standing() const {
  std::string text;
  for (std::size_t c = 0; c < talks_.size(); ++c) {
    const Talk& talk = talks_[c];
    text += " conversation " + std::to_string(c) + ": next " + std::to_string(talk.next) + " of " +
            std::to_string(plan_.workloads[c].size()) + (talk.is_closed ? ", closed" : "") +
            (talk.is_ended ? ", ended" : "") + ", not accepted " +
            std::to_string(talk.unaccepted.size());
  }
  return text;
}

void ClientApp::read_records() const {
  for (const auto& [key, fact] : site_.station().disk()) {
    if (const auto* record = std::get_if<store::Record>(&fact)) {
      const std::string name(as_text(record->name));
      for (std::size_t c = 0; c < talks_.size(); ++c) {
        for (std::uint64_t t = 1; t <= plan_.workloads[c].size(); ++t) {
          if (name == record_name({c, t})) {
            model_.answered({c, t}, record->value->size());
          }
        }
      }
    }
  }
}

}  // namespace parley::sim
