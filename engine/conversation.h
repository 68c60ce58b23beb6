#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "contexts/live_key.h"
#include "contexts/trust_initiator.h"
#include "engine/conversation_state.h"
#include "engine/intent.h"
#include "engine/means.h"
#include "engine/retry.h"
#include "engine/route.h"

namespace parley::engine {

/// How a proven message came: as the answer to a request of ours, or as a request of the peer, on an
/// exchange that wants an answer.
struct Incoming {
  std::optional<RequestId> answers;
  std::optional<AnswerIntent> exchange;  ///< its content is to be filled in
  /// What is wrong with a header of it: told if the answer has nothing better to say.
  std::optional<Fault> fault;
};

/// One peer: its context, its sequences, what is on its way out and in. The durable half is a
/// ConversationState; here is what judges, and what a crash may take: keys, open exchanges, requests
/// under way, timers, bodies at hand. Split by role over several files.
///
/// After every call the shard calls `settle`, which does all that has become possible or due.
class Conversation {
 public:
  Conversation(ConversationId id, const Profile& profile, const EngineParts& parts);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() = default;

  ConversationId id() const { return state_.id(); }
  const Profile& profile() const { return state_.profile(); }
  const ConversationState& state() const { return state_; }

  bool is_initiator() const { return state_.what.role == store::ConversationRole::initiator; }

  // Beginning (conversation.cc).

  /// Recovery: one fact of this conversation. Then, once, `resume`.
  void recall(const store::Fact& fact, MonoTime now) { state_.apply(fact, now); }
  void resume(Means& m);

  /// A new conversation: its first facts.
  void begin(store::ConversationFact::Value what, Means& m);
  void begin_context(contexts::ContextState context, Means& m);

  /// Does what is possible or due now.
  void settle(Means& m);

  /// When `settle` is next due.
  MonoTime deadline(const Means& m) const;

  /// Nothing is left of it: all its facts are deleted, and so may it be.
  bool is_gone() const { return is_gone_; }

  bool has_changes() const { return state_.has_changes(); }
  std::vector<store::Fact> take_changes() { return state_.take_changes(); }

  // The application (conversation_app.cc). Contracts as in Engine.

  Result<void> send(Outgoing outgoing, Means& m);
  Result<void> reply(const InboxKey& delivery, Reply reply, std::vector<store::Record> records,
                     Means& m);
  Result<void> consumed(const InboxKey& delivery, std::vector<store::Record> records, Means& m);
  Result<void> declined(const InboxKey& delivery, Duration retry_after, Means& m);
  Result<void> close(Means& m);
  Result<void> renew(Means& m);
  /// A Renew that the credential `principal` alone has proven (T19).
  void renew_for(const contexts::TokenRequest& request, const std::string& principal,
                 AnswerIntent exchange, Means& m);
  TicketStatus ticket_status(Ticket ticket) const;
  ConversationStatus status() const;

  // Contexts made elsewhere (conversation_adoption.cc).

  /// Errors as in Engine::adopt.
  Result<void> adopt(const contexts::TokenResponse& given, const contexts::Adoption& adoption,
                     Means& m);

  // The world (conversation_in.cc, conversation_faults.cc).

  /// A message whose proof fits this conversation.
  void receive(OpenedMessage opened, Incoming incoming, Means& m);

  /// An answer without content, or an unprotected fault: a hint only (SC50).
  void accepted(RequestId request, Means& m);
  void hinted(RequestId request, ErrorCode code, Means& m);
  void request_failed(RequestId request, Means& m);
  void exchange_lost(ExchangeId exchange);
  void answer(QuestionId question, const Result<store::Fact>& fact, Means& m);

  /// What the answer to this request has to confirm; null if there is nothing, or no such request.
  std::shared_ptr<const ExchangeKeys> keys_of(RequestId request) const;

  /// Whether the answer to this request is proven by a credential rather than by a context.
  bool is_by_credential(RequestId request) const;

