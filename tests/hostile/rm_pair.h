#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/hostile/engine_side.h"

namespace parley::vectors {

/// A service under test and a genuine client of it, both real engines: the way into states that a
/// hostile message meets. Nothing but the client's requests and their answers lies between them.
class RmPair {
 public:
  RmPair(engine::Codec& codec, const engine::Profile& profile);

  /// The client asks `requests` times and gets as many replies; with none, only the sequences are
  /// made. Throws BadVector when that does not come about.
  void converse(std::uint64_t requests);

  /// Identifier of the sequence that the service receives; empty = none.
  std::string inbound() const;
  /// Identifier of the sequence that the service sends its replies on; empty = none.
  std::string outbound() const;

  /// What the service made of one message.
  struct Reaction {
    std::optional<engine::Answer> answer;  ///< nothing = it keeps the exchange open
    std::vector<engine::Delivery> deliveries;
    std::optional<std::uint64_t> accepted_number;
    bool began_sequence = false;
    bool transmitted = false;  ///< it wanted to open a connection of its own
  };

  Reaction receive(Bytes message, const std::string& content_type);

 private:
  void on_client_effect(engine::Effect& effect);
  void on_service_effect(engine::Effect& effect);
  bool pump();
  std::vector<std::string> destinations() const;

  Now now_;
  EngineSide service_;
  EngineSide client_;
  engine::ConversationId conversation_;
  std::uint64_t last_exchange_ = 0;
  std::map<std::uint64_t, engine::RequestId> waiting_;  ///< exchange to the client's request
  std::vector<engine::Transmit> outgoing_;              ///< of the client, not yet carried
  std::vector<engine::Answer> answers_;                 ///< of the service, not yet carried
  std::uint64_t replies_ = 0;                           ///< that the client got
  bool only_creates_ = false;         ///< messages with numbers are lost on their way
  std::optional<Reaction> reaction_;  ///< while a message is under test
  std::uint64_t tested_exchange_ = 0;
};

}  // namespace parley::vectors
