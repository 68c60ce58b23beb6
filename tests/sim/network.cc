#include "tests/sim/network.h"

#include <utility>

#include "engine/route.h"
#include "tests/sim/plan.h"

namespace parley::sim {

using engine::ExchangeId;

Network::Network(const NetworkPlan& plan,
                 std::uint64_t seed,
                 Timeline& timeline,
                 Site& client,
                 Site& service,
                 Watcher& watcher)
    : plan_(plan),
      random_(seed),
      timeline_(timeline),
      client_(client),
      service_(service),
      watcher_(watcher),
      forger_entropy_(seed + 1) {}

bool Network::is_lost() {
  return timeline_.now() < dead_until_ms_ || random_.chance(plan_.loss);
}

std::uint64_t Network::latency() {
  return random_.chance(plan_.straggle) ? random_.below(plan_.straggle_ms_max)
                                        : random_.below(plan_.latency_ms_max + 1);
}

void Network::transmit(Site& from, engine::Transmit transmit) {
  ++requests_;
  watcher_.sent(from, transmit.bytes);
  Site& to = &from == &client_ ? service_ : client_;
  const std::string path(engine::path_of(transmit.address));
  const auto bytes = std::make_shared<const Bytes>(std::move(transmit.bytes));
  const auto call =
      std::make_shared<Call>(Call{from, transmit.request, from.incarnation(), false});
  timeline_.after(plan_.timeout_ms, [this, call] { fail(call); });
  const auto send = [&](std::shared_ptr<const Bytes> copy, const CallRef& waiting) {
    if (!is_lost()) {
      timeline_.after(latency(), [this, &to, path, copy = std::move(copy),
                                  type = transmit.content_type,
                                  waiting] { arrive(to, path, copy, type, waiting); });
    }
  };
  send(bytes, call);
  if (random_.chance(plan_.duplicate)) {
    send(bytes, nullptr);
  }
  if (random_.chance(plan_.tamper)) {
    send(tampered(*bytes), nullptr);
  }
  if (random_.chance(plan_.forge)) {
    forge(to, path, *bytes);
  }
}

void Network::arrive(Site& to,
                     const std::string& path,
                     std::shared_ptr<const Bytes> bytes,
                     const std::string& content_type,
                     const CallRef& call) {
  if (!to.is_up()) {
    if (call) {
      timeline_.after(latency(), [this, call] { fail(call); });
    }
    return;
  }
  const ExchangeId exchange{++last_exchange_};
  exchanges_.emplace(exchange, Exchange{to, call});
  to.input([exchange, path, bytes, content_type](engine::Engine& engine, Now now) {
    engine.receive({exchange, path, {}, content_type, *bytes}, now);
  });
  if (random_.chance(plan_.cut)) {
    timeline_.after(random_.below(2 * plan_.latency_ms_max + 1),
                    [this, exchange] { lose_exchange(exchange); });
  }
}

void Network::lose_exchange(ExchangeId exchange) {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end()) {
    return;
  }
  const CallRef call = found->second.call;
  Site& at = found->second.at;
  exchanges_.erase(found);
  lost_.insert(exchange);
  if (call) {
    fail(call);
  }
  at.input([exchange](engine::Engine& engine, Now now) { engine.exchange_lost(exchange, now); });
}

bool Network::is_alive(const Call& call) const {
  return call.by.is_up() && call.incarnation == call.by.incarnation();
}

void Network::fail(const CallRef& call) {
  if (std::exchange(call->is_over, true) || !is_alive(*call)) {
    return;
  }
  call->by.input([request = call->request](engine::Engine& engine, Now now) {
    engine.request_failed(request, now);
  });
}

