#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/catch_pch.h"
#include "tests/support/sim_station.h"

namespace parley::engine {

/// A client and a service whose network does what a test tells it: by default everything arrives,
/// in order and at once. What they are handed is kept for the test to look at.
class EnginePair {
 public:
  using Setup = std::function<void(sim::StationSetup& client, sim::StationSetup& service)>;

  explicit EnginePair(const Setup& setup = {}) : EnginePair(made(setup)) {}

  /// Carries everything that is under way, until nothing happens any more.
  void settle();

  /// Lets time pass, for both.
  void pass(Duration time);

  Now now() const { return now_; }

  /// A third one, a token service, whose addresses begin with http://issuer/.
  void add_issuer(sim::StationSetup setup);

  ConversationId open();
  Result<void> send(ConversationId conversation,
                    std::uint64_t ticket,
                    std::string_view text,
                    bool expects_reply = false);

  /// What the service is given when these bytes come as a request.
  Answer give(Bytes bytes, const std::string& content_type);

  sim::Station client;
  sim::Station service;
  std::unique_ptr<sim::Station> issuer;
  std::vector<Delivery> at_service;
  std::vector<Delivery> at_client;
  std::vector<store::ReportFact::Value> reports;  ///< to the client
  std::vector<Ticket> accepted;
  std::vector<Transmit> sent;  ///< every request of the client
  std::vector<Transmit> sent_by_service;
  std::vector<Transmit> sent_by_issuer;
  std::vector<Event> service_events;
  bool service_consumes = true;  ///< at once; requests are echoed
  bool answers_questions = true;
  std::uint64_t questions = 0;
  /// Whether a request arrives. Empty = it does.
  std::function<bool(const Transmit&)> way_there;
  /// What becomes of an answer on its way; nothing = it is lost. Empty = it arrives as it is.
  std::function<std::optional<Answer>(const Transmit&, Answer)> way_back;
  /// Whether a request of the service arrives. Empty = it does.
  std::function<bool(const Transmit&)> way_to_client;
  /// Whether a request of the token service arrives. Empty = it does.
  std::function<bool(const Transmit&)> way_from_issuer;

 private:
  struct Asked {
    sim::Station* by = nullptr;
    Transmit request;
  };

  struct Stations {
    sim::StationSetup client;
    sim::StationSetup service;
  };

  static Stations made(const Setup& setup);
  explicit EnginePair(Stations stations);

  bool turn(sim::Station& station);
  const std::function<bool(const Transmit&)>& way_of(const sim::Station& station) const;
  sim::Station& station_at(const Asked& asked);
  void arrive(Asked asked);
  void bring(const Asked& asked, Answer answer);
  void carry_out(sim::Station& station, Effect& effect);
  void handle(sim::Station& station, Delivery delivery);

  Now now_{WallTime{1'780'000'000'000}, MonoTime{1000}};
  std::deque<Asked> requests_;
  std::deque<Answer> answers_;
  std::vector<std::pair<ExchangeId, Asked>> open_;
  std::optional<Answer> given_;
  std::uint64_t last_exchange_ = 0;
};

}  // namespace parley::engine
