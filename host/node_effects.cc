#include <utility>
#include <variant>

#include "bindings/http/status.h"
#include "bindings/soap/addressing_names.h"
#include "bindings/soap/media_type.h"
#include "engine/route.h"
#include "host/node_state.h"

// What the engine wants done, and what the world says to it.

namespace parley::host {
namespace {

/// Of loss: the application cannot rely on everything having arrived.
bool is_loss(store::ReportKind kind) {
  switch (kind) {
    case store::ReportKind::outcome_unknown:
    case store::ReportKind::not_delivered:
    case store::ReportKind::answer_lost:
    case store::ReportKind::context_lost:
      return true;
    case store::ReportKind::delivery_refused:
    case store::ReportKind::sequence_ended:
    case store::ReportKind::conversation_ended:
      return false;
  }
  return false;
}

/// What an operator wants to know of when two sides do not get on.
bool is_trouble(engine::EventKind kind) {
  switch (kind) {
    case engine::EventKind::message_refused:
    case engine::EventKind::unsecured_fault:
    case engine::EventKind::peer_fault:
    case engine::EventKind::build_failed:
    case engine::EventKind::context_lost:
    case engine::EventKind::limit_reached:
      return true;
    default:
      return false;
  }
}

engine::Reply refusal(engine::FaultBody fault) {
  return {{}, {}, std::move(fault)};
}

const engine::FaultBody kNoAnswer{false, {}, {}, "The service could not answer."};

}  // namespace

void Node::State::take(engine::Effect effect) {
  std::visit([this](auto& one) { carry_out(one); }, effect);
}

void Node::State::carry_out(engine::Transmit& transmit) {
  const auto done = [this, request = transmit.request,
                     incarnation = shard_.incarnation()](Result<http::PostAnswer> answer) {
    take_answer(request, incarnation, std::move(answer));
  };
  client_->post({std::move(transmit.address), std::move(transmit.content_type),
                 std::move(transmit.soap_action), std::move(transmit.bytes)},
                done);
}

void Node::State::take_answer(engine::RequestId request,
                              std::uint64_t incarnation,
                              Result<http::PostAnswer> answer) {
  if (incarnation != shard_.incarnation()) {
    return;
  }
  const bool is_answer =
      answer && http::is_soap_answer(answer->response.status, answer->response.content_type,
                                     answer->response.bytes.empty());
  if (!is_answer) {
    // The same failure again and again is one line.
    std::string failure = answer ? "HTTP status " + std::to_string(answer->response.status)
                                 : answer.error().message();
    if (failure != last_failure_) {
      log("a request failed: " + failure);
      last_failure_ = std::move(failure);
    }
    shard_.input(
        {[request](engine::Engine& engine, Now now) { engine.request_failed(request, now); }, {}});
    return;
  }
  last_failure_.clear();
  auto response = std::make_shared<engine::IncomingResponse>(engine::IncomingResponse{
      request, std::move(answer->channel), std::move(answer->response.content_type),
      std::move(answer->response.bytes)});
  shard_.input(
      {[response](engine::Engine& engine, Now now) { engine.receive(std::move(*response), now); },
       {}});
}

bool Node::State::take_request(http::Request request) {
  if (auto described = metadata_.answer(request)) {
    server_->answer(request.exchange, std::move(*described));
    return true;
  }
  if (shard_.engine() == nullptr) {
    return false;
  }
  const std::string_view replies = engine::path_of(settings_.reply_address);
  const bool is_known =
      std::any_of(endpoints_.begin(), endpoints_.end(),
                  [&](const engine::Endpoint& endpoint) {
                    return endpoint.path == request.path;
                  }) ||
      (!replies.empty() && request.path.starts_with(std::string(replies) + '/'));
  if (!is_known) {
    server_->answer(request.exchange, {404, {}, {}});
    return true;
  }
  const engine::ExchangeId exchange = request.exchange;
  exchanges_.insert(exchange);
  auto incoming = std::make_shared<engine::IncomingRequest>(
      engine::IncomingRequest{exchange, std::move(request.path), std::move(request.channel),
                              soap::with_soap_action(std::move(request.content_type), request.soap_action),
                              std::move(request.bytes)});
  shard_.input(
      {[incoming](engine::Engine& engine, Now now) { engine.receive(std::move(*incoming), now); },
       [this, exchange](const Error&) { refuse_exchange(exchange, 503); }});
  return true;
}

void Node::State::exchange_lost(engine::ExchangeId exchange) {
  exchanges_.erase(exchange);
  shard_.input(
      {[exchange](engine::Engine& engine, Now now) { engine.exchange_lost(exchange, now); }, {}});
}

void Node::State::refuse_exchange(engine::ExchangeId exchange, unsigned status) {
  exchanges_.erase(exchange);
  server_->answer(exchange, {status, {}, {}});
}

void Node::State::carry_out(engine::Answer& answer) {
  exchanges_.erase(answer.exchange);
  const unsigned status = http::status_of(answer.kind, answer.content_type);
  server_->answer(answer.exchange,
                  {status, std::move(answer.content_type), std::move(answer.bytes)});
}

void Node::State::carry_out(engine::Ask& ask) {
  commits_.read(std::move(ask.key), [this, question = ask.question](Result<store::Fact> fact) {
    auto shared = std::make_shared<Result<store::Fact>>(std::move(fact));
    loop_.post([this, question, shared] {
      shard_.input({[question, shared](engine::Engine& engine, Now now) {
                      engine.answer(question, std::move(*shared), now);
                    },
                    {}});
    });
  });
}

void Node::State::carry_out(engine::Deliver& deliver) {
  engine::Delivery& delivery = deliver.delivery;
  const engine::ConversationId conversation = delivery.name.conversation;
  if (delivery.answers.value != 0 &&
      (waiters_.awaits_answer(conversation, delivery.answers) || !application_.handles(delivery))) {
    answers_.insert_or_assign({conversation, delivery.answers}, delivery);
    waiters_.answer(delivery);
    return;
  }
  if (application_.handles(delivery)) {
    application_.deliver(std::move(delivery));
    return;
  }
  refuse_delivery(delivery);
}

void Node::State::refuse_delivery(const engine::Delivery& delivery) {
  log("a message came whose action no handler takes");
  shard_.input(
      {[this, name = delivery.name, expects_reply = delivery.expects_reply](engine::Engine& engine,
                                                                            Now now) {
         if (!expects_reply) {
           (void)engine.consumed(name, {}, now);
           return;
         }
         const auto status = engine.status(name.conversation);
         engine::FaultBody fault{true, {}, "ActionNotSupported", "The action is not supported."};
         for (const engine::Profile& profile : settings_.profiles) {
           if (status && profile.name == status->what.profile) {
             fault.subcode_namespace = soap::names_of(profile.addressing).ns;
           }
         }
         (void)engine.reply(name, refusal(std::move(fault)), {}, now);
       },
       {}});
}

void Node::State::carry_out(engine::Accepted& accepted) {
  waiters_.accepted(accepted.conversation, accepted.ticket);
}

void Node::State::carry_out(engine::Consumed& consumed) {
  application_.ended(consumed.name);
  if (const auto written = written_.extract(consumed.name)) {
    application_.records().durable(written.mapped());
  }
  for (auto at = answers_.lower_bound({consumed.name.conversation, {}});
       at != answers_.end() && at->first.first == consumed.name.conversation; ++at) {
    if (at->second.name == consumed.name) {
      answers_.erase(at);
      break;
    }
  }
  waiters_.consumed(consumed.name);
}

void Node::State::carry_out(engine::Report& report) {
  const store::ReportFact::Value& value = report.value;
  if (is_loss(value.kind)) {
    ++losses_[value.conversation];
  }
  if (value.ticket.value != 0) {
    waiters_.no_answer(value.conversation, value.ticket, Error(value.reason, "see the report"));
  }
  application_.report(value, [this, id = report.report] {
    loop_.post([this, id] {
      shard_.input(
          {[id](engine::Engine& engine, Now now) { (void)engine.report_consumed(id, now); }, {}});
    });
  });
}

void Node::State::carry_out(engine::Event& event) {
  if (is_trouble(event.kind)) {
    // The same trouble again and again is one line.
    const std::string_view what = engine::text_of(event.kind);
    std::string line = std::string(what.substr(0, what.find(';'))) + ": " +
                       std::string(text_of(event.reason));
    if (line != last_trouble_) {
      log(line);
      last_trouble_ = std::move(line);
    }
  }
  if (settings_.on_event) {
    settings_.on_event(event);
  }
}

void Node::State::finish(HandlerResult result) {
  auto shared = std::make_shared<HandlerResult>(std::move(result));
  shard_.input(
      {[this, shared](engine::Engine& engine, Now now) { conclude(*shared, engine, now); }, {}});
}

void Node::State::conclude(const HandlerResult& result, engine::Engine& engine, Now now) {
  if (!application_.is_of_this_engine(result)) {
    return;
  }
  if (!application_.is_current(result) || result.handled.retry_after) {
    application_.declined(result);
    const Duration pause = result.handled.retry_after.value_or(Duration::zero());
    if (!engine.declined(result.delivery, pause, now)) {
      application_.ended(result.delivery);
    }
    return;
  }
  const bool was_one_way = result.reply_is_implied && !result.handled.reply;
  if (result.expects_reply && !was_one_way && !result.handled.reply) {
    log("a handler gave no answer to a request");
  }
  const auto ended =
      result.expects_reply && !was_one_way
          ? engine.reply(result.delivery, result.handled.reply.value_or(refusal(kNoAnswer)),
                         result.records, now)
          : engine.consumed(result.delivery, result.records, now);
  if (ended) {
    written_[result.delivery] = result.records;
    return;
  }
  void_records(result, ended.error(), engine, now);
}

/// What the handler wrote never will be, and others may have read it.
void Node::State::void_records(const HandlerResult& result,
                               const Error& why,
                               engine::Engine& engine,
                               Now now) {
  log("what a handler did could not be taken: " + why.message());
  application_.hold();
  shard_.when_durable([this](const Result<void>&) { application_.resume(); });
  if (why.code() == ErrorCode::busy) {
    application_.declined(result);
    (void)engine.declined(result.delivery, Duration::zero(), now);
  } else if (result.expects_reply && why.code() != ErrorCode::not_found) {
    (void)engine.reply(result.delivery, refusal(kNoAnswer), {}, now);
  }
}

}  // namespace parley::host
