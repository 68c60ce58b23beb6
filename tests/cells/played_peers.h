#pragma once

#include <optional>
#include <string>

#include "bindings/soap/inspect.h"
#include "tests/cells/peer_text.h"
#include "tests/support/cell_pair.h"

namespace parley::test {

/// A profile without security: what reliable messaging does in it, it does in all.
engine::Profile plain_profile(sequences::RmVersion rm,
                              engine::SoapVersion soap = engine::SoapVersion::soap_1_2);

/// Our service, and a client of another stack played by hand.
class PlayedClient {
 public:
  PlayedClient(Stack stack, const engine::Profile& profile);

  /// What came back.
  struct Got {
    CellPair::Reaction reaction;
    std::string text;            ///< of the answer; empty = none
    soap::InspectReport report;  ///< of it

    std::string fault() const { return report.fault ? report.fault->subcode : ""; }

    /// The one acknowledgement in it as "1-3 5-5", with ", final"; empty = there is none.
    std::string acknowledged() const;
  };

  Got give(const PeerText::Parts& parts);
  Got give_text(const std::string& text);

  /// Makes a sequence with that offer; gives its Identifier.
  std::string create(const std::string& offer = "urn:offer");
  /// A one-way message with that number.
  Got tell(const std::string& identifier,
           std::uint64_t number,
           bool last = false,
           const std::string& more = "");
  /// A request.
  Got ask(const std::string& identifier, std::uint64_t number);

  CellPair pair;
  PeerText text;
};

/// Our client, and a service of another stack played by hand.
class PlayedService {
 public:
  PlayedService(Stack stack, const engine::Profile& profile);

  /// The next request of our client, with what it says.
  struct Request {
    CellPair::Sent sent;
    std::string text;
    soap::InspectReport report;
  };

  /// Throws vectors::BadVector when there is none.
  Request next();
  /// The same; nothing = our client is silent.
  std::optional<Request> next_if_any();

  /// Answers it, as related to it unless the parts say otherwise.
  CellPair::Reaction answer(const Request& request, PeerText::Parts parts);
  /// Accepted, and nothing said.
  CellPair::Reaction accept(const Request& request);

  /// Answers the CreateSequence that our client sends next; gives the offered Identifier.
  std::string create(const std::string& accept);

  CellPair pair;
  PeerText text;
};

}  // namespace parley::test
