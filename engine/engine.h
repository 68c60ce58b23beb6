#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "contexts/context_settings.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "engine/codec.h"
#include "engine/effects.h"
#include "engine/engine_settings.h"
#include "engine/ids.h"
#include "engine/profile.h"
#include "engine/turn.h"
#include "store/store.h"

namespace parley::engine {

/// Where peers reach us: a path, and how one speaks there.
struct Endpoint {
  std::string path;     ///< "/exchange"; matched whole
  std::string profile;  ///< name of one of the profiles
  /// Who may tell us of contexts: token services, whose word on the caller is taken, and callers that
  /// make their own. Names of credentials, as in TokenProof.
  std::vector<std::string> token_services;
  std::vector<std::string> context_creators;
  /// Not empty: this is a token service, which gives contexts for the services at these URLs, and
  /// nothing else.
  std::vector<std::string> issues_for;
  /// URLs under which peers reach it. Not empty: a request that is addressed (wsa:To) to another one is
  /// refused, and so is one over TLS whose private key does not sign what it is addressed to: another
  /// service, to which it was sent, may have passed it on (M98). Empty = anything is taken.
  std::vector<std::string> urls;
};

/// What an engine is made of. The references are borrowed and outlive it.
struct EngineParts {
  Codec& codec;
  crypto::Entropy& entropy;
  const crypto::SealingKey& sealing;  ///< seals the secrets inside facts
  std::vector<Profile> profiles;      ///< names are unique
  std::vector<Endpoint> endpoints;    ///< paths are unique
  EngineSettings settings;
  contexts::ContextSettings contexts;
  Limits limits;
  /// Where answers come to by themselves, for profiles with addressable replies: a URL of ours, below
  /// which every conversation gets a path of its own. Empty = nowhere.
  std::string reply_address;
  /// A peer may name an address for its answers only if it begins with one of these, and the profile
  /// admits addresses at all; so a service cannot be made to send to whomever a caller dislikes.
  std::vector<std::string> answer_prefixes{"http://", "https://"};
};

/// A request of a peer.
struct IncomingRequest {
  ExchangeId exchange;
  std::string endpoint;  ///< the path it came to: of an Endpoint, or below our reply address
  Channel channel;
  std::string content_type;
  Bytes bytes;
};

/// What came back on a request of ours. No bytes = nothing but the fact that it was accepted.
struct IncomingResponse {
  RequestId request;
  Channel channel;
  std::string content_type;
  Bytes bytes;
};

/// A message of the application.
struct Outgoing {
  Ticket ticket;  ///< above all earlier ones of the conversation, from 1
  std::string action;
  Bytes body;     ///< one self-contained XML element
  bool expects_reply = false;
};

/// The application's answer to a delivery that expects one. A fault's detail is the body.
struct Reply {
  std::string action;  ///< not used for a fault
  Bytes body;
  std::optional<FaultBody> fault;
};

/// A security context that was made elsewhere, for `Engine::adopt`.
struct GivenContext {
  contexts::ContextName name;
  crypto::SecretBytes secret;
  std::optional<contexts::Lifetime> lifetime;  ///< absent = from now on, as long as one may live
  /// Who the other side is: what deliveries will name. May be empty at an initiator.
  std::string principal;
  /// Initiator: the token as the issuer wrote it, sent back verbatim (SC3). Empty = written anew.
  Bytes token_xml;
};

enum class TicketStatus : std::uint8_t {
  unknown,       ///< above all that were accepted
  waiting,       ///< in the backlog
  sent,          ///< numbered and under way, or waiting for its reply
  settled,       ///< acknowledged (a request: answered), or its outcome is told by a report
};

/// A conversation as an operator sees it.
struct ConversationStatus {
  ConversationId conversation;
  store::ConversationFact::Value what;
  std::string context_identifier;  ///< empty = none
  std::string context_instance;    ///< of its newest key; empty before the first renewal
  std::uint64_t backlog = 0;       ///< accepted and not yet in a window
  std::uint64_t under_way = 0;     ///< in the window, or waiting for a reply
  std::uint64_t undelivered = 0;   ///< received, and not yet consumed
  Ticket last_ticket;
};

/// All conversations of one shard: takes inputs, gives Turns and one deadline. No I/O, no clock, no
/// thread: whoever holds it calls it from one thread at a time, hands every Turn to a Store in order,
/// and carries out the effects that the receipt frees.
///
///     engine.send(conversation, outgoing, now);
///     while (auto turn = engine.take_turn(now)) { store.submit(turn->batch()); keep(*turn); }
///     // for every receipt, in order:
///     engine.committed(receipt.turn());
///     for (auto& effect : std::move(turn).release(receipt)) dispatch(effect);
///
/// A call with a name that the engine does not know (any more) is a no-op, or `not_found`. After a
/// failed commit the engine is dropped, with all its turns; a new one recovers from the store.
class Engine {
 public:
  explicit Engine(EngineParts parts);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// First of all calls: becomes the owner of the shard and takes its state over. Then everything
  /// goes on: same contexts, same sequences; deliveries that were not consumed and reports that were
  /// not are in the first turn. Errors: those of Store::recover; store_corrupt when facts
  /// contradict each other; not_found when a conversation names a profile that is not given.
  Result<void> recover(store::Store& store, Now now);