void Network::answer(Site& from, engine::Answer answer) {
  if (!answer.bytes.empty()) {
    watcher_.sent(from, answer.bytes);
  }
  const auto found = exchanges_.find(answer.exchange);
  if (found == exchanges_.end()) {
    if (!lost_.contains(answer.exchange)) {
      throw Station::Violation{"an exchange is answered twice"};
    }
    return;  // it was lost before its site learned of it
  }
  const CallRef call = found->second.call;
  exchanges_.erase(found);
  if (!call) {
    return;
  }
  if (answer.kind == engine::AnswerKind::unavailable) {
    timeline_.after(latency(), [this, call] { fail(call); });
    return;
  }
  const auto bytes = std::make_shared<const Bytes>(std::move(answer.bytes));
  const auto send = [&](std::shared_ptr<const Bytes> copy) {
    timeline_.after(latency(), [this, call, copy = std::move(copy), type = answer.content_type] {
      deliver(call, copy, type);
    });
  };
  if (!bytes->empty() && random_.chance(plan_.tamper)) {
    send(tampered(*bytes));
    return;
  }
  if (!is_lost()) {
    send(bytes);
  }
}

void Network::deliver(const CallRef& call,
                      std::shared_ptr<const Bytes> bytes,
                      const std::string& content_type) {
  if (std::exchange(call->is_over, true) || !is_alive(*call)) {
    return;
  }
  const bool comes_twice = random_.chance(plan_.duplicate / 4);
  call->by.input(
      [request = call->request, bytes, content_type, comes_twice](engine::Engine& engine, Now now) {
        engine.receive(engine::IncomingResponse{request, {}, content_type, *bytes}, now);
        if (comes_twice) {
          engine.receive(engine::IncomingResponse{request, {}, content_type, *bytes}, now);
        }
      });
}

void Network::died(const Site& site) {
  const auto exchanges = std::exchange(exchanges_, {});
  for (const auto& [exchange, open] : exchanges) {
    Site& at = open.at;
    const CallRef& call = open.call;
    if (&at == &site) {
      lost_.insert(exchange);
      if (call) {
        timeline_.after(latency(), [this, call = call] { fail(call); });
      }
    } else if (call && &call->by == &site) {
      lost_.insert(exchange);
      timeline_.after(latency(), [&at, exchange = exchange, incarnation = at.incarnation()] {
        if (at.incarnation() == incarnation) {
          at.input(
              [exchange](engine::Engine& engine, Now now) { engine.exchange_lost(exchange, now); });
        }
      });
    } else {
      exchanges_.emplace(exchange, open);
    }
  }
}

std::shared_ptr<const Bytes> Network::tampered(const Bytes& bytes) {
  Bytes changed = bytes;
  Byte& victim = changed[random_.below(changed.size())];
  victim = static_cast<Byte>(victim ^ (1U << random_.below(8)));
  return std::make_shared<const Bytes>(std::move(changed));
}

// S14: what no key of the context protects changes nothing, whatever it says.
void Network::forge(Site& to, const std::string& path, const Bytes& bytes) {
  auto message = peek(bytes);
  if (!message) {
    return;
  }
  const std::string sequence =
      message->rm.sequence ? message->rm.sequence->identifier : message->addressing.message_id;
  switch (random_.below(4)) {
    case 0:
      break;  // the same without protection
    case 1:
      message->body = engine::SequenceLifecycle{engine::SequenceLifecycle::Kind::terminate,
                                                sequence, std::nullopt};
      message->rm.sequence.reset();
      break;
    case 2:
      message->body =
          engine::Fault{.code = ErrorCode::sequence_terminated, .sequence_identifier = sequence};
      message->rm.sequence.reset();
      break;
    case 3:
      message->rm.acknowledgements = {{sequence, {{1, 1000}}, {}, true, std::nullopt}};
      break;
  }
  auto forged = forger_.protect(*message, client_.station().setup().profiles.front(), {},
                                client_.now().wall, forger_entropy_);
  if (!forged || !to.is_up()) {
    return;
  }
  const ExchangeId exchange{++last_exchange_};
  exchanges_.emplace(exchange, Exchange{to, nullptr});
  to.input(
      [exchange, path, wire = std::make_shared<engine::WireMessage>(std::move(forged).value())](
          engine::Engine& engine, Now now) {
        engine.advance(now);  // what is due by itself is not its doing
        const auto before = engine.snapshot();
        engine.receive({exchange, path, {}, wire->content_type, wire->bytes}, now);
        if (engine.snapshot() != before) {
          throw Station::Violation{"a message without protection changed the state (S14)"};
        }
      });
}

}  // namespace parley::sim