  /// What a poll is refused with under this profile, whoever sends it; nothing if it is good.
  static std::optional<Fault> refusal_of(const MakeConnection& poll, const Profile& profile);

  // Keys (conversation_context.cc).

  enum class KeyUse : std::uint8_t { receive, renew };

  /// The key `name`, if it may be used so now. Errors as in SecurityContext.
  Result<std::shared_ptr<const contexts::LiveKey>> key(const contexts::ContextName& name,
                                                       KeyUse use, WallTime now);

  // Writing (conversation_build.cc), when the turn is taken.

  void build(const TransmitIntent& intent, std::vector<Effect>& effects, Means& m);
  void build(AnswerIntent& intent, std::vector<Effect>& effects, Means& m);

 private:
  enum class RequestKind : std::uint8_t {
    issue,
    propagate,        ///< a context of our making
    renew,
    cancel,
    lifecycle,        ///< Create, Close or Terminate, as the state of the source says
    message,          ///< from the outbox
    acknowledgement,  ///< stand-alone; with AckRequested if `asks`
    answer,           ///< of a recipient, to the address that its peer named: `message`
    poll,             ///< MakeConnection
  };

  struct Request {
    RequestKind kind = RequestKind::message;
    Position position;        ///< message
    std::uint64_t slot = 0;   ///< lifecycle, and the sequence that an acknowledgement asks about
    bool asks = false;  ///< message, acknowledgement: with AckRequested
    bool is_superseded = false;  ///< message: it was sent again since
    bool by_credential = false;  ///< renew: protected as the Issue was
    std::string message_id;
    EndpointReference to;            ///< empty = the address of the conversation
    std::optional<Message> message;  ///< answer
    std::vector<std::string> sequences;  ///< answer: what its acknowledgements are to speak of
    MonoTime expires;
    bool is_built = false;
    std::shared_ptr<const ExchangeKeys> keys;  ///< once it is built
  };

  /// An exchange whose answer waits for the application.
  struct Held {
    AnswerIntent intent;
    InboxKey request;
    MonoTime until;
  };

  /// What ends a delivery.
  struct Asked {
    std::string message_id;
    bool expects_reply = false;
    bool reply_is_implied = false;
  };

  /// A delivery that the application has.
  struct Handed {
    Asked asked;
    std::uint32_t attempt = 1;
    std::optional<MonoTime> again;  ///< declined: when it comes again
  };

  struct Establishing {
    std::optional<contexts::PendingIssue> issue;      ///< while a request is under way
    std::optional<contexts::CreatedContext> created;  ///< while the peer is being told of it
    RequestId request;
    Retry retry;
    bool is_reported = false;

    bool is_under_way() const { return issue || created; }
  };

  using OutboxBodyRef = std::shared_ptr<const store::OutboxBody::Value>;
  using InboxBodyRef = std::shared_ptr<const store::InboxBody::Value>;
  using Question = std::variant<Position, InboxKey>;

  static bool is_establishing(RequestKind kind) {
    return kind == RequestKind::issue || kind == RequestKind::propagate;
  }
  static bool is_by_credential(const Request& request) {
    return is_establishing(request.kind) || request.by_credential;
  }

  void remember(store::Fact fact, Means& m);
  void remember_counters(Means& m);
  DeliveryName name_of(const InboxKey& key) const { return {id(), key.sequence, key.number}; }
  void report(store::ReportFact::Value value, Means& m);
  void end(Means& m);
  void forget_destination(const std::string& sequence, Means& m);
  bool has_outgoing() const;

