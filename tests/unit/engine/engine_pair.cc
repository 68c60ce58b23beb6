#include "tests/unit/engine/engine_pair.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/route.h"

namespace parley::engine {

namespace {

constexpr const char* kPath = "/service";
constexpr const char* kAction = "urn:test/do";

}  // namespace

EnginePair::Stations EnginePair::made(const Setup& setup) {
  Stations stations;
  Profile profile;
  stations.client.principal = "client";
  stations.service.principal = "service";
  stations.client.profiles = stations.service.profiles = {profile};
  stations.service.endpoints = {{kPath, profile.name}};
  if (setup) {
    setup(stations.client, stations.service);
  }
  return stations;
}

EnginePair::EnginePair(Stations stations)
    : client(std::move(stations.client), 1), service(std::move(stations.service), 2) {
  REQUIRE(client.start(now_));
  REQUIRE(service.start(now_));
}

void EnginePair::add_issuer(sim::StationSetup setup) {
  issuer = std::make_unique<sim::Station>(std::move(setup), 3);
  REQUIRE(issuer->start(now_));
}

ConversationId EnginePair::open() {
  return client.engine()
      .open("http://service/service", client.setup().profiles.front().name, now_)
      .value();
}

Result<void> EnginePair::send(ConversationId conversation,
                              std::uint64_t ticket,
                              std::string_view text,
                              bool expects_reply) {
  return client.engine().send(conversation,
                              {Ticket{ticket}, kAction, to_bytes(text), expects_reply}, now_);
}

void EnginePair::settle() {
  for (int round = 0; round < 10'000; ++round) {
    bool is_busy = turn(client);
    is_busy = turn(service) || is_busy;
    is_busy = (issuer && turn(*issuer)) || is_busy;
    while (!requests_.empty()) {
      Asked asked = std::move(requests_.front());
      requests_.pop_front();
      arrive(std::move(asked));
      is_busy = true;
    }
    while (!answers_.empty()) {
      Answer answer = std::move(answers_.front());
      answers_.pop_front();
      const auto asked = std::find_if(open_.begin(), open_.end(), [&](const auto& one) {
        return one.first == answer.exchange;
      });
      if (asked == open_.end()) {
        given_ = std::move(answer);
        continue;
      }
      const Asked request = std::move(asked->second);
      open_.erase(asked);
      bring(request, std::move(answer));
      is_busy = true;
    }
    if (!is_busy) {
      return;
    }
  }
  FAIL("it does not settle");
}

const std::function<bool(const Transmit&)>& EnginePair::way_of(const sim::Station& station) const {
  if (&station == &client) {
    return way_there;
  }
  return &station == &service ? way_to_client : way_from_issuer;
}

sim::Station& EnginePair::station_at(const Asked& asked) {
  if (asked.request.address.starts_with("http://issuer/")) {
    return *issuer;
  }
  return asked.by == &service ? client : service;
}

void EnginePair::arrive(Asked asked) {
  const ExchangeId exchange{++last_exchange_};
  const auto& way = way_of(*asked.by);
  if (way && !way(asked.request)) {
    asked.by->engine().request_failed(asked.request.request, now_);
    return;
  }
  sim::Station& to = station_at(asked);
  const std::string path = &to == &service ? kPath : std::string(path_of(asked.request.address));
  to.engine().receive({exchange, path, {}, asked.request.content_type, asked.request.bytes}, now_);
  open_.emplace_back(exchange, std::move(asked));
}

void EnginePair::bring(const Asked& asked, Answer answer) {
  const Transmit& request = asked.request;
  if (asked.by == &client && way_back) {
    auto arrives = way_back(request, std::move(answer));
    if (!arrives) {
      client.engine().request_failed(request.request, now_);
      return;
    }
    answer = std::move(*arrives);
  }
  asked.by->engine().receive(
      IncomingResponse{request.request, {}, answer.content_type, std::move(answer.bytes)}, now_);
}

void EnginePair::pass(Duration time) {
  now_.wall = now_.wall + time;
  now_.mono = now_.mono + time;
  client.engine().advance(now_);
  service.engine().advance(now_);
  if (issuer) {
    issuer->engine().advance(now_);
  }
  settle();
}

Answer EnginePair::give(Bytes bytes, const std::string& content_type) {
  given_.reset();
  service.engine().receive(
      {ExchangeId{++last_exchange_}, kPath, {}, content_type, std::move(bytes)}, now_);
  settle();
  REQUIRE(given_.has_value());
  return *std::move(given_);
}

bool EnginePair::turn(sim::Station& station) {
  station.submit(now_);
  auto released = station.commit();
  REQUIRE(released.has_value());
  for (auto& one : *released) {
    for (Effect& effect : one.effects) {
      carry_out(station, effect);
    }
  }
  return !released->empty();
}

void EnginePair::carry_out(sim::Station& station, Effect& effect) {
  if (auto* transmit = std::get_if<Transmit>(&effect)) {
    (&station == &client    ? sent
     : &station == &service ? sent_by_service
                            : sent_by_issuer)
        .push_back(*transmit);
    requests_.push_back({&station, std::move(*transmit)});
  } else if (auto* answer = std::get_if<Answer>(&effect)) {
    answers_.push_back(std::move(*answer));
  } else if (auto* deliver = std::get_if<Deliver>(&effect)) {
    handle(station, std::move(deliver->delivery));
  } else if (const auto* ask = std::get_if<Ask>(&effect)) {
    ++questions;
    if (answers_questions) {
      station.engine().answer(ask->question, station.read(ask->key), now_);
    }
  } else if (const auto* told = std::get_if<Accepted>(&effect)) {
    accepted.push_back(told->ticket);
  } else if (const auto* report = std::get_if<Report>(&effect)) {
    reports.push_back(report->value);
    REQUIRE(station.engine().report_consumed(report->report, now_));
  } else if (const auto* event = std::get_if<Event>(&effect); event && &station == &service) {
    service_events.push_back(*event);
  }
}

void EnginePair::handle(sim::Station& station, Delivery delivery) {
  if (&station == &client) {
    REQUIRE(client.engine().consumed(delivery.name, {}, now_));
    at_client.push_back(std::move(delivery));
    return;
  }
  if (service_consumes && delivery.expects_reply) {
    REQUIRE(service.engine().reply(delivery.name, {"urn:test/done", delivery.body, {}}, {}, now_));
  } else if (service_consumes) {
    REQUIRE(service.engine().consumed(delivery.name, {}, now_));
  }
  at_service.push_back(std::move(delivery));
}

}  // namespace parley::engine
