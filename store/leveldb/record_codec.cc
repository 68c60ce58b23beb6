#include "store/leveldb/record_codec.h"

#include <array>
#include <utility>
#include <variant>

#include "base/check.h"
#include "store/leveldb/record_parts.h"
#include "store/leveldb/record_states.h"
#include "store/leveldb/records_pb.h"

namespace parley::store {
namespace {

Error malformed(const char* place) { return Error(ErrorCode::store_corrupt, place); }

constexpr std::array kErrorCodes = {
#define PARLEY_X(name, blame, text) ErrorCode::name,
    PARLEY_ERROR_CODES(PARLEY_X)
#undef PARLEY_X
};

Result<ErrorCode> error_code_of(std::string_view name) {
  for (const ErrorCode code : kErrorCodes) {
    if (name_of(code) == name) {
      return code;
    }
  }
  // A newer program may have named a reason that this one does not know; the report still stands.
  return ErrorCode::internal_failure;
}

struct Writer {
  pb::Fact& out;

  void operator()(const ShardCounters& f) const {
    pb::ShardCounters& r = *out.mutable_shard_counters();
    r.set_last_conversation(f.value.last_conversation);
    r.set_last_report(f.value.last_report);
  }

  void operator()(const ConversationFact& f) const {
    pb::Conversation& r = *out.mutable_conversation();
    r.set_conversation(f.conversation.value);
    r.set_role(static_cast<std::uint32_t>(f.value->role));
    r.set_phase(static_cast<std::uint32_t>(f.value->phase));
    r.set_profile(f.value->profile);
    r.set_address(f.value->address);
    r.set_endpoint(f.value->endpoint);
    r.set_principal(f.value->principal);
    r.set_peer_address(f.value->peer_address);
    r.set_reply_address(f.value->reply_address);
    r.set_rm_in_clear(f.value->rm_in_clear);
  }

  void operator()(const ContextFact& f) const { write(f, *out.mutable_context()); }

  void operator()(const SourceFact& f) const { write(f, *out.mutable_source()); }

  void operator()(const DestinationFact& f) const { write(f, *out.mutable_destination()); }

  void operator()(const OutboxCounters& f) const {
    pb::OutboxCounters& r = *out.mutable_outbox_counters();
    r.set_conversation(f.conversation.value);
    r.set_last_ticket(f.value->last_ticket.value);
    r.set_last_position(f.value->last_position.value);
    r.set_last_windowed(f.value->last_windowed.value);
    r.set_last_unnumbered(f.value->last_unnumbered);
    r.set_last_windowed_ticket(f.value->last_windowed_ticket.value);
  }

  void operator()(const OutboxEntry& f) const {
    pb::OutboxEntry& r = *out.mutable_outbox_entry();
    r.set_conversation(f.conversation.value);
    r.set_position(f.position.value);
    r.set_ticket(f.value->ticket.value);
    r.set_kind(static_cast<std::uint32_t>(f.value->kind));
    r.set_slot(f.value->slot);
    r.set_number(f.value->number);
    r.set_message_id(f.value->message_id);
    r.set_is_answered(f.value->is_answered);
    r.set_request_sequence(f.value->request_sequence);
    r.set_request_number(f.value->request_number);
    endpoint(f.value->to, [&] { return r.mutable_to(); });
  }

  void operator()(const OutboxBody& f) const {
    pb::OutboxBody& r = *out.mutable_outbox_body();
    r.set_conversation(f.conversation.value);
    r.set_position(f.position.value);
    r.set_ticket(f.value->ticket.value);
    r.set_kind(static_cast<std::uint32_t>(f.value->kind));
    r.set_action(f.value->action);
    r.set_relates_to(f.value->relates_to);
    r.set_request_sequence(f.value->request_sequence);
    r.set_request_number(f.value->request_number);
    r.set_is_fault(f.value->is_fault);
    r.set_fault_sender(f.value->fault_sender);
    r.set_fault_namespace(f.value->fault_namespace);
    r.set_fault_subcode(f.value->fault_subcode);
    r.set_fault_reason(f.value->fault_reason);
    r.set_body(octets_of(f.value->body));
    endpoint(f.value->to, [&] { return r.mutable_to(); });
  }