  // conversation_context.cc
  bool may_send(const Means& m) const;
  void settle_context(Means& m);
  bool is_establishing_itself() const;
  void establish(Means& m);
  Result<RequestKind> begin_establishing(Means& m);
  void propagated(Means& m);
  void settle_renewal(Means& m);
  void refuse_renewal(Means& m);
  void begin_renewal(Means& m);
  bool may_renew_by_credential() const;
  bool renews_by_credential_next() const;
  bool try_other_form(const Request& request, Means& m);
  bool is_quiet(const Means& m) const;
  std::uint64_t unshown_slot() const;
  void show_key(Means& m);
  bool wants_cancel() const;
  void cancel_context(Means& m);
  void forget_context(Means& m);
  void lose_context(ErrorCode reason, Means& m);
  void note_proven(const contexts::ContextName& name, Means& m);
  void replace_context(contexts::ContextState next, Means& m);
  void take_token_response(const Request& request, OpenedMessage& opened, Means& m);
  void take_token_request(OpenedMessage& opened, AnswerIntent& exchange, Means& m);
  void grant_renewal(const contexts::TokenRequest& request, const contexts::ContextName* proof,
                     const std::string& credential, AnswerIntent& exchange, Means& m);
  void establishing_failed(ErrorCode reason, Means& m);
  std::shared_ptr<const contexts::LiveKey> sending_key(const Request& request, Means& m);

  // conversation_sources.cc
  void settle_sources(Means& m);
  void settle_source(std::uint64_t slot, Means& m);
  void open_sequence(Means& m);
  void step_source(std::uint64_t slot, sequences::SourceEvent event, Means& m);
  void take_decision(std::uint64_t slot, const sequences::SourceDecision& decision, Means& m);
  void settle_ended_source(std::uint64_t slot, Means& m);
  void give_up_missing(std::uint64_t slot, Means& m);
  void end_source(std::uint64_t slot, Means& m);
  void end_destination_of(std::string_view offered, Means& m);
  bool has_lost_replies(const sequences::RmSource& source) const;
  bool is_half_of_pair(const std::string& sequence) const;
  void tell_terminated(const sequences::RmSource& source, Means& m);
  void drop_source_entries(std::uint64_t slot, ErrorCode reason, Means& m);
  void take_created(const Request& request, const CreateSequenceResponse& body, Means& m);

  // conversation_destinations.cc
  void settle_destinations(Means& m);
  void send_acknowledgement(const std::string& sequence, Means& m);
  void take_decision(const std::string& sequence, const sequences::DestinationDecision& decision,
                     Means& m);
  void take_create(const OpenedMessage& opened, AnswerIntent& exchange, Means& m);
  void take_lifecycle(const SequenceLifecycle& body, Incoming& incoming, Means& m);
  std::optional<Fault> take_acknowledgement(const AcknowledgementHeader& header, Means& m);
  CreateSequenceResponse created_answer(const sequences::RmDestination& destination,
                                        Means& m) const;

  // conversation_closing.cc
  void close_sequence(std::uint64_t slot, Means& m);
  bool send_last_message(std::uint64_t slot, Means& m);
  bool answer_last_message(const InboxKey& key, const OpenedMessage& opened, Means& m);
  Position number_last_message(std::uint64_t slot, store::OutboxBody::Value body, Means& m);
  void terminate_unanswered(std::uint64_t slot, Means& m);
  void terminated(std::uint64_t slot, Means& m);
  bool is_terminate_unanswered(const Request& request) const;
  std::uint64_t reply_slot(const std::string& sequence) const;

  // conversation_routes.cc
  bool is_polling() const { return route_of(state_.what.reply_address) == Route::polled; }
  static EndpointReference acks_to(const sequences::RmDestination& destination);
  static EndpointReference replies_to(const sequences::RmDestination& destination);
  static EndpointReference endpoint_of(const sequences::RmSource& source);
  EndpointReference own_address(ReplyMode mode) const;
  EndpointReference target_of(const Request& request) const;
  Route reply_route() const;
  bool is_timed(const sequences::RmSource& source) const;
  bool may_answer(const EndpointReference& endpoint) const;
  bool has_named(const EndpointReference& endpoint) const;
  bool take_routes(const Message& message, Incoming& incoming, Means& m);
  EndpointReference fault_route(const Fault& fault, const AnswerIntent& intent) const;
  void send_answer(const EndpointReference& to, AnswerIntent& intent, Means& m);
  void bind_addresses(Means& m);
  bool bind_polled(const EndpointReference& endpoint, Means& m);
  void unbind_stale_addresses(Means& m);
  std::optional<Request> answered_by(std::string_view relates_to) const;

