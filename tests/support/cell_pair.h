#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/soap/soap_codec.h"
#include "engine/engine.h"
#include "engine/forwarding_codec.h"
#include "tests/hostile/engine_side.h"
#include "tests/support/one_key.h"

namespace parley::test {

/// Who is who, with the certificates of `keys`: a client that is also the user alice, a service
/// that knows her.
soap::Credentials cell_credentials(const std::string& side, const std::filesystem::path& keys);

/// The profile of a cell that is named in examples/exchange. Throws vectors::BadVector.
engine::Profile profile_of_cell(const std::string& id);

/// A codec that remembers the secret that each message was written under.
class TappedCodec final : public engine::ForwardingCodec {
 public:
  explicit TappedCodec(const soap::Credentials& credentials);

  /// Of the context, or of the request that the message answers; empty = the message carries its
  /// own key, or has none. Throws vectors::BadVector for what was not written here.
  crypto::SecretBytes secret_of(const Bytes& wire) const;

  /// What opens the answer to a message that was written here; null = nothing is needed.
  std::shared_ptr<const engine::ExchangeKeys> exchange_keys_of(const Bytes& wire) const;

  /// The newest context that something was written under; null = none yet.
  const contexts::LiveKey* context() const { return context_ ? &*context_ : nullptr; }

  Result<engine::WireMessage> protect(const engine::Message& message,
                                      const engine::Profile& profile,
                                      const engine::ProtectWith& with,
                                      WallTime now,
                                      crypto::Entropy& entropy) override;

 private:
  struct Written {
    Bytes wire;
    crypto::SecretBytes secret;
    std::shared_ptr<const engine::ExchangeKeys> exchange_keys;
  };

  const Written& find(const Bytes& wire) const;

  std::vector<Written> written_;
  std::optional<contexts::LiveKey> context_;
};

/// A client and a service, both real engines that speak one profile with real messages; what goes
/// between them can be held, looked at and replaced. Answers come on the exchanges.
class CellPair {
 public:
  static constexpr const char* kPath = "/service";
  static constexpr const char* kUrl = "https://localhost:9700/service";
  static constexpr const char* kAction = "urn:parley:exchange/Echo";
  static constexpr const char* kReplyAction = "urn:parley:exchange/EchoResponse";

  CellPair(const engine::Profile& spoken,
           const std::filesystem::path& keys,
           std::vector<std::string> urls = {})
      : CellPair(spoken,
                 cell_credentials("client", keys),
                 cell_credentials("server", keys),
                 std::move(urls)) {}

  /// The client calls `kUrl`; `urls` are those of the service, as in engine::Endpoint.
  CellPair(const engine::Profile& spoken,
           const soap::Credentials& of_client,
           const soap::Credentials& of_service,
           std::vector<std::string> urls = {});

  /// From now on the client speaks in a new conversation, with a context of its own.
  void begin_another();

  /// The application of the client asks for an echo.
  void ask() { send(true); }

  /// It tells something, and wants no answer.
  void tell() { send(false); }

  /// The client ends its conversation when all is answered.
  void close();
  /// Time passes, for both.
  void pass(Duration time);

  struct Sent {
    Bytes bytes;
    std::string content_type;  ///< with SOAPAction as its action parameter
    std::string action;
    engine::RequestId request;
  };

  /// Carries everything until the client sends a request whose action ends so, and keeps it. Throws
  /// vectors::BadVector when none comes.
  Sent hold(std::string_view action_end);

  /// The next request of the client; nothing = it has none to send now.
  std::optional<Sent> next();

  /// What one side made of a message.
  struct Reaction {
    std::optional<engine::Answer> answer;  ///< of a service; nothing = it keeps the exchange open
    std::optional<ErrorCode> refused;      ///< why, as its log is told
    std::vector<engine::Delivery> deliveries;  ///< to its application; a service's answers at once
    bool changed = false;                      ///< anything that it remembers, but for
    bool remembered = false;                   ///< that a message is not to come again

    bool is_without_trace() const { return !changed && !remembered && deliveries.empty(); }
  };

  Reaction give_service(Bytes bytes, const std::string& content_type, engine::Channel channel);

  Reaction give_service(const Sent& sent) {
    return give_service(sent.bytes, sent.content_type, channel());
  }

  /// What the client made of the answer to that request.
  Reaction give_client(engine::RequestId request,
                       Bytes bytes,
                       const std::string& content_type,
                       engine::Channel channel);

  /// What a request of the client's says.
  engine::Message read(const Sent& sent);

  /// A message by somebody who has the client's keys; under its context, if `with` says nothing
  /// else.
  Sent write(const engine::Message& message,
             const engine::Profile& as,
             const engine::ProtectWith& with);
  Sent write(const engine::Message& message);

  /// TLS where the profile needs it.
  engine::Channel channel() const;

  engine::TicketStatus status_of(std::uint64_t ticket) const {
    return client.engine().ticket_status(conversation_, engine::Ticket{ticket});
  }

  engine::ConversationId conversation() const { return conversation_; }

  std::vector<store::ReportFact::Value> reports;  ///< to the client
  std::vector<engine::Event> events;              ///< at the client
  TappedCodec client_codec;
  TappedCodec service_codec;
  vectors::EngineSide client;
  vectors::EngineSide service;
  engine::Profile profile;
  Now now;

 private:
  void send(bool expects_reply);
  void collect_requests();
  void on_client_effect(engine::Effect& effect);
  void note_change(const engine::Engine& engine, const std::vector<store::Fact>& before);

  engine::ConversationId conversation_;
  std::deque<Sent> requests_;
  std::uint64_t last_ticket_ = 0;
  std::uint64_t last_exchange_ = 0;
  Reaction reaction_;  ///< to the message at hand
};

}  // namespace parley::test