  // From the world.

  /// A request of a peer. Its exchange gets exactly one Answer sooner or later, unless it is lost.
  void receive(IncomingRequest request, Now now);

  /// As above, parsed at the edge already, with the Codec and the profile of the endpoint.
  void receive(ExchangeId exchange, std::string_view endpoint, const Channel& channel,
               std::unique_ptr<SealedMessage> sealed, Now now);

  /// The answer to a request of ours.
  void receive(IncomingResponse response, Now now);

  /// A request of ours failed, or its answer did not come in time.
  void request_failed(RequestId request, Now now);

  /// The back-channel of a peer's request has gone.
  void exchange_lost(ExchangeId exchange, Now now);

  /// The fact that a question asked for, or why there is none.
  void answer(QuestionId question, Result<store::Fact> fact, Now now);

  /// The store has committed the turn. To be called for every turn, in order.
  void committed(store::TurnNumber turn);

  /// A commit failed: from now on the engine takes nothing and gives nothing.
  void commit_failed();

  /// The time has come (see `deadline`); harmless at any other.
  void advance(Now now);

  // From the application.

  /// Opens a conversation with the service at `address`. It is durable with the next turn; nothing is
  /// sent before the first message. Errors: not_found (no such profile), invalid_argument (no
  /// address, or one that is not https under a profile that leaves protection to TLS; of the token
  /// service likewise, where the profile has one), invalid_state
  /// (the profile wants answers at an address, and there is none of ours), busy (too many
  /// conversations, or a full turn).
  Result<ConversationId> open(std::string address, std::string_view profile, Now now);

  /// The conversation speaks under this context from now on, and asks nobody for one until it is
  /// lost. It is durable with the next turn. Again with the same key: nothing changes; with a new
  /// Instance of its context: that is its newest key. Errors: not_found; invalid_state (not ours,
  /// closed, or under a profile without contexts); already_exists (the conversation has another
  /// context, or another key under this name; another conversation has this context); token_invalid,
  /// limit_exceeded (name or key); trust_invalid_time; busy.
  Result<void> adopt(ConversationId conversation, GivenContext context, Now now);

  /// Messages under this context are taken at `endpoint` from now on. Durability and repetition as
  /// above. Errors: as above; not_found (no such endpoint).
  Result<void> adopt_at(std::string_view endpoint, GivenContext context, Now now);

  /// Queues a message. `Accepted` tells when it is durable; so it does for a ticket that was sent
  /// before (nothing is sent again then). Errors: not_found; invalid_state (closed, not ours to
  /// begin, or a request under a profile that cannot have replies); invalid_argument (ticket 0, no
  /// action); body_invalid; too_large; busy.
  Result<void> send(ConversationId conversation, Outgoing outgoing, Now now);

  /// Ends a delivery that expects a reply: the reply, the end of the delivery and the application's
  /// own records are one batch. `Consumed` tells when it is durable. Errors: not_found (no such
  /// delivery, or it was ended before); invalid_state (it expects no reply); body_invalid; too_large;
  /// invalid_argument; busy.
  Result<void> reply(const DeliveryName& delivery, Reply reply, std::vector<store::Record> records,
                     Now now);

  /// Ends a delivery, with the application's own records in the same batch. Errors: not_found;
  /// invalid_state (it expects a reply); busy.
  Result<void> consumed(const DeliveryName& delivery, std::vector<store::Record> records, Now now);

  /// Not now: deliver it again, `retry_after` from now at the earliest (zero = as the settings say).
  /// Errors: not_found; busy.
  Result<void> declined(const DeliveryName& delivery, Duration retry_after, Now now);

  /// No more will be sent: when all is acknowledged and answered, the sequences and then the context
  /// are ended, and a last report says so. Errors: not_found; invalid_state (not ours); busy.
  Result<void> close(ConversationId conversation, Now now);

  /// Asks for a new key of the context now. Errors: not_found; invalid_state (no context, not the
  /// initiator, or one is on its way); unable_to_renew; busy.
  Result<void> renew(ConversationId conversation, Now now);

  /// The report has been taken note of. Errors: not_found; busy.
  Result<void> report_consumed(ReportId report, Now now);

  // What to do now.

  /// Whether the calls above would be refused or delayed because the turn is full: take it first.
  /// Inputs from the world are taken even so, up to twice the limit, then dropped as if lost.
  bool is_full() const;

  /// All that was judged since the last turn; nothing if there is nothing, or if turns_in_flight_max
  /// turns wait for their commit. Every turn goes to the store, in order.
  std::optional<Turn> take_turn(Now now);

  /// When `advance` is due; kNever = when something else happens.
  MonoTime deadline() const;

  // Getters.

  std::vector<ConversationId> conversations() const;
  std::optional<ConversationStatus> status(ConversationId conversation) const;
  TicketStatus ticket_status(ConversationId conversation, Ticket ticket) const;

  /// All state facts, by key: what the store holds after the last turn is committed.
  std::vector<store::Fact> snapshot() const;

 private:
  class Shard;
  std::unique_ptr<Shard> shard_;
};

}  // namespace parley::engine