  void operator()(const InboxEntry& f) const {
    pb::InboxEntry& r = *out.mutable_inbox_entry();
    name(f.name, *r.mutable_name());
    r.set_expects_reply(f.value->expects_reply);
    r.set_reply_is_implied(f.value->reply_is_implied);
    r.set_answers(f.value->answers.value);
    r.set_answers_ticket(f.value->answers_ticket.value);
    endpoint(f.value->reply_to, [&] { return r.mutable_reply_to(); });
    endpoint(f.value->fault_to, [&] { return r.mutable_fault_to(); });
  }

  void operator()(const InboxBody& f) const {
    pb::InboxBody& r = *out.mutable_inbox_body();
    name(f.name, *r.mutable_name());
    r.set_action(f.value->action);
    r.set_message_id(f.value->message_id);
    r.set_is_fault(f.value->is_fault);
    r.set_fault_sender(f.value->fault_sender);
    r.set_fault_namespace(f.value->fault_namespace);
    r.set_fault_subcode(f.value->fault_subcode);
    r.set_fault_reason(f.value->fault_reason);
    r.set_body(octets_of(f.value->body));
    for (const SupportingToken& one : f.value->tokens) {
      token(one, *r.add_tokens());
    }
  }

  void operator()(const ReportFact& f) const {
    pb::Report& r = *out.mutable_report();
    r.set_report(f.report);
    r.set_conversation(f.value->conversation.value);
    r.set_kind(static_cast<std::uint32_t>(f.value->kind));
    r.set_ticket(f.value->ticket.value);
    r.set_reason(std::string(name_of(f.value->reason)));
    r.set_first_missing(f.value->first_missing);
    r.set_missing(f.value->missing);
  }

  void operator()(const ReplaySeen& f) const {
    pb::ReplaySeen& r = *out.mutable_replay_seen();
    r.set_digest(octets_of(f.digest));
    r.set_expires_ms(f.value->ms);
  }

  void operator()(const Record& f) const {
    pb::Record& r = *out.mutable_record();
    r.set_name(octets_of(f.name));
    r.set_value(octets_of(*f.value));
  }

  static void name(const DeliveryName& name, pb::DeliveryName& r) {
    r.set_conversation(name.conversation.value);
    r.set_sequence(name.sequence);
    r.set_number(name.number);
  }

  static void token(const SupportingToken& token, pb::SupportingToken& r) {
    r.set_kind(static_cast<std::uint32_t>(token.kind));
    r.set_principal(token.principal);
    r.set_subject(token.subject);
    r.set_issuer(token.issuer);
    for (const TokenAttribute& attribute : token.attributes) {
      pb::TokenAttribute& one = *r.add_attributes();
      one.set_name(attribute.name);
      one.set_qualifier(attribute.qualifier);
      for (const std::string& value : attribute.values) {
        one.add_values(value);
      }
    }
  }