  // conversation_poll.cc
  bool wants_poll() const;
  void settle_polling(Means& m);
  void note_traffic(Means& m);
  void note_polled(bool has_message, std::optional<bool> pending, Means& m);
  void take_poll(const MakeConnection& poll, Incoming& incoming, Means& m);
  std::vector<Position> waiting_at(const EndpointReference& address, Means& m) const;
  bool owes_acknowledgement(const EndpointReference& address) const;
  void expire_polled(Means& m);

  // conversation_out.cc
  void fill_window(Means& m);
  bool put_in_window(Position position, const OutboxBodyRef& body, Means& m);
  void prefetch(Position first, Means& m);
  void transmit(std::uint64_t slot, const std::vector<std::uint64_t>& numbers, Means& m);
  void transmit_unnumbered(Position position, Means& m);
  void await_answer(Position position, Means& m);
  void expire_awaited(Means& m);
  RequestId start_request(Request request, Means& m);
  std::optional<Request> finish_request(RequestId id, Means& m);
  void expire_requests(Means& m);
  bool has_request(RequestKind kind) const;
  void finish_entry(Position position, Means& m);
  void give_up_entry(Position position, store::ReportKind kind, ErrorCode reason, Means& m);
  void unnumbered_failed(Position position, ErrorCode reason, Means& m);
  bool make_room_for(Position position, Means& m);
  void keep_if_near(Position position, OutboxBodyRef body);
  void keep_body(Position position, OutboxBodyRef body);
  void take_body(Position position, OutboxBodyRef body, Means& m);
  void miss_body(Position position, ErrorCode reason, Means& m);
  void expire_questions(Means& m);
  void drop_body(Position position);
  OutboxBodyRef body_of(Position position) const;
  void ask(Question question, Means& m);

  // conversation_in.cc
  void note_clear(const OpenedMessage& opened, Incoming& incoming, Means& m);
  void note_heard(Means& m);
  void take_headers(const RmHeaders& rm, Incoming& incoming, Means& m);
  void accepted_by_peer(const Request& request, Means& m);
  void answer_exchange(AnswerIntent intent, Means& m);
  void answer_fault(AnswerIntent intent, Fault fault, Means& m);

  // conversation_arrivals.cc
  void take_application(OpenedMessage& opened, const Request* request, Incoming& incoming,
                        Means& m);
  void acknowledge(Incoming& incoming, Means& m);
  void take_numbered(OpenedMessage& opened, Incoming& incoming, Means& m);
  void take_duplicate(const InboxKey& key, Incoming& incoming, Means& m);
  void accept(const InboxKey& key, OpenedMessage& opened, const Incoming& incoming,
              bool is_consumed, Means& m);
  bool may_keep(const InboxKey& key, const store::InboxBody::Value& body) const;
  void note_answered(Position position, Means& m);
  void take_unnumbered(OpenedMessage& opened, const Request* request, Incoming& incoming,
                       Means& m);

  // conversation_faults.cc
  void take_fault(const Fault& fault, const OpenedMessage& opened, const Request* request,
                  Means& m);
  void take_sequence_fault(sequences::SourceEvent event, const Fault& fault,
                           const Request* request, Means& m);

