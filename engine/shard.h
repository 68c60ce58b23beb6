#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contexts/trust_recipient.h"
#include "engine/conversation.h"
#include "engine/engine.h"
#include "engine/registry.h"
#include "engine/turn_builder.h"

namespace parley::engine {

/// What an Engine is inside: its conversations, who is found by which name, the turn in the making,
/// reports and replays. Split by role over several files.
class Engine::Shard final : public Registry, public KeyRing {
 public:
  explicit Shard(EngineParts parts);

  // Recovery (shard_recovery.cc).
  Result<void> recover(store::Store& store, Now now);
  std::vector<store::Fact> snapshot() const;

  // The world (shard_in.cc).
  void receive(IncomingRequest request, Now now);
  void receive(ExchangeId exchange, std::string_view endpoint, const Channel& channel,
               std::unique_ptr<SealedMessage> sealed, Now now);
  void receive(IncomingResponse response, Now now);
  void request_failed(RequestId request, Now now);
  void exchange_lost(ExchangeId exchange, Now now);
  void answer(QuestionId question, const Result<store::Fact>& fact, Now now);

  // The application (shard_app.cc).
  Result<ConversationId> open(std::string address, std::string_view profile, Now now);
  Result<void> adopt(ConversationId conversation, GivenContext given, Now now);
  Result<void> adopt_at(std::string_view path, GivenContext given, Now now);
  Result<void> send(ConversationId conversation, Outgoing outgoing, Now now);
  Result<void> reply(const DeliveryName& delivery, Reply reply, std::vector<store::Record> records,
                     Now now);
  Result<void> consumed(const DeliveryName& delivery, std::vector<store::Record> records, Now now);
  Result<void> declined(const DeliveryName& delivery, Duration retry_after, Now now);
  Result<void> close(ConversationId conversation, Now now);
  Result<void> renew(ConversationId conversation, Now now);
  Result<void> report_consumed(ReportId report, Now now);
  std::vector<ConversationId> conversations() const;
  std::optional<ConversationStatus> status(ConversationId conversation) const;
  TicketStatus ticket_status(ConversationId conversation, Ticket ticket) const;

  // Turns (shard_turns.cc).
  bool is_full() const { return inputs_ >= parts_.limits.turn_inputs_max; }
  std::optional<Turn> take_turn(Now now);
  void committed(store::TurnNumber turn);
  void commit_failed() { is_failed_ = true; }
  void advance(Now now);
  MonoTime deadline() const;

  // Registry.
  RequestId new_request(ConversationId conversation) override;
  void end_request(RequestId request) override { requests_.erase(request); }
  QuestionId new_question(ConversationId conversation) override;
  void end_question(QuestionId question) override { questions_.erase(question); }
  void bind_exchange(ExchangeId exchange, ConversationId conversation) override;
  void end_exchange(ExchangeId exchange) override { exchanges_.erase(exchange); }
  void bind_context(const std::string& identifier, ConversationId conversation) override;
  bool is_context_taken(const std::string& identifier, ConversationId by) const override;
  void unbind_context(const std::string& identifier, ConversationId by) override {
    unbind(by_context_, identifier, by);
  }
  void bind_sequence(const std::string& identifier, ConversationId conversation) override;
  void unbind_sequence(const std::string& identifier, ConversationId by) override {
    unbind(by_sequence_, identifier, by);
  }
  bool knows_sequence(const std::string& identifier) const override {
    return by_sequence_.contains(identifier);
  }
  bool bind_address(const std::string& address, ConversationId conversation) override;
  void unbind_address(const std::string& address, ConversationId conversation) override;
  contexts::PendingContexts& pending_contexts() override { return pending_; }
  void report(const store::ReportFact::Value& value) override;

  // KeyRing: of the message that is being opened.
  const contexts::LiveKey* find(const contexts::ContextName& name) const override;

 private:
  using Found = std::map<std::string, ConversationId, std::less<>>;

  /// What a request came to: a service of ours, or the reply address of one conversation.
  struct Place {
    const Profile* profile = nullptr;  ///< null: there is no such place
    const Endpoint* endpoint = nullptr;
    Conversation* initiator = nullptr;
  };

  static void unbind(Found& names, const std::string& name, ConversationId by);
  Means means(Now now) { return {parts_, turn_, *this, now}; }
  bool may_take_input();
  Result<Conversation*> for_application(ConversationId conversation);
  Conversation* find_conversation(ConversationId conversation) const;
  Conversation* find_by(const Found& names, std::string_view name) const;
  const Profile* find_profile(std::string_view name) const;
  Place find_place(std::string_view path) const;
  Conversation& add_conversation(ConversationId id, const Profile& profile);
  Result<ConversationId> begin(store::ConversationFact::Value what, const Profile& profile,
                               Now now);
  void remember_counters();
  void touch(ConversationId conversation) { dirty_.insert(conversation); }