  /// Most have none; then nothing is written.
  template <class Part>
  static void endpoint(const EndpointReference& endpoint, Part part) {
    if (!endpoint.is_empty()) {
      pb::EndpointReference& r = *part();
      r.set_address(endpoint.address);
      r.set_reference_parameters(octets_of(endpoint.reference_parameters));
    }
  }
};

Bytes bytes_of(const std::string& octets) { return to_bytes(octets); }

DeliveryName read(const pb::DeliveryName& r) {
  return DeliveryName{ConversationId{r.conversation()}, r.sequence(), r.number()};
}

EndpointReference read(const pb::EndpointReference& r) {
  return EndpointReference{r.address(), bytes_of(r.reference_parameters())};
}

ShardCounters read(const pb::ShardCounters& r) {
  return ShardCounters{{r.last_conversation(), r.last_report()}};
}

Result<ConversationFact> read(const pb::Conversation& r) {
  ConversationFact::Value value;
  PARLEY_ASSIGN_OR_RETURN(value.role, enum_of(r.role(), ConversationRole::recipient));
  PARLEY_ASSIGN_OR_RETURN(value.phase, enum_of(r.phase(), ConversationPhase::ended));
  value.profile = r.profile();
  value.address = r.address();
  value.endpoint = r.endpoint();
  value.principal = r.principal();
  value.peer_address = r.peer_address();
  value.reply_address = r.reply_address();
  value.rm_in_clear = r.rm_in_clear();
  return ConversationFact{ConversationId{r.conversation()}, std::move(value)};
}

OutboxCounters read(const pb::OutboxCounters& r) {
  return OutboxCounters{
      ConversationId{r.conversation()},
      OutboxCounters::Value{Ticket{r.last_ticket()}, Position{r.last_position()},
                            Position{r.last_windowed()}, r.last_unnumbered(),
                            Ticket{r.last_windowed_ticket()}}};
}

Result<OutboxEntry> read(const pb::OutboxEntry& r) {
  OutboxEntry::Value value;
  value.ticket = Ticket{r.ticket()};
  PARLEY_ASSIGN_OR_RETURN(value.kind, enum_of(r.kind(), OutboxKind::last_message));
  value.slot = r.slot();
  value.number = r.number();
  value.message_id = r.message_id();
  value.is_answered = r.is_answered();
  value.request_sequence = r.request_sequence();
  value.request_number = r.request_number();
  value.to = read(r.to());
  return OutboxEntry{ConversationId{r.conversation()}, Position{r.position()}, std::move(value)};
}

Result<OutboxBody> read(const pb::OutboxBody& r) {
  OutboxBody::Value value;
  value.ticket = Ticket{r.ticket()};
  PARLEY_ASSIGN_OR_RETURN(value.kind, enum_of(r.kind(), OutboxKind::last_message));
  value.action = r.action();
  value.relates_to = r.relates_to();
  value.request_sequence = r.request_sequence();
  value.request_number = r.request_number();
  value.is_fault = r.is_fault();
  value.fault_sender = r.fault_sender();
  value.fault_namespace = r.fault_namespace();
  value.fault_subcode = r.fault_subcode();
  value.fault_reason = r.fault_reason();
  value.body = bytes_of(r.body());
  value.to = read(r.to());
  return OutboxBody{ConversationId{r.conversation()}, Position{r.position()}, std::move(value)};
}

InboxEntry read(const pb::InboxEntry& r) {
  return InboxEntry{read(r.name()),
                    InboxEntry::Value{r.expects_reply(), r.reply_is_implied(), Position{r.answers()},
                                      Ticket{r.answers_ticket()}, read(r.reply_to()),
                                      read(r.fault_to())}};
}

Result<SupportingToken> read(const pb::SupportingToken& r) {
  SupportingToken token;
  PARLEY_ASSIGN_OR_RETURN(token.kind, enum_of(r.kind(), TokenKind::saml_2_0));
  token.principal = r.principal();
  token.subject = r.subject();
  token.issuer = r.issuer();
  for (const pb::TokenAttribute& one : r.attributes()) {
    token.attributes.push_back({one.name(), one.qualifier(), {one.values().begin(), one.values().end()}});
  }
  return token;
}

Result<InboxBody> read(const pb::InboxBody& r) {
  InboxBody::Value value;
  value.action = r.action();
  value.message_id = r.message_id();
  value.is_fault = r.is_fault();
  value.fault_sender = r.fault_sender();
  value.fault_namespace = r.fault_namespace();
  value.fault_subcode = r.fault_subcode();
  value.fault_reason = r.fault_reason();
  value.body = bytes_of(r.body());
  for (const pb::SupportingToken& one : r.tokens()) {
    PARLEY_ASSIGN_OR_RETURN(SupportingToken token, read(one));
    value.tokens.push_back(std::move(token));
  }
  return InboxBody{read(r.name()), std::move(value)};
}

Result<ReportFact> read(const pb::Report& r) {
  ReportFact::Value value;
  value.conversation = ConversationId{r.conversation()};
  PARLEY_ASSIGN_OR_RETURN(value.kind, enum_of(r.kind(), ReportKind::conversation_ended));
  value.ticket = Ticket{r.ticket()};
  PARLEY_ASSIGN_OR_RETURN(value.reason, error_code_of(r.reason()));
  value.first_missing = r.first_missing();
  value.missing = r.missing();
  return ReportFact{r.report(), value};
}

ReplaySeen read(const pb::ReplaySeen& r) {
  return ReplaySeen{bytes_of(r.digest()), WallTime{r.expires_ms()}};
}

Record read(const pb::Record& r) { return Record{bytes_of(r.name()), bytes_of(r.value())}; }

template <class T>
Result<Fact> as_fact(Result<T> fact) {
  if (!fact) {
    return fact.error();
  }
  return Fact(std::move(*fact));
}

}  // namespace

std::string encode_header(const Header& header) {
  pb::Header record;
  record.set_format(header.format);
  record.set_shards(header.shards);
  record.set_store_id(octets_of(header.store_id));
  record.set_key_check(octets_of(header.key_check));
  return record.SerializeAsString();
}

Result<Header> decode_header(std::string_view octets) {
  pb::Header record;
  if (!record.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return malformed("store header");
  }
  return Header{record.format(), record.shards(), bytes_of(record.store_id()),
                bytes_of(record.key_check())};
}

std::string encode_epoch(std::uint64_t epoch) {
  pb::ShardOwner record;
  record.set_epoch(epoch);
  return record.SerializeAsString();
}

Result<std::uint64_t> decode_epoch(ByteView octets) {
  pb::ShardOwner record;
  if (!record.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return malformed("owner of a shard");
  }
  return record.epoch();
}

std::string encode_fact(const Fact& fact) {
  PARLEY_CHECK(!is_deletion(fact));
  pb::Fact record;
  std::visit(Writer{record}, fact);
  return record.SerializeAsString();
}

Result<Fact> decode_fact(ByteView octets) {
  pb::Fact record;
  if (!record.ParseFromArray(octets.data(), static_cast<int>(octets.size()))) {
    return malformed("record");
  }
  switch (record.fact_case()) {
    case pb::Fact::kShardCounters:
      return Fact(read(record.shard_counters()));
    case pb::Fact::kConversation:
      return as_fact(read(record.conversation()));
    case pb::Fact::kContext:
      return as_fact(read(record.context()));
    case pb::Fact::kSource:
      return as_fact(read(record.source()));
    case pb::Fact::kDestination:
      return as_fact(read(record.destination()));
    case pb::Fact::kOutboxCounters:
      return Fact(read(record.outbox_counters()));
    case pb::Fact::kOutboxEntry:
      return as_fact(read(record.outbox_entry()));
    case pb::Fact::kInboxEntry:
      return Fact(read(record.inbox_entry()));
    case pb::Fact::kReport:
      return as_fact(read(record.report()));
    case pb::Fact::kReplaySeen:
      return Fact(read(record.replay_seen()));
    case pb::Fact::kOutboxBody:
      return as_fact(read(record.outbox_body()));
    case pb::Fact::kInboxBody:
      return as_fact(read(record.inbox_body()));
    case pb::Fact::kRecord:
      return Fact(read(record.record()));
    case pb::Fact::FACT_NOT_SET:
      break;
  }
  return malformed("record of no kind");
}

}  // namespace parley::store