  // conversation_delivery.cc
  void deliver(Means& m);
  void deliver_sequence(const std::string& sequence, Means& m);
  void hand_over(const InboxKey& key, const store::InboxEntry::Value& entry,
                 const InboxBodyRef& body, std::uint32_t attempt, Means& m);
  void begin_loose(const InboxKey& key, OpenedMessage& opened, Means& m);
  void deliver_again(Means& m);
  InboxBodyRef arrived_body(const InboxKey& key, Means& m);
  const Asked* asked_by(const InboxKey& key);
  void forget_stored(const InboxKey& key, Means& m);
  Result<void> end_delivery(const InboxKey& key, std::vector<store::Record> records, Means& m);
  void hold(AnswerIntent intent, const InboxKey& request, Means& m);
  void serve(const InboxKey& request, Means& m);
  void expire_held(Means& m);
  void drop_inbox(const InboxKey& key, Means& m);
  std::optional<AnswerIntent> take_held(const InboxKey& request, Means& m);

  // conversation_build.cc
  bool cancels_in_clear() const;
  std::optional<Message> write(Request& request, Means& m);
  bool is_acknowledged_on_exchanges() const;
  bool is_repeat(Position position) const;
  std::optional<Message> write_lifecycle(const Request& request);
  std::optional<Message> write_outgoing(Position position);
  void name_replies(Request& request) const;
  void add_acknowledgements(RmHeaders& rm, const EndpointReference& to,
                            const std::vector<std::string>& named);

  ConversationState state_;
  const EngineParts& parts_;
  bool is_gone_ = false;

  // Contexts.
  std::map<std::string, std::shared_ptr<const contexts::LiveKey>> keys_;  ///< by identifier, instance
  Establishing establishing_;
  Retry renewal_;
  Retry cancelling_;
  MonoTime renew_again_;                ///< a renewal was refused: not before then
  std::optional<Retry> showing_;        ///< the peer has not been seen to use the newest key
  std::optional<MonoTime> hinted_;      ///< an unsecured fault was looked into
  bool renews_by_credential_ = false;   ///< that is how the peer took it the last time
  std::uint64_t refusals_ = 0;          ///< renewals that the peer refused without protection

  // Sequences.
  Retry opening_;                ///< of the next sequence
  Retry terminating_;            ///< by a message that has no answer of its own
  std::uint64_t last_slot_ = 0;  ///< of the sources so far
  std::map<std::string, std::vector<std::uint64_t>> nacked_;  ///< told as missing, by sequence

  // Addresses.
  std::set<std::string> polled_;  ///< that the peer fetches messages from, and that are ours to find
  std::set<std::string> owed_;    ///< sequences whose acknowledgement waits for a poll
  MonoTime poll_due_ = kNever;
  Duration poll_pause_{0};

  // Out.
  std::map<RequestId, Request> requests_;
  std::map<Position, OutboxBodyRef> bodies_;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t unnumbered_under_way_ = 0;
  /// How a peer was found to want to be asked for acknowledgements that come back on exchanges.
  enum class Asking : std::uint8_t {
    when_late,  ///< it gives them unasked
    each_time,  ///< it was silent until asked
    openly,     ///< it was silent all the same: it sends nothing where ReplyTo names nowhere (Metro)
  };
  Asking asking_ = Asking::when_late;
  /// Unnumbered: requests whose answers come by themselves, replies that wait for a poll. Until when.
  std::map<Position, MonoTime> awaited_;
  std::map<Position, MonoTime> paused_;  ///< replies that leave no sooner

  // In.
  std::map<InboxKey, InboxBodyRef> arrived_;
  std::map<InboxKey, Handed> handed_;
  Asked not_handed_;  ///< what `asked_by` gives for a delivery that is not handed over yet
  /// Deliveries that a crash may take: consumed before they were handed over (AtMostOnce), or bound
  /// to one exchange.
  std::map<InboxKey, store::InboxEntry::Value> fleeting_;
  std::map<ExchangeId, Held> held_;
  std::map<InboxKey, ExchangeId> held_for_;

  // Questions.
  std::map<QuestionId, std::pair<Question, MonoTime>> questions_;
  std::set<Question> asked_;
};

}  // namespace parley::engine