  // shard_in.cc
  void refuse(AnswerIntent intent, Fault fault);
  std::optional<ErrorCode> admit(const Hints& hints, const Place& place, Now now);
  Result<std::shared_ptr<const contexts::LiveKey>> key_for(const contexts::ContextName& name) const;
  void take_opened(OpenedMessage opened, AnswerIntent intent, const Place& place, Now now);
  void take_issue(OpenedMessage& opened, AnswerIntent intent, const Endpoint& endpoint, Now now);
  void take_renewal(const contexts::TokenRequest& request, const std::string& principal,
                    AnswerIntent intent, const Endpoint& endpoint, Now now);
  Result<Conversation*> recipient_of(const OpenedMessage& opened, const Profile& profile,
                                     const Endpoint& endpoint, Now now);
  Conversation* find_named(const OpenedMessage& opened) const;
  Conversation* find_polled(const Message& creation) const;
  std::optional<ErrorCode> note_replay(const OpenedMessage& opened, Now now);
  std::optional<ErrorCode> take_once(const std::vector<ReplayMark>& marks, bool must_sync,
                                     Now now) override;
  void take_answer(IncomingResponse response, Conversation& conversation, Now now);

  // shard_adoption.cc
  Result<void> adopt_for(const Endpoint& endpoint, const Profile& profile,
                         const contexts::TokenResponse& given,
                         const contexts::Adoption& adoption, Now now);
  void take_propagation(const OpenedMessage& opened, AnswerIntent intent, const Endpoint& endpoint,
                        Now now);

  // shard_issue.cc
  void take_issue_for_another(const contexts::TokenRequest& request, const std::string& principal,
                              AnswerIntent intent, const Endpoint& endpoint, Now now);
  void write_handover(RequestId id, std::vector<Effect>& effects, Means& m);
  void end_handover(RequestId id, bool is_taken);
  void expire_handovers(Now now);

  // shard_turns.cc
  void settle(Now now);
  void write_items(std::vector<Effect>& effects, Now now);
  void write_answer(AnswerIntent& answer, std::vector<Effect>& effects, Means& m);
  void collect_changes();
  void leave(Now now);
  void drop_gone();
  void set_deadline(const Conversation& conversation, Now now);
  void forget_replays(Now now);

  EngineParts parts_;
  std::map<ConversationId, std::unique_ptr<Conversation>> conversations_;
  Found by_context_;
  Found by_sequence_;
  Found by_address_;
  std::map<RequestId, ConversationId> requests_;
  std::map<QuestionId, ConversationId> questions_;
  std::map<ExchangeId, ConversationId> exchanges_;
  contexts::PendingContexts pending_;

  /// As a token service: a context that its service is being told of, while the requestor waits.
  struct Handover {
    Profile profile;
    std::string address;    ///< of the service
    std::string principal;  ///< of the requestor
    contexts::TokenResponse told;
    contexts::TokenResponse answer;
    AnswerIntent exchange;
    MonoTime expires;
  };
  std::map<RequestId, Handover> handovers_;
  contexts::PendingContexts handovers_of_;

  store::ShardCounters::Value counters_;
  std::map<std::uint64_t, store::ReportFact::Value> reports_;
  std::map<Bytes, WallTime> replays_;
  std::set<std::pair<WallTime, Bytes>> replays_by_age_;

  // Deadlines: a conversation stands here once, under the earliest one it had when it was last
  // settled; one that has moved later is judged again when its time comes.
  std::set<std::pair<MonoTime, ConversationId>> by_deadline_;
  std::map<ConversationId, MonoTime> deadlines_;
  std::set<ConversationId> dirty_;

  TurnBuilder turn_;
  store::OwnerEpoch epoch_;
  store::TurnNumber last_turn_;
  std::uint64_t turns_in_flight_ = 0;
  std::uint64_t inputs_ = 0;  ///< judged for the turn in the making
  std::uint64_t last_request_ = 0;
  std::uint64_t last_question_ = 0;
  bool is_failed_ = false;

  /// While a message is opened: whose it claims to be, and the keys that it was given.
  struct Opening {
    Conversation* owner = nullptr;
    bool renews = false;
    WallTime now;
    std::vector<std::shared_ptr<const contexts::LiveKey>> keys;
  };
  mutable Opening opening_;
};

}  // namespace parley::engine
